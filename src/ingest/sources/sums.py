"""What all fetchers of a partition have done so far, in one hash in Redis: whoever measures asks one place, whichever
processes fetch, and a fetcher that starts anew begins at no zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import redis

from ingest.scripts import patiently


class SumKeys(Protocol):
    """The key name that is needed here; `ledger.keys.Keys` has it."""

    @property
    def fetched(self) -> str: ...


class Sums:
    """Every call may raise TransientError. A name is a word and its labels, with blanks between: `polls feeds same`."""

    def __init__(self, client: redis.Redis, keys: SumKeys) -> None:
        self._client, self._key = client, keys.fetched

    def add(self, counts: Mapping[str, int]) -> None:
        """All of them, or none. Where the answer is lost they may be added twice: these are no books."""
        if not counts:
            return
        with patiently(), self._client.pipeline(transaction=True) as pipe:
            for name, count in counts.items():
                pipe.hincrby(self._key, name, count)
            pipe.execute()

    def read(self) -> dict[str, int]:
        with patiently():
            stored: Any = self._client.hgetall(self._key)
        return {name.decode(): int(count) for name, count in stored.items()}
