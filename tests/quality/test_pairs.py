"""Same-story pairs in ten languages: no language's figure may fall below its floor."""

from __future__ import annotations

import pairs
import pytest
from telling import Figures

from ingest import background
from labelled import data_folder

pytestmark = pytest.mark.quality


def test_one_story_is_told_from_two_in_every_language(figures: Figures) -> None:
    words = background.load()
    for name, rows in sorted(pairs.load(data_folder()).items()):
        found = pairs.figures(pairs.judge(rows, words))
        joined = f"{found.recall:.2f} of {found.same} that belong together, {found.fallout:.2f} of {found.other} others"
        figures.tell("pairs", f"AUC; joined {joined}", **{name: found.auc})
