"""`start` runs commands; `installation` is a folder store seen from the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from terminal import Command, Start

from ingest import wiring
from ingest.wiring import Installation


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a command in a folder of the test's own."""
    started: list[Command] = []

    def run(*words: str | Path, **environment: str) -> Command:
        started.append(Command(tmp_path, *words, **environment))
        return started[-1]

    yield run
    for command in started:
        command.close()


@pytest.fixture
def installation(store_folder: Path) -> Iterator[Installation]:
    """The same store, seen from this process; its server stays up."""
    with wiring.opened(wiring.read_settings(store=str(store_folder))) as installation:
        installation.inbox()
        yield installation
