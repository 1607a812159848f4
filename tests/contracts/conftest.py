"""A contract test takes `place` and runs in memory, on Valkey 9.1 and on Redis 6.2."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from places import KINDS, Place, make_place

from ingest.settings import InboxSettings


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, servers: Callable[[str], Any]) -> Iterator[Place]:
    """An empty partition."""
    yield from make_place(request.param, servers, InboxSettings())


@pytest.fixture(params=KINDS)
def small_place(request: pytest.FixtureRequest, servers: Callable[[str], Any]) -> Iterator[Place]:
    """The same, whose inbox takes 3 entries or 2,000 bytes."""
    yield from make_place(request.param, servers, InboxSettings(max_entries=3, max_bytes=2000))
