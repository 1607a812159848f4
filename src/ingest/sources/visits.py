"""What is remembered of each fetched URL, in the same step in which its articles were accepted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from ingest.model import Envelope

from .port import Inbox, ProgressUpdate

SOURCE = "fetch"
_HASH = 8  # bytes: among some thousand entries of one feed, a chance of 1e-13 to miss a change
_MAX_SEEN = 4000
"""Entries remembered of a feed, 64 kB; twice as many as are read at once, for feeds that alternate between servers."""


class Visit(msgspec.Struct, frozen=True, array_like=True):
    """Of one URL.

    etag, modified   the server's validators, sent back to it
    body             hash of the last body: servers change validators without a reason, and keep them with one
    full_at          last unconditional request, ms
    not_before       the server asked not to be asked before, ms
    is_feed          it was a feed
    seen             hashes of entries and of their content, the latest first
    """

    etag: str = ""
    modified: str = ""
    body: bytes = b""
    full_at: int = 0
    not_before: int = 0
    is_feed: bool = False
    seen: bytes = b""


class Visits:
    """The memory of one pass."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._known: dict[str, bytes | None] = {}

    def load(self, url: str) -> Visit:
        """What the store has. Raises TransientError."""
        raw = self._inbox.progress(SOURCE, [url]).get(url)
        self._known[url] = raw
        try:
            return msgspec.msgpack.decode(raw, type=Visit) if raw else Visit()
        except msgspec.DecodeError:
            return Visit()  # of another version of this program: fetched anew, and nothing of it is news

    def moving(self, url: str, visit: Visit) -> ProgressUpdate:
        return ProgressUpdate(SOURCE, {url: msgspec.msgpack.encode(visit)}, {url: self._known.get(url)})

    def moved(self, url: str, visit: Visit) -> None:
        self._known[url] = msgspec.msgpack.encode(visit)


def hash_of(*parts: str | bytes) -> bytes:
    digest = hashlib.blake2b(digest_size=_HASH)
    for part in parts:
        raw = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.digest()


def mark_of(article: Envelope) -> tuple[bytes, bytes]:
    """The hashes of an entry and of its content."""
    return hash_of(article.key), hash_of(article.title or "", article.text, article.url or "")


def unpack_seen(seen: bytes) -> dict[bytes, bytes]:
    pieces = [seen[at : at + _HASH] for at in range(0, len(seen), _HASH)]
    return dict(zip(pieces[::2], pieces[1::2], strict=False))


def pack_seen(latest: Iterable[tuple[bytes, bytes]], before: Mapping[bytes, bytes]) -> bytes:
    """The latest first, then the others, the oldest forgotten."""
    marks = dict(latest)
    marks.update((entry, content) for entry, content in before.items() if entry not in marks)
    return b"".join(entry + content for entry, content in list(marks.items())[:_MAX_SEEN])
