"""The ledger on a server: one Lua call to gather, one to commit.

A pipeline of HMGET was half as fast as the script (2 workers: 388 against 688 articles/s); it is the client's work per
command that costs. A commit costs about 5 us a distinct key.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import redis

from ingest.errors import Stale, StoreError
from ingest.faults import Faults, no_faults
from ingest.ledger.keys import Keys
from ingest.ledger.port import Answer, Commit, Gathered, Wants, Write, no_work, tally
from ingest.scripts import MAX_UNPACKED, Script

_HERE = Path(__file__).parent

GATHER_BYTES = 4_000_000
"""Values of one gather call: more would hold the server up for tens of ms."""

LARGE = 100
"""Keys of a gather during which other work is worth while: it takes milliseconds."""


def _token() -> bytes:
    return os.urandom(16)


class RedisLedger:
    """A partition's state on one server.

    stamp    the versions that made the partition (`ledger.partition`); commits of a worker of others are refused
    token    makes heads: random, because a counter climbs to the same value after a failover
    faults   called at `after-gather`, `before-commit` and `after-commit`
    """

    def __init__(
        self,
        client: redis.Redis,
        keys: Keys,
        *,
        stamp: bytes = b"",
        token: Callable[[], bytes] = _token,
        faults: Faults = no_faults,
        gather_bytes: int = GATHER_BYTES,
    ) -> None:
        self._keys = keys
        self._stamp = stamp
        self._token = token
        self._faults = faults
        self._gather_bytes = gather_bytes
        self.meanwhile = no_work
        self._gather = Script(client, _HERE / "gather.lua")
        self._commit = Script(client, _HERE / "commit.lua")
        # The first nine keys of commit.lua, in its order.
        self._fixed = [keys.inbox, keys.head, keys.events, keys.counters, keys.turn]
        self._fixed += [keys.deaths, keys.attempts, keys.dead, keys.meta]

    def gather(self, wants: Wants) -> Gathered:
        pairs = list(_chunks(wants))
        found: dict[str, dict[bytes, bytes]] = {}
        head: bytes | None = None
        at = 0
        while head is None or at < len(pairs):
            rest = pairs[at:]
            counted = (([len(fields)], fields) for _, fields in rest)
            args = [self._gather_bytes, *chain.from_iterable(chain.from_iterable(counted))]
            meanwhile = self.meanwhile if len(rest) >= LARGE else None
            now, served, *answers = self._gather([self._keys.head, *(key for key, _ in rest)], args, meanwhile)
            if head is not None and now != head:
                raise Stale("the partition was written between two halves of a gather")
            head = now
            for (key, fields), values in zip(rest, answers, strict=False):
                _keep(found, key, fields, values)
            at += served
        self._faults("after-gather")
        return Gathered(head, found)

    def commit(self, commit: Commit) -> Answer:
        keys, args = self._pack(commit, tally(commit))
        self._faults("before-commit")
        status, head = self._commit(keys, args, self.meanwhile)
        self._faults("after-commit")
        if status == b"version":
            partition = self._keys.partition
            raise StoreError(f"partition {partition} has been taken over by another version: start that one")
        return Answer(status.decode(), head)

    def _pack(self, commit: Commit, counts: dict[str, int]) -> tuple[list[str], list[Any]]:
        numbers = {key: number for number, key in enumerate(self._fixed, 1)}

        def number(key: str) -> int:
            return numbers.setdefault(key, len(numbers) + 1)

        args: list[Any] = [self._keys.GROUP, commit.consumer, commit.head, self._token(), self._stamp]
        args += (len(commit.entries), *commit.entries, len(commit.decisions))
        for key, field, end in commit.decisions:
            args += (number(key), field, end)
        args += (len(commit.events), *commit.events, len(commit.dead), *chain.from_iterable(commit.dead))
        args += (len(commit.drops), *map(number, commit.drops))
        at, count = len(args), 0
        for key, expiry, flat in _flat(commit.writes):
            args += (number(key), expiry, len(flat), *flat)
            count += 1
        args.insert(at, count)
        args += (len(counts), *chain.from_iterable(counts.items()))
        return list(numbers), args


def _chunks(wants: Wants) -> Iterable[tuple[str, Sequence[bytes]]]:
    for key, fields in wants.items():
        if len(fields) <= MAX_UNPACKED:
            yield key, fields
        else:
            yield from ((key, fields[i : i + MAX_UNPACKED]) for i in range(0, len(fields), MAX_UNPACKED))


def _keep(found: dict[str, dict[bytes, bytes]], key: str, fields: Sequence[bytes], values: list[Any]) -> None:
    # A whole hash comes as field, value, field, value.
    pairs = zip(fields, values, strict=True) if fields else zip(values[::2], values[1::2], strict=True)
    got = {field: value for field, value in pairs if value is not None}
    if got:
        found[key] = found[key] | got if key in found else got


def _flat(writes: Iterable[Write]) -> Iterable[tuple[str, str, list[bytes]]]:
    for write in writes:
        expiry = "" if write.expire_at is None else f"+{write.expire_at}" if write.renewed else str(write.expire_at)
        flat = list(chain.from_iterable(write.fields.items()))
        for at in range(0, len(flat), MAX_UNPACKED):  # an even number: field and value stay together
            yield write.key, expiry, flat[at : at + MAX_UNPACKED]
