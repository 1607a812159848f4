"""Names that never change: every id is a hash of what it names, so a replay makes the same ones."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import lru_cache


def _digest(size: int, *parts: str) -> bytes:
    # Parts are length-prefixed: ("ab", "c") and ("a", "bc") must differ. Lone surrogates are data here, not an error.
    h = hashlib.blake2b(digest_size=size)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        h.update(len(raw).to_bytes(4, "big"))
        h.update(raw)
    return h.digest()


def version_of(title: str | None, sentences: Iterable[str]) -> str:
    """24 hex digits: the version of a text, from its normalised title and sentences."""
    return _digest(12, title or "", *sentences).hex()


def story_id(partition: str, key: str, nth: int = 1) -> str:
    """`st-` and 16 letters, from the key of the story's first article; and from its version number where that is not
    the first, as a later version may open a story of its own."""
    later = () if nth == 1 else (str(nth),)
    return "st-" + base64.b32encode(_digest(10, "story", partition, key, *later)).decode().lower()


def event_id(partition: str, key: str, version: str) -> str:
    """32 hex digits: the same event in every delivery and every replay."""
    return _digest(16, "event", partition, key, version).hex()


def merge_id(partition: str, winner: str, losers: Iterable[str]) -> str:
    """32 hex digits: the id of a `story.merged` event."""
    return _digest(16, "merge", partition, winner, *sorted(losers)).hex()


def withdrawal_of(by: str, *told_apart_by: str) -> str:
    """24 hex digits, in the place of an article's version: the withdrawal that these tell from others of its key."""
    return _digest(12, "withdrawal", by, *told_apart_by).hex()


def return_of(version: str, tombstone: str) -> str:
    """24 hex digits: the version that is back after this withdrawal, told apart from the one that was there before."""
    return _digest(12, "return", version, tombstone).hex()


@lru_cache(maxsize=4096)  # asked for four times an article
def decision_field(key: str, version: str) -> bytes:
    """12 bytes naming an article version in the decision shards. Keyed by content, not by anything a publisher may pick
    freely at 64 bits: a collision would silence an article."""
    return _digest(12, "decision", key, version)


@lru_cache(maxsize=4096)
def key_field(key: str) -> bytes:
    """10 bytes naming an article key, whatever its length and whatever path tricks it holds."""
    return _digest(10, "key", key)
