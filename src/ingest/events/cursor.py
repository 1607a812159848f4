"""Where a subscriber stands: an opaque cursor, and what has happened to the stream since. Pure.

A cursor is base64url over JSON: the store's epoch, and for each partition the stream id of the last event seen. It is
the same for `ingest events --after`, for `subscribe(start=...)` and, later, for SSE and webhooks.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Literal

import msgspec

from ingest.errors import UsageError

BEGINNING = "0-0"
_ID = re.compile(r"(\d{1,20})-(\d{1,20})", re.ASCII)
_LIMIT = 1 << 64

Reason = Literal["retention", "epoch", "ahead", "unreadable"]
REASONS: dict[str, str] = {
    "retention": "events were trimmed before they were read",
    "epoch": "the cursor is of another store, or of one made anew: everything held is read",
    "ahead": "the store has lost events that were read before: it was restored from an older state",
    "unreadable": "an event that cannot be decoded was left out",
}
"""Why there is a gap: the closed vocabulary."""


class Cursor(msgspec.Struct, frozen=True):
    """`at` maps a partition to the stream id of the last event seen."""

    epoch: str
    at: dict[str, str]


class Gap(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="gap", rename={"since": "from"}):
    """Told in place of events that cannot be had any more: after stream id `since`, up to and including `to`."""

    partition: str
    since: str
    to: str
    reason: Reason

    @property
    def type(self) -> str:
        return "gap"


class Held(msgspec.Struct, frozen=True):
    """What a partition's stream holds: after `trimmed`, up to `last`."""

    epoch: str
    trimmed: str
    last: str


def order(stream_id: str) -> tuple[int, int]:
    """Stream ids in the order of the stream: they are numbers, not text."""
    ms, _, nth = stream_id.partition("-")
    return int(ms), int(nth)


def encode(cursor: Cursor) -> str:
    """Only letters, digits, `-` and `_`: fit for a command line, a header and a URL."""
    return base64.urlsafe_b64encode(msgspec.json.encode([cursor.epoch, cursor.at])).rstrip(b"=").decode()


def decode(text: str) -> Cursor:
    """Raises UsageError where the text was not made by `encode`."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        epoch, at = msgspec.json.decode(raw, type=tuple[str, dict[str, str]])
    except (UnicodeEncodeError, binascii.Error, msgspec.DecodeError, UnicodeDecodeError):
        raise UsageError("not a cursor: take it whole, as an earlier reading printed it") from None
    if not all(_is_stream_id(stream_id) for stream_id in at.values()):
        raise UsageError("not a cursor: it names no place in a stream")
    return Cursor(epoch, at)


def _is_stream_id(text: str) -> bool:
    found = _ID.fullmatch(text)
    return found is not None and int(found[1]) < _LIMIT and int(found[2]) < _LIMIT


def resume(after: str, epoch: str, partition: str, held: Held) -> tuple[str, Gap | None]:
    """Where to read on after `after`, seen under `epoch`, and the gap if there is one between.

    An empty epoch is of a partition that was not made yet: it had nothing that could be missing now.
    """
    if epoch and epoch != held.epoch:
        return held.trimmed, Gap(partition=partition, since=BEGINNING, to=held.trimmed, reason="epoch")
    if order(after) < order(held.trimmed):
        return held.trimmed, Gap(partition=partition, since=after, to=held.trimmed, reason="retention")
    if order(after) > order(held.last):
        return held.last, Gap(partition=partition, since=held.last, to=after, reason="ahead")
    return after, None


def before(stream_id: str) -> str:
    """The stream id just before this one."""
    ms, nth = order(stream_id)
    if nth:
        return f"{ms}-{nth - 1}"
    return f"{ms - 1}-{_LIMIT - 1}" if ms else BEGINNING
