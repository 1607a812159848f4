"""A long row of events for the tests of streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec.structs import replace
from seed_decisions import DECISIONS

from ingest.events.describe import describe
from ingest.settings import EventSettings

Append = Callable[[Iterable[int]], list[str]]
"""Appends events by number; gives their stream ids: number n stands at `n-1`."""


def nth(n: int) -> bytes:
    """The n-th of the row: the seeds over and over, `n` as the id."""
    return describe(replace(DECISIONS[n % 5], event_id=str(n)), settings=EventSettings())
