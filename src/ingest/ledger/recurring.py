"""How often a title came within a week, and under which subjects a short body did: a byte or two a sighting.

    fields of the `recur` hashes, 4 bytes, in weekly buckets
    of a title   hour of the week of each sighting, a byte each, ascending, the newest `MOST_HOURS`
    of a body    u16 mark of each subject it was seen under, the first `MOST_MARKS`

Both are facts, bounded and forgotten with their week; what they mean is judged by `dedupe.recurring`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from ingest.ledger.buckets import RECURRING_SHARDS, WEEK_DAYS, Buckets, day_of
from ingest.ledger.index import Place, Wants
from ingest.ledger.keys import Keys
from ingest.ledger.view import View

HOUR_MS = 3_600_000
WEEK_HOURS = WEEK_DAYS * 24
MOST_HOURS = 48
MOST_MARKS = 8

_MARK = struct.Struct("<H")


class Recurrences:
    """Those of one partition, through a view. A code has 40 bits; those of titles and bodies are of different make."""

    def __init__(self, view: View, keys: Keys, buckets: Buckets) -> None:
        self._view, self._keys, self._buckets = view, keys, buckets

    def want(self, wants: Wants, codes: Iterable[int | None], clock: int) -> None:
        """Add what must be read of these; None is passed over."""
        for code in codes:
            if code is not None:
                for _, (name, field) in self._places(code, clock):
                    wants.setdefault(name, []).append(field)

    def hours(self, title: int, clock: int) -> list[int]:
        """The hours since 1970 in which a title was seen, this week and the last, ascending."""
        return [
            week * WEEK_HOURS + hour
            for week, (name, field) in self._places(title, clock)
            for hour in self._view.get(name, field) or b""
        ]

    def sighted(self, title: int, clock: int) -> None:
        """A title is seen now."""
        week, hour = divmod(clock // HOUR_MS, WEEK_HOURS)
        name, field = self._place(title, week)
        before = self._view.get(name, field) or b""
        if before[-1:] != bytes((hour,)):
            self._put(name, field, (before + bytes((hour,)))[-MOST_HOURS:], week)

    def marks(self, body: int, clock: int) -> frozenset[int]:
        """The subjects a body was seen under, this week and the last."""
        found = (self._view.get(name, field) or b"" for _, (name, field) in self._places(body, clock))
        return frozenset(mark for value in found for (mark,) in _MARK.iter_unpack(value))

    def marked(self, body: int, mark: int, clock: int) -> None:
        """A body is seen under a subject now."""
        week = clock // HOUR_MS // WEEK_HOURS
        name, field = self._place(body, week)
        before = self._view.get(name, field) or b""
        if len(before) < MOST_MARKS * _MARK.size and (mark,) not in _MARK.iter_unpack(before):
            self._put(name, field, before + _MARK.pack(mark), week)

    def _put(self, name: str, field: bytes, value: bytes, week: int) -> None:
        self._view.put_field(name, field, value, self._buckets.recurring_ends(week))

    def _places(self, code: int, clock: int) -> Iterator[tuple[int, Place]]:
        week = day_of(clock) // WEEK_DAYS
        return ((at, self._place(code, at)) for at in (week - 1, week) if at in self._buckets.state.weeks)

    def _place(self, code: int, week: int) -> Place:
        shard, field = code % RECURRING_SHARDS, code // RECURRING_SHARDS & 0xFFFFFFFF
        return self._keys.recurring(week, shard), field.to_bytes(4, "little")
