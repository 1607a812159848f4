"""Dead letters: what an operator may look at, try again, or drop.

A letter that is tried again is an inbox entry like any other, with a new id at the end of the order, and no longer
counted as dead. One that is dropped stays counted: its article was accepted, and that is what became of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import redis

from ingest.inbox import envelope
from ingest.inbox.port import InboxKeys
from ingest.model import Envelope
from ingest.scripts import Script, patiently

_HERE = Path(__file__).parent


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One dead letter. `id` names it; `entry` was its inbox id; `at` is ms since 1970; `payload` may be no envelope."""

    id: str
    entry: str
    error: str
    attempts: int
    at: int
    payload: bytes

    def envelope(self) -> Envelope:
        """The article. Raises Undecodable where that was what it died of."""
        return envelope.decode(self.payload)


class DeadLetters:
    """Those of one partition, oldest first."""

    def __init__(self, client: redis.Redis, keys: InboxKeys) -> None:
        self._client = client
        self._keys = keys
        self._retry = Script(client, _HERE / "retry.lua")

    def list(self, *, after: str = "", count: int = 100) -> list[Letter]:
        """Up to `count` letters after the id `after`."""
        with patiently():
            got: Any = self._client.xrange(self._keys.dead, f"({after}" if after else "-", "+", count=count)
        return [_letter(id_, fields) for id_, fields in got]

    def show(self, id_: str) -> Letter | None:
        """The letter of this id, None where there is none (any more)."""
        with patiently():
            got: Any = self._client.xrange(self._keys.dead, id_, id_)
        return _letter(*got[0]) if got else None

    def retry(self, ids: Sequence[str]) -> dict[str, str | None]:
        """Put them back; the new inbox ids by letter, None where there is no such letter or it has no payload."""
        if not ids:
            return {}
        got = self._retry([self._keys.inbox, self._keys.counters, self._keys.dead], ids)
        return {id_: entry.decode() or None for id_, entry in zip(ids, got, strict=True)}

    def drop(self, ids: Sequence[str]) -> int:
        """Remove them with their payloads; the number that were there."""
        if not ids:
            return 0
        with patiently():
            dropped: Any = self._client.xdel(self._keys.dead, *ids)
        return int(dropped)


def _letter(id_: bytes, fields: dict[bytes, bytes]) -> Letter:
    return Letter(
        id=id_.decode(),
        entry=fields[b"i"].decode(),
        error=fields[b"why"].decode("utf-8", "replace"),
        attempts=int(fields[b"n"]),
        at=int(id_.split(b"-")[0]),
        payload=fields[b"e"],
    )
