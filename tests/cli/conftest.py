"""One store for all that only looks: the five seeds, replayed once by the real command into a folder."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from said import Said

from ingest.cli.main import main
from ingest.store import open_store
from seeds import FOLDER

sys.path.append(str(Path(__file__).parents[1] / "sources"))  # local_web.py


@pytest.fixture
def ingest(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., Said]]:
    """Run a command in this process, in an empty folder, without settings from outside."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("INGEST_")]:
        monkeypatch.delenv(name)

    def run(*words: str | Path) -> Said:
        capfd.readouterr()
        code = main([str(word) for word in words])
        found = Said(code, *capfd.readouterr())
        assert "Traceback" not in found.err
        return found

    yield run
    structlog.reset_defaults()  # it writes to the standard error of this test


@pytest.fixture(scope="session")
def seeded() -> Iterator[Path]:
    """A folder store with the five seeds, whose server stays up. Nothing may be written to it."""
    home = tempfile.TemporaryDirectory(prefix="sw-")
    store = Path(home.name) / "store"
    with home, open_store(store):
        assert main(["replay", str(FOLDER), "--into", str(store)]) == 0
        structlog.reset_defaults()
        yield store
