"""How late feeds are asked, each against its own row in the store: there stands when it is due, until it was asked.

Times are seconds since 1970.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from types import TracebackType
from typing import Self

import msgspec
import redis

from ingest.ledger.keys import Keys
from ingest.sources.subscriptions import FEEDS, decode

LOOK = 0.5
"""Seconds between two looks at the rows: no interval of the kill run is as short."""
EARLY = 0.05
"""Seconds by which a poll may seem to be before its time: two clocks, and milliseconds that are rounded."""


class Late(msgspec.Struct, frozen=True, order=True):
    """The latest of one feed's polls, or what it waited for in vain until the run was over.

    seconds   from when it was due to the last request for that time: what a killed fetcher had asked for is asked again
    wait      the longest of its waits, from when it was due, or was asked last since then, to the next request
    """

    seconds: float
    wait: float
    feed: int


class Dues:
    """Watches the rows from another thread while it is entered: `found` is what each feed was due at, in order."""

    def __init__(self, client: redis.Redis, keys: Keys, first: Mapping[str, float]) -> None:
        """`first`: when each feed is due that has no poll behind it, by name."""
        self._client, self._key = client, keys.progress(FEEDS)
        self._over, self._thread = threading.Event(), ThreadPoolExecutor(1)
        self.found: dict[str, list[float]] = {name: [at] for name, at in first.items()}
        self.ended = 0.0

    def __enter__(self) -> Self:
        self._watching = self._thread.submit(self._watch)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.ended = time.time()
        self._over.set()
        self._watching.result()  # raises what befell it: of rows that nobody watched, no poll is late

    def _watch(self) -> None:
        last = False
        while not last:
            last = self._over.wait(LOOK)
            rows: Mapping[bytes, bytes] = self._client.hgetall(self._key)
            for name, raw in rows.items():
                at, dues = decode(raw).rhythm.next_at / 1000, self.found[name.decode()]
                if at > dues[-1]:
                    dues.append(at)


def latest(dues: Mapping[int, Sequence[float]], polls: Mapping[int, Sequence[float]], ended: float) -> Late:
    """Of all feeds' polls. Both are ascending; a feed that was not asked for its last time waited until `ended`."""
    return max(late for feed, times in dues.items() for late in _lates(feed, times, polls.get(feed, ()), ended))


def _lates(feed: int, dues: Sequence[float], polls: Sequence[float], ended: float) -> list[Late]:
    asked: dict[float, list[float]] = defaultdict(list)
    for poll in polls:
        asked[max((due for due in dues if due <= poll + EARLY), default=dues[0])].append(poll)
    # The last row has not moved since: who asked last may have been killed, and nobody came.
    times = [[due, *asked[due]] for due in dues[:-1]] + [[dues[-1], *asked[dues[-1]], ended]]
    return [
        Late(all_[-1] - due, max((b - a for a, b in pairwise(all_)), default=0.0), feed)
        for due, all_ in zip(dues, times, strict=True)
    ]
