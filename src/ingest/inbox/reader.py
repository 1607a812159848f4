"""The emptying side of the inbox, on a server: the turn, heartbeats, reading, claiming.

This half belongs to workers alone. Nothing here remembers anything; the pending list is the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import redis

from ingest.inbox.port import ALONE_FROM, Held, InboxKeys, Look
from ingest.scripts import Script, patiently
from ingest.settings import InboxSettings

_HERE = Path(__file__).parent

_LEFT_MS = 3_600_000  # the word that a worker left; claimed within a second where anybody works at all


class RedisReader:
    """`Reader` of one partition. The client must not retry by itself: a read whose answer was lost would read on."""

    def __init__(self, client: redis.Redis, keys: InboxKeys, settings: InboxSettings | None = None) -> None:
        self._client = client
        self._keys = keys
        self._beat_ms = (settings or InboxSettings()).heartbeat_ms
        self._scripts = {name: Script(client, _HERE / f"{name}.lua") for name in _SCRIPTS}

    def enlist(self, consumer: str) -> None:
        with patiently():
            self._client.set(self._keys.heartbeat(consumer), b"1", px=self._beat_ms)
        self._scripts["tidy"]([self._keys.inbox], [self._keys.GROUP, self._keys.heartbeat("")])

    def beat(self, consumer: str) -> bool:
        # XX: once it has run out the name is dead for ever, since others may have claimed what it held.
        with patiently():
            return bool(self._client.set(self._keys.heartbeat(consumer), b"1", px=self._beat_ms, xx=True))

    def leave(self, consumer: str) -> None:
        keys = [self._keys.inbox, self._keys.heartbeat(consumer), self._keys.turn]
        self._scripts["leave"](keys, [self._keys.GROUP, consumer, _LEFT_MS])

    def fail(self, consumer: str) -> None:
        with patiently():
            pipe = self._client.pipeline(transaction=True)
            pipe.delete(self._keys.heartbeat(consumer))
            pipe.xadd(self._keys.turn, {b"o": b""}, maxlen=1, approximate=False)
            pipe.execute()

    def look(self, count: int) -> Look:
        keys = [self._keys.inbox, self._keys.head, self._keys.turn, self._keys.deaths]
        got = self._scripts["look"](keys, [self._keys.GROUP, self._keys.heartbeat(""), count])
        head, turn, entries, pending, owner_ms = got[:5]
        front = tuple(
            Held(entry.decode(), owner.decode(), int(deaths))
            for entry, owner, deaths in zip(got[5::3], got[6::3], got[7::3], strict=True)
        )
        return Look(head, turn, entries, pending, owner_ms, front)

    def read(self, consumer: str, count: int, block_ms: int) -> list[tuple[str, bytes]]:
        with patiently():
            got: Any = self._client.xreadgroup(
                self._keys.GROUP, consumer, {self._keys.inbox: ">"}, count=count, block=block_ms or None
            )
        return [(entry.decode(), fields[b"e"]) for _, entries in got or () for entry, fields in entries]

    def fetch(self, entries: Sequence[str]) -> dict[str, bytes]:
        with patiently():
            pipe = self._client.pipeline(transaction=False)
            for entry in entries:
                pipe.xrange(self._keys.inbox, entry, entry)
            answers = pipe.execute()
        return {entry: got[0][1][b"e"] for entry, got in zip(entries, answers, strict=True) if got}

    def claim(self, consumer: str, owner: str, count: int) -> int:
        keys = [self._keys.inbox, self._keys.heartbeat(owner), self._keys.deaths, self._keys.counters]
        return int(self._scripts["claim"](keys, [self._keys.GROUP, consumer, owner, count]))

    def wait(self, turn: bytes, ms: int) -> None:
        with patiently():
            self._client.xread({self._keys.turn: turn}, block=ms)

    def attempt(self, entry: str, life: str) -> int:
        return int(self._scripts["attempt"]([self._keys.attempts], [entry, "begin", life]))

    def undo(self, entry: str, life: str) -> None:
        self._scripts["attempt"]([self._keys.attempts], [entry, "undo", life])

    def raised(self, entry: str) -> int:
        return int(self._scripts["attempt"]([self._keys.attempts], [entry, "raised", ""]))

    def suspect(self, entry: str) -> None:
        self._scripts["suspect"]([self._keys.deaths], [entry, ALONE_FROM])


_SCRIPTS = ("look", "claim", "tidy", "leave", "attempt", "suspect")


def bereave(client: redis.Redis, keys: InboxKeys, prefix: str, busy_with: str = "") -> int:
    """End the heartbeats of consumers whose name begins with `prefix`; returns how many.

    For a parent that has reaped a child: what it held is then claimed at once, and not when the heartbeat runs out.
    A child that had left of its own accord keeps its word. Where the parent knows the entry that the child was busy
    with, that one is handled alone from now on, and the death is not counted against the others.
    """
    reader = RedisReader(client, keys)
    with patiently():
        held = client.xpending_range(keys.inbox, keys.GROUP, busy_with, busy_with, 1) if busy_with else []
    if held:
        reader.suspect(busy_with)
    with patiently():
        consumers: Any = client.xinfo_consumers(keys.inbox, keys.GROUP)
        names = [consumer["name"].decode() for consumer in consumers]
        alive = [name for name in names if name.startswith(prefix) and client.get(keys.heartbeat(name)) == b"1"]
    for name in alive:
        if held:
            reader.leave(name)
        else:
            reader.fail(name)
    return len(alive)
