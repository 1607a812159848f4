"""Fixtures over the doubles of `source_doubles`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fetcher_days import Days
from local_web import Web
from source_doubles import READERS, ImpatientStop, RememberingInbox

from ingest.settings import SourceSettings
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
