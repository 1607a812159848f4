from __future__ import annotations

from pathlib import Path

import pytest

from ingest.background import Background
from ingest.background.lookup import STEM_MARK
from ingest.background.table import Table, pack

WORDS = {"the": 0.05, "in": 0.02, "to": 0.03, "of": 0.03, "and": 0.03, "is": 0.01, "on": 0.01, "was": 0.01}


@pytest.fixture(scope="session")
def background(tmp_path_factory: pytest.TempPathFactory) -> Background:
    """A handful of common words; the rest is rare. The real table takes seconds to build and is tested by itself."""
    path = Path(tmp_path_factory.mktemp("words")) / "words.bin"
    path.write_bytes(pack({**WORDS, STEM_MARK + "presid": 3e-4}))
    return Background(Table(path))
