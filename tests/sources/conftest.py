"""Fixtures over the doubles of `source_doubles`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fetcher_days import Days
from local_web import Web
from source_doubles import READERS, ImpatientStop, RememberingInbox
from watching import Start, Watching

from ingest.settings import SourceSettings
from ingest.sources.aftermath import After
from ingest.sources.port import Readers
from ingest.store import Store


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.close()


@pytest.fixture
def days(web: Web, store: Store) -> Days:
    return Days(web, store)


@pytest.fixture
def inbox() -> RememberingInbox:
    return RememberingInbox()


@pytest.fixture
def stop() -> ImpatientStop:
    return ImpatientStop()


@pytest.fixture
def readers() -> Readers:
    return READERS


@pytest.fixture
def settings() -> SourceSettings:
    return SourceSettings()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    return inbox


@pytest.fixture
def start(folder: Path, inbox: RememberingInbox) -> Iterator[Start]:
    started: list[Watching] = []

    def starting(after: After = "keep", polling: bool | None = False, settle: float = 0.05, **limits: int) -> Watching:
        one = Watching(folder, inbox, after, polling, SourceSettings(settle_seconds=settle, **limits))
        started.append(one)
        return one

    yield starting
    for one in started:
        one.end()
