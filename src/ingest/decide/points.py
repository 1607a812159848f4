"""The centres of candidate stories, read off their bytes and kept: a candidate is looked at a dozen times before it
changes, and reading it took longer than comparing with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ingest.decide.newest import NewestUsed
from ingest.ledger.records import Records
from ingest.ledger.rows import apart
from ingest.stories.meaning import Meant
from ingest.stories.placement import StoryPoint
from ingest.stories.similarity import Centroid
from ingest.stories.when import Span, When

KEPT = 4000
"""Centres remembered, of 2 kB each, and the 1.3 kB that they were read off, which are mostly the view's as well."""


_UNREAD = msgspec.Raw(b"\xc0")


class _Row(msgspec.Struct, array_like=True):
    """What a candidate needs of `ledger.rows.StoryRow`: the same fields in the same order, the long ones not read."""

    id: str
    number: int
    headline: msgspec.Raw
    opening: int
    opened_at: int
    updated_at: int
    clock: int
    sequence: int
    previous: msgspec.Raw
    articles: int
    repeats: int
    outlets_unknown: int
    outlets: msgspec.Raw
    credits: msgspec.Raw
    texts: msgspec.Raw
    told: msgspec.Raw
    published: tuple[int, int] | None = None
    referred: msgspec.Raw = _UNREAD
    since: int = 0
    recent: msgspec.Raw = _UNREAD
    written: int = 0
    publishers: msgspec.Raw = _UNREAD
    into: int = 0
    joins: msgspec.Raw = _UNREAD
    continues: msgspec.Raw = _UNREAD
    terms: bytes = b""
    away: int = 0
    undated: int = 0
    meant: bytes = b""


class _Known(NamedTuple):
    stored: bytes
    clock: int
    point: StoryPoint | int  # the number of the story that it became part of


class Points:
    """Centres by story number. A cache, never a truth: an entry counts only while the stored bytes are the same."""

    def __init__(self) -> None:
        self._known: NewestUsed[int, _Known] = NewestUsed(KEPT)
        self._decoder = msgspec.msgpack.Decoder(_Row)

    def running(self, numbers: Sequence[int], records: Records, clock: int) -> list[StoryPoint]:
        """Those that still take articles at this time: an ended story may still be in a bucket of terms, and so may one
        that became part of another, in whose place that one is."""
        found: dict[int, StoryPoint] = {}
        for number, stored in zip(numbers, records.centres(numbers), strict=True):
            known = self._of(number, stored)
            while known is not None and isinstance(known.point, int):
                known = self._of(known.point, *records.centres((known.point,)))
            if known is not None and isinstance(known.point, StoryPoint) and records.runs(known.clock, clock):
                found.setdefault(known.point.number, known.point)
        return list(found.values())

    def _of(self, number: int, stored: bytes | None) -> _Known | None:
        if not stored:
            return None
        known = self._known.take(number)
        if known is not None and known.stored == stored:
            return known
        content, centroid = apart(stored)
        row = self._decoder.decode(content)
        if row.into:
            return self._known.put(number, _Known(stored, row.clock, row.into))
        span = Span(*row.published) if row.published else None
        when, meant = When(span, row.clock, row.undated), Meant.from_bytes(row.meant)
        point = StoryPoint(number, Centroid.from_bytes(centroid), when, row.id, row.terms, row.away, meant)
        return self._known.put(number, _Known(stored, row.clock, point))
