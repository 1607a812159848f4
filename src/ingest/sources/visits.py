"""Which entries of a feed were offered before, and with which content: one value in `progress:seen` a feed.

What decides whether an article is new is the ledger, whose decisions last 400 days from the last time that the article
was offered. The marks spare it what it knows; so one may be forgotten (the entry is offered once more and counted
`seen`), but an entry that stays in a feed must be offered again before its decision is forgotten.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import NamedTuple

import msgspec

SEEN = "seen"
"""The source under which they are kept."""


class SeenLimits(msgspec.Struct, frozen=True):
    marks: int = 12_000  # of a feed, 480 kB: what rotates 10,000 entries past its readers is known to the last
    kept_days: int = 30  # of an entry that left the feed: longer than servers disagree or a list takes to come round
    again_days: int = 180  # then it is offered again: less than half of the 400 days that a decision is kept
    renamed_days: int = 7  # an entry in place of one with the same content, gone no longer than this, is that one


LIMITS = SeenLimits()
_HASH = 8  # bytes: among some thousand entries of one feed, a chance of 1e-13 to miss a change
_VERSION = b"\x03"
"""First byte, then the scope. The records of version 2 had 20 bytes, those before 16 and no such byte: their length is
even, that of the others is odd."""
_RECORD = struct.Struct("<8s32s")  # the hash of the entry's key, and its mark, packed
_MARK = struct.Struct("<HH8s8s6s6s")
_BEFORE = struct.Struct("<8s8sHH")
UNKNOWN, NOWHERE = bytes(_HASH), bytes(6)
_EPOCH = 1 << 47  # added to a time in ms, so that 0 is none: 4,400 years before 1970 and after


class Mark(NamedTuple):
    """Of one entry: 40 bytes with the hash of its key.

    last, told   days since 1970: the last on which the feed had it, and the last on which it was offered
    content      hash of its content
    raw          hash of its XML (`Entry.raw`), where nothing else can come of it but this mark; else UNKNOWN
    place        first bytes of the hash of its address as a key, NOWHERE where it has none
    published    `stamp_of` a time
    """

    last: int
    told: int
    content: bytes
    raw: bytes = UNKNOWN
    place: bytes = NOWHERE
    published: bytes = NOWHERE


class Seen(NamedTuple):
    """Marks, packed, by the hash of the entry's key: most are passed on as they are. `scope` as in `Parsed`."""

    scope: bytes
    marks: dict[bytes, bytes]


Packed = Mapping[bytes, bytes]


def hash_of(*parts: str | bytes, size: int = _HASH) -> bytes:
    digest = hashlib.blake2b(digest_size=size)
    for part in parts:
        raw = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.digest()


@lru_cache(maxsize=4096)  # of the entries of one poll, which asks for each up to six times
def entry_of(key: str) -> bytes:
    """By which an entry is remembered that goes by this key."""
    return hash_of(key)


def place_of(key: str) -> bytes:
    """Of an address as a key. An entry named by it has these for the first bytes of its own hash."""
    return entry_of(key)[:6]


def stamp_of(at: int | None) -> bytes | None:
    """A time in ms since 1970, None for none, as a mark holds it; None where it cannot."""
    if at is None:
        return NOWHERE
    return (at + _EPOCH).to_bytes(6, "little") if -_EPOCH < at < _EPOCH else None


def time_of(stamp: bytes) -> int | None:
    return int.from_bytes(stamp, "little") - _EPOCH if stamp != NOWHERE else None


def mark_of(packed: bytes) -> Mark:
    return Mark(*_MARK.unpack(packed))


def packed_mark(mark: Mark) -> bytes:
    return _MARK.pack(*mark)


def last_of(packed: bytes) -> int:
    return packed[0] | packed[1] << 8


def last_seen(seen: bytes, keys: Iterable[str]) -> int | None:
    """The last day on which the feed had an entry under one of these keys, in days since 1970; None where its marks,
    the value in `progress:seen`, do not tell."""
    marks = unpack_seen(seen, 0).marks
    return max((last_of(marks[entry]) for entry in map(entry_of, keys) if entry in marks), default=0) or None


def content_of(packed: bytes) -> bytes:
    return packed[4:12]


def standing_of(packed: bytes) -> tuple[bytes, bytes, bytes]:
    """Content, place and time of a mark, without the rest."""
    return packed[4:12], packed[20:26], packed[26:]


def by_raw(marks: Packed, today: int) -> dict[bytes, bytes]:
    """The keys of the entries that need not be read, by the hash of their XML: all that the feed had on the last two
    days that it was read, and that is not to be told again. Of what left before only the marks are kept: to list it
    each time would cost more than to read the few that return."""
    found: dict[bytes, bytes] = {}
    latest, before = max(map(last_of, islice(marks.values(), 1)), default=0) - 1, today - LIMITS.again_days
    for entry, packed in marks.items():  # the latest come first
        if packed[0] | packed[1] << 8 < latest:
            break
        raw = packed[12:20]
        if raw != UNKNOWN and packed[2] | packed[3] << 8 > before:
            found.setdefault(raw, entry)
    return found


def seen_on(packed: bytes, day: int) -> bytes:
    """The mark of an entry that the feed has on this day as it had it before."""
    return day.to_bytes(2, "little") + packed[2:]


def unpack_seen(seen: bytes, today: int) -> Seen:
    """What earlier versions wrote is read as well, none of it known by its XML; of the first, which told no days, as if
    it had been written today."""
    if seen[:1] == _VERSION and len(seen) % _RECORD.size == 1 + _HASH:
        return Seen(seen[1 : 1 + _HASH], dict(_RECORD.iter_unpack(seen[1 + _HASH :])))
    if seen[:1] == b"\x02" and len(seen) % _BEFORE.size == 1:
        records = _BEFORE.iter_unpack(seen[1:])
        return Seen(UNKNOWN, {entry: packed_mark(Mark(last, told, content)) for entry, content, last, told in records})
    pieces = [seen[at : at + _HASH] for at in range(0, len(seen) - len(seen) % (2 * _HASH), _HASH)]
    pairs = zip(pieces[::2], pieces[1::2], strict=True)
    return Seen(UNKNOWN, {entry: packed_mark(Mark(today, today, content)) for entry, content in pairs})


def pack_seen(scope: bytes, latest: Packed, before: Packed, today: int) -> bytes:
    """The latest first, then the others as long as they are kept, the oldest forgotten."""
    marks = {**latest}
    marks.update(
        (entry, mark)
        for entry, mark in before.items()
        if entry not in latest and today - (mark[0] | mark[1] << 8) <= LIMITS.kept_days
    )
    return b"".join((_VERSION, scope or UNKNOWN, *chain.from_iterable(islice(marks.items(), LIMITS.marks))))
