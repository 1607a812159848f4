"""Which entries of a feed were offered before, and with which content: one value in `progress:seen` a feed.

What decides whether an article is new is the ledger, whose decisions last 400 days from the last time that the article
was offered. The marks spare it what it knows; so one may be forgotten (the entry is offered once more and counted
`seen`), but an entry that stays in a feed must be offered again before its decision is forgotten.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

SEEN = "seen"
"""The source under which they are kept."""


class SeenLimits(msgspec.Struct, frozen=True):
    marks: int = 12_000  # of a feed, 240 kB: what rotates 10,000 entries past its readers is known to the last
    kept_days: int = 30  # of an entry that left the feed: longer than servers disagree or a list takes to come round
    again_days: int = 180  # then it is offered again: less than half of the 400 days that a decision is kept
    renamed_days: int = 7  # an entry in place of one with the same content, gone no longer than this, is that one


LIMITS = SeenLimits()
_HASH = 8  # bytes: among some thousand entries of one feed, a chance of 1e-13 to miss a change
_RECORD = struct.Struct("<8s8sHH")
_VERSION = b"\x02"
"""First byte. The records before had 16 bytes and no such byte: their length is even, that of these is odd."""


class Mark(NamedTuple):
    """Of one entry: hash of its content, the last day that the feed had it, and that it was offered (since 1970)."""

    content: bytes
    last: int
    told: int


Marks = Mapping[bytes, Mark]


def hash_of(*parts: str | bytes, size: int = _HASH) -> bytes:
    digest = hashlib.blake2b(digest_size=size)
    for part in parts:
        raw = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.digest()


def unpack_seen(seen: bytes, today: int) -> dict[bytes, Mark]:
    """The marks by the hash of the entry's key; what tells no days was written by an earlier version, lately."""
    if seen[:1] == _VERSION and len(seen) % _RECORD.size == 1:
        return {entry: Mark(*mark) for entry, *mark in _RECORD.iter_unpack(seen[1:])}
    pieces = [seen[at : at + _HASH] for at in range(0, len(seen) - len(seen) % (2 * _HASH), _HASH)]
    return {entry: Mark(content, today, today) for entry, content in zip(pieces[::2], pieces[1::2], strict=True)}


def pack_seen(latest: Iterable[tuple[bytes, Mark]], before: Marks, today: int) -> bytes:
    """The latest first, then the others as long as they are kept, the oldest forgotten."""
    marks = dict(latest)
    marks.update(
        (entry, mark) for entry, mark in before.items() if entry not in marks and today - mark.last <= LIMITS.kept_days
    )
    return _VERSION + b"".join(_RECORD.pack(entry, *mark) for entry, mark in list(marks.items())[: LIMITS.marks])
