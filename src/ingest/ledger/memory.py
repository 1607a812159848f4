"""The ledger in one process: dicts of dicts. Same promises as `redis`, same contract suite, no server.

It settles inbox entries through the object it is handed (`inbox.memory.MemoryInbox`): stages do not import each other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from ingest.faults import Faults, no_faults
from ingest.ledger.port import Answer, Commit, Gathered, Wants, no_work, tally


class Settling(Protocol):
    """What a commit does to the inbox."""

    clock: Callable[[], int]
    head: bytes

    def owns_front(self, consumer: str, entries: Sequence[str]) -> bool: ...

    def settle(self, entries: Sequence[str], dead: Sequence[tuple[str, str]], counts: Mapping[str, int]) -> None: ...


BACKLOG_MS = 60_000


def _token() -> bytes:
    return os.urandom(16)


class MemoryLedger:
    """A partition's hashes in memory. `events` are those emitted, in order, as finished bytes."""

    def __init__(
        self,
        inbox: Settling,
        token: Callable[[], bytes] = _token,
        faults: Faults = no_faults,
    ) -> None:
        self.events: list[bytes] = []
        self.meanwhile = no_work  # nothing here takes time
        self._inbox = inbox
        self._token = token
        self._faults = faults
        self._hashes: dict[str, dict[bytes, bytes]] = {}
        self._expiry: dict[str, int] = {}

    def gather(self, wants: Wants) -> Gathered:
        self._forget(wants)
        found: dict[str, dict[bytes, bytes]] = {}
        for key, fields in wants.items():
            stored = self._hashes.get(key)
            if stored is None:
                continue
            got = {field: stored[field] for field in fields if field in stored} if fields else dict(stored)
            if got:
                found[key] = got
        gathered = Gathered(self._inbox.head, found)
        self._faults("after-gather")
        return gathered

    def commit(self, commit: Commit) -> Answer:
        counts = tally(commit)
        self._faults("before-commit")
        answer = self._apply(commit, counts)
        self._faults("after-commit")
        return answer

    def _apply(self, commit: Commit, counts: Mapping[str, int]) -> Answer:
        self._forget([key for key, *_ in commit.decisions] + [write.key for write in commit.writes])
        if commit.head != self._inbox.head:
            return Answer("head", self._inbox.head)
        if not self._inbox.owns_front(commit.consumer, commit.entries):
            return Answer("turn", self._inbox.head)
        if any(self._holds(*decision) for decision in commit.decisions):
            return Answer("decided", self._inbox.head)
        self._inbox.head = self._token()
        lag = self._lag(commit.entries)
        for key in commit.drops:
            self._hashes.pop(key, None)
            self._expiry.pop(key, None)
        for write in commit.writes:
            if write.fields:
                made = write.key not in self._hashes
                self._hashes.setdefault(write.key, {}).update(write.fields)
                if write.expire_at is not None and (made or lag or write.renewed):
                    self._expiry[write.key] = write.expire_at + lag
        self.events.extend(commit.events)
        self._inbox.settle(commit.entries, commit.dead, counts)
        return Answer("ok", self._inbox.head)

    def _holds(self, key: str, field: bytes, end: bytes) -> bool:
        found = self._hashes.get(key, {}).get(field)
        return found is not None and found.endswith(end)

    def hashes(self) -> tuple[str, ...]:
        """The keys of all hashes there are, for sizes and tests."""
        self._forget(list(self._hashes))
        return tuple(self._hashes)

    def _lag(self, entries: Sequence[str]) -> int:
        """Age of a backlog in ms, as in commit.lua; under a minute it is none."""
        age = self._inbox.clock() - int(entries[-1].partition("-")[0]) if entries else 0
        return age if age >= BACKLOG_MS else 0

    def _forget(self, keys: Sequence[str] | Wants) -> None:
        # As a server does: a key is gone from the millisecond it expires, looked at or not.
        if self._expiry:
            now = self._inbox.clock()
            for key in keys:
                if self._expiry.get(key, now + 1) <= now:
                    del self._expiry[key], self._hashes[key]
