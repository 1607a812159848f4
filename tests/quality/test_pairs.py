"""Same-story pairs in ten languages: no language's figure may fall below its floor (pairs_floors.toml)."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import pairs
import pytest

from ingest import background
from labelled import data_folder

pytestmark = pytest.mark.quality

FLOORS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("pairs_floors.toml").read_text())


@pytest.mark.parametrize("name", pairs.FILES)
def test_the_pairs_are_those_that_were_measured(name: str) -> None:
    content = (data_folder() / pairs.FILES[name]).read_bytes()
    assert hashlib.sha256(content).hexdigest()[:16] == FLOORS["data"]["digest"][name]


def test_one_story_is_told_from_two_in_every_language() -> None:
    words = background.load()
    found = {name: pairs.figures(pairs.judge(rows, words)) for name, rows in pairs.load(data_folder()).items()}
    for name, figures in sorted(found.items()):
        print(
            f"{name:12} AUC {figures.auc:.3f} (floor {FLOORS['floor'][name]}), joined {figures.recall:.2f} of "
            f"{figures.same} that belong together and {figures.fallout:.2f} of {figures.other} that do not"
        )
    assert not {name for name, figures in found.items() if figures.auc < FLOORS["floor"][name]}
