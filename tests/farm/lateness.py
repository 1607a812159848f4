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
from typing import NamedTuple, Self

import msgspec
import redis

from ingest.ledger.keys import Keys
from ingest.sources.subscriptions import FEEDS, decode

LOOK = 0.5
"""Seconds between two looks at the rows: no interval of the kill run is as short."""
EARLY = 0.05
"""Seconds by which a poll may seem to be before its time: two clocks, and milliseconds that are rounded."""


class Due(NamedTuple):
    """A time at which a feed is due; `unseen` is the last look at the rows that did not show it: later than that, the
    poll before it was settled."""

    at: float
    unseen: float


class Late(msgspec.Struct, frozen=True, order=True):
    """The latest of one feed's polls, or what it waited for in vain until the run was over.

    seconds   from when it was due until it was read, by `Due.unseen` of the next time, but no less than to the last
              request for it: what a killed fetcher had asked for is asked again
    wait      the longest of its waits, from when it was due, or was asked last since then, to the next request or, as
              above, until it was read
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
        self.found: dict[str, list[Due]] = {name: [Due(at, 0.0)] for name, at in first.items()}
        self.ended = 0.0

    def __enter__(self) -> Self:
        self._watching = self._thread.submit(self._watch)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.ended = time.time()
        self._over.set()
        self._watching.result()  # raises what befell it: of rows that nobody watched, no poll is late

    def _watch(self) -> None:
        last, looked = False, time.time()
        while not last:
            last = self._over.wait(LOOK)
            before, looked = looked, time.time()
            rows: Mapping[bytes, bytes] = self._client.hgetall(self._key)
            for name, raw in rows.items():
                at, dues = decode(raw).rhythm.next_at / 1000, self.found[name.decode()]
                if at > dues[-1].at:
                    dues.append(Due(at, before))


def latest(dues: Mapping[int, Sequence[Due]], polls: Mapping[int, Sequence[float]], ended: float) -> Late:
    """Of all feeds' polls. Both are ascending; a feed that was not asked for its last time waited until `ended`."""
    return max(late for feed, times in dues.items() for late in _lates(feed, times, polls.get(feed, ()), ended))


def _lates(feed: int, dues: Sequence[Due], polls: Sequence[float], ended: float) -> list[Late]:
    asked: dict[float, list[float]] = defaultdict(list)
    for poll in polls:
        asked[max((due.at for due in dues if due.at <= poll + EARLY), default=dues[0].at)].append(poll)
    # The last row has not moved since: who asked last may have been killed, and nobody came.
    read = [*(due.unseen for due in dues[1:]), ended]
    return [_late(feed, [due.at, *asked[due.at]], until) for due, until in zip(dues, read, strict=True)]


def _late(feed: int, times: Sequence[float], read: float) -> Late:
    """`times` are when it was due and its requests; it was `read` no sooner than that."""
    ends = max(read, times[-1])
    return Late(ends - times[0], max(b - a for a, b in pairwise([*times, ends])), feed)
