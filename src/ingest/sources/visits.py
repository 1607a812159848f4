"""Which entries of a feed were offered before, and with which content: one value in `progress:seen` a feed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from ingest.model import Envelope

SEEN = "seen"
"""The source under which they are kept."""
_HASH = 8  # bytes: among some thousand entries of one feed, a chance of 1e-13 to miss a change
_MAX_SEEN = 4000
"""Entries remembered of a feed, 64 kB; twice as many as are read at once, for feeds that alternate between servers."""


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
