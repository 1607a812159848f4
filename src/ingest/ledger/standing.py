"""What an outlet's last texts said, sentence by sentence, and what of it is known for standing matter by now.

    fields of the `stand` hashes, code and a byte, in monthly buckets
    of an outlet, 0..7       eight of its last texts: u32 how many came before them, then for each
                             u8 words of its title, u8 sentences, a byte for each of the words, u32 of each sentence
    of a publisher, 255      or of an outlet that is its own: u32 of each sentence that is known, newest last

A ring of 64 texts and 128 sentences, whatever an outlet prints: facts, bounded and forgotten with their month; what
they mean is judged by `dedupe.standing`. One outlet learns, all of its publisher know.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ingest.ledger.buckets import STANDING_SHARDS, Buckets, month_of
from ingest.ledger.index import Place, Wants
from ingest.ledger.keys import Keys
from ingest.ledger.view import View

PARTS = 8
TEXTS_A_PART = 8
"""Of the outlet's last 64 texts: a rate, not a sum. A wire's "Terms of the acquisition were not disclosed." stood under
nine different titles in a month of 11,169 items, and under three in no 64."""
MOST_KNOWN = 128
MOST_MARKS = 255
_KNOWN = 255

_NUMBER = struct.Struct("<I")
_READ = 512
"""Parts that are remembered as read: those of some sixty outlets."""


class Voice(NamedTuple):
    """Codes of who speaks: the outlet, whose texts are counted, and its publisher, or itself, who knows."""

    outlet: int
    publisher: int


class _Part(NamedTuple):
    """Eight texts or fewer: the number of the first, their titles, the marks of each, and of all."""

    first: int
    titles: tuple[bytes, ...]
    marks: tuple[frozenset[int], ...]
    all: frozenset[int]


class StandingMatter:
    """That of one partition, through a view."""

    def __init__(self, view: View, keys: Keys, buckets: Buckets) -> None:
        self._view, self._keys, self._buckets = view, keys, buckets
        self._read = lru_cache(_READ)(_read)
        self._marks = lru_cache(_READ)(_marks)
        self._cut = lru_cache(_READ)(self._places)

    def want(self, wants: Wants, voice: Voice, clock: int) -> None:
        """Add what must be read of an outlet."""
        month = month_of(clock)
        for name, field in (*self._cut(voice.outlet, month)[:PARTS], *self._known_at(voice.publisher, month)):
            wants.setdefault(name, []).append(field)

    def known(self, voice: Voice, clock: int) -> frozenset[int]:
        """Marks of the sentences that are known, this month and the last."""
        found = frozenset[int]()
        for name, field in self._known_at(voice.publisher, month_of(clock)):
            data = self._view.get(name, field)
            if data:
                found = found | self._marks(data) if found else self._marks(data)
        return found

    def titles(self, voice: Voice, clock: int) -> list[bytes]:
        """Of the outlet's last texts, in some order."""
        return [title for part in self._parts(voice.outlet, clock) for title in part.titles]

    def sightings(self, voice: Voice, marks: Iterable[int], clock: int) -> Mapping[int, Sequence[bytes]]:
        """For each of these marks that the outlet's last texts had the titles of those, oldest first."""
        wanted, found = frozenset(marks), dict[int, list[bytes]]()
        for part in self._parts(voice.outlet, clock):
            if wanted.isdisjoint(part.all):
                continue
            for title, said in zip(part.titles, part.marks, strict=True):
                for mark in wanted & said:
                    found.setdefault(mark, []).append(title)
        return found

    def learn(self, voice: Voice, marks: Iterable[int], clock: int) -> None:
        """These are known from now on, for this month and the next; or anew, where only the last month had them."""
        month = month_of(clock)
        name, field = self._cut(voice.publisher, month)[PARTS]
        before = self._view.get(name, field) or b""
        held = self._marks(before)
        fresh = tuple(dict.fromkeys(mark for mark in marks if mark not in held))
        if fresh:
            kept = (before + _bytes(fresh))[-4 * MOST_KNOWN :]
            self._view.put_field(name, field, kept, self._buckets.standing_ends(month))

    def enter(self, voice: Voice, title: bytes, marks: Sequence[int], clock: int) -> None:
        """A text of the outlet is decided; of marks, each different, the first 255 are kept."""
        month, parts = month_of(clock), self._parts(voice.outlet, clock)
        last = parts[-1] if parts else None
        number = last.first + len(last.titles) if last else 0
        name, field = self._cut(voice.outlet, month)[number // TEXTS_A_PART % PARTS]
        before = self._view.get(name, field) or b"" if number % TEXTS_A_PART else _NUMBER.pack(number)
        said = marks[:MOST_MARKS]
        entry = bytes((len(title), len(said))) + title + _bytes(said)
        self._view.put_field(name, field, before + entry, self._buckets.standing_ends(month))

    def _parts(self, outlet: int, clock: int) -> list[_Part]:
        """Oldest first."""
        places = self._cut(outlet, month_of(clock))[:PARTS]
        return sorted([self._read(data) for data in self._view.values(places) if data])

    def _known_at(self, code: int, month: int) -> list[Place]:
        return [self._cut(code, at)[PARTS] for at in (month - 1, month) if at in self._buckets.state.standing]

    def _places(self, code: int, month: int) -> list[Place]:
        """Of the parts of an outlet's texts, and of what its code knows."""
        shard, field = code % STANDING_SHARDS, _NUMBER.pack(code // STANDING_SHARDS & 0xFFFFFFFF)
        name = self._keys.standing(month, shard)
        return [(name, field + bytes((part,))) for part in (*range(PARTS), _KNOWN)]


def _read(data: bytes) -> _Part:
    (first,), at = _NUMBER.unpack_from(data), _NUMBER.size
    titles, marks = [], []
    while at < len(data):
        words, sentences = data[at : at + 2]
        end = at + 2 + words
        titles.append(data[at + 2 : end])
        at = end + 4 * sentences
        marks.append(_marks(data[end:at]))
    return _Part(first, tuple(titles), tuple(marks), frozenset().union(*marks))


def _marks(data: bytes) -> frozenset[int]:
    return frozenset(struct.unpack(f"<{len(data) // 4}I", data))


def _bytes(marks: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(marks)}I", *marks)
