"""Subscribing: a consumer group on a partition's events. At least once, with stable ids, and never a silent gap.

What a subscriber has not acknowledged is delivered again: to itself after a restart, else to another of its group, five
seconds after it died. Deliveries are in order; a delivery again may come after later ones, `sequence` tells.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Self

import msgspec
from redis import Redis
from redis.exceptions import ResponseError

from ingest.errors import TransientError, UsageError
from ingest.events import cursor as cursors
from ingest.events.cursor import BEGINNING, Cursor, Gap
from ingest.events.event import Article, Delta, Event, Relation, Story
from ingest.events.filters import Filter, Redirects, Resolve
from ingest.events.presence import Beat, Presence
from ingest.events.stream import BLOCK_MS, EventKeys, payload, read, script, text, told
from ingest.scripts import Script, patiently

_GROUP = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class Pace(msgspec.Struct, frozen=True):
    """How a subscriber reads."""

    prefetch: int = 64  # events given to this consumer at once: a round trip each 64 costs 1 % of their handling
    claim: int = 256  # events taken over from one dead consumer at once; Lua unpacks at most 1,000 arguments
    sweep_s: float = 2.0  # how often dead consumers are looked for: the heartbeat's five seconds leave room for it
    patience_s: float = 60.0  # a server that restarts is back by then; longer is for the caller to judge
    retry_s: float = 0.2  # between tries while the server is away


class Delivery:
    """One event given to this subscriber, until it is acknowledged."""

    __slots__ = ("_acknowledge", "cursor", "event", "redelivered")

    def __init__(self, event: Event, cursor: str, redelivered: bool, acknowledge: Callable[[], None]) -> None:
        self.event, self.cursor, self.redelivered, self._acknowledge = event, cursor, redelivered, acknowledge

    def ack(self) -> None:
        """Done with it: it is not delivered again to this group. Again and again does no harm.

        Raises TransientError where the server does not answer; the event then comes again.
        """
        self._acknowledge()

    @property
    def type(self) -> str:
        return self.event.type

    @property
    def id(self) -> str:
        """The same in every delivery: what to remember where twice would hurt."""
        return self.event.id

    @property
    def story(self) -> Story:
        return self.event.story

    @property
    def article(self) -> Article | None:
        return self.event.article

    @property
    def relation(self) -> Relation | None:
        return self.event.relation

    @property
    def delta(self) -> Delta:
        return self.event.delta


class Subscription:
    """Iterate over it for Delivery and Gap; close it, or use it in `with`. For one thread.

    A Gap needs no acknowledgement: going on says that it was seen; a subscriber that dies before is told again.
    """

    def __init__(
        self,
        client: Redis,
        keys: EventKeys,
        *,
        group: str,
        start: str = "beginning",
        wanted: Filter | None = None,
        resolve: Resolve = lambda story: story,
        consumer: str | None = None,
        timeout: float | None = None,
        pace: Pace | None = None,
        beat: Beat | None = None,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        for name in (group, consumer):
            if name is not None and not _GROUP.fullmatch(name):
                raise UsageError(f"{name!r}: a name has letters, digits, '.', '_', '-', at most 64")
        self._client, self._keys, self._group, self._close = client, keys, group, close
        self._wanted, self._redirects, self._timeout = wanted or Filter(), Redirects(resolve), timeout
        self._pace = pace or Pace()
        self._take, self._claim = script(client, "take"), script(client, "claim")
        self._ready: deque[Delivery | Gap] = deque()
        self._in_hand: set[str] = set()
        self._own_from: str | None = BEGINNING  # where to read one's own pending events on; None: all are in hand
        self._gap_told = ""
        self._sweep_at = 0.0
        self._position = BEGINNING
        self._closed = False
        self._epoch = self._join(start)
        self._presence = Presence(client, keys, group, consumer, beat)
        self._presence.enter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Leave the group's work to others. What was not acknowledged is delivered again."""
        if not self._closed:
            self._closed = True
            self._presence.leave()
            self._close()

    def __iter__(self) -> Iterator[Delivery | Gap]:
        return self

    def __next__(self) -> Delivery | Gap:
        """The next event; waits for it. Ends after `timeout` seconds without one.

        Raises TransientError where the server has not answered for `Pace.patience_s`.
        """
        started = time.monotonic()
        answered = started
        while not self._ready:
            left = None if self._timeout is None else self._timeout - (time.monotonic() - started)
            if self._closed:
                raise StopIteration
            try:
                self._fill(BLOCK_MS if left is None else min(BLOCK_MS, int(left * 1000)))
                answered = time.monotonic()
            except TransientError:
                self._own_from = BEGINNING  # events may have been given to us in an answer that was lost
                if time.monotonic() - answered > self._pace.patience_s:
                    raise
                time.sleep(self._pace.retry_s)
            if not self._ready and left is not None and left <= 0:
                raise StopIteration
        return self._ready.popleft()

    def _join(self, start: str) -> str:
        """Make the group where it does not exist; one that exists goes on where it stood. Gives the store's epoch."""
        held = read(self._client, self._keys, count=0).held
        at, gap = held.trimmed, None
        if start == "now":
            at = held.last
        elif start != "beginning":
            cursor = cursors.decode(start)
            after = cursor.at.get(self._keys.partition, BEGINNING)
            at, gap = cursors.resume(after, cursor.epoch, self._keys.partition, held)
        try:
            with patiently():
                self._client.xgroup_create(self._keys.events, self._group, id=at, mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
        else:
            if gap:
                self._ready.append(gap)
        return held.epoch

    def _fill(self, block_ms: int) -> None:
        if self._presence.lost:
            self._presence.enter()
            self._in_hand.clear()
            self._own_from = BEGINNING
        if time.monotonic() >= self._sweep_at:
            self._sweep()
        while self._own_from is not None and not self._ready:
            self._take_own(self._own_from)
        if self._ready or self._take_new() or block_ms <= 0:
            return
        with patiently():
            self._client.xread({self._keys.events: self._position}, count=1, block=block_ms)

    def _call(self, script: Script, *args: str | int) -> Any:
        return script([self._keys.events, self._keys.meta], [self._group, self._presence.name, *args])

    def _sweep(self) -> None:
        own, _, lost = self._call(self._claim, self._presence.key_prefix(), self._pace.claim)
        self._sweep_at = time.monotonic() + self._pace.sweep_s
        if own != len(self._in_hand):
            self._own_from = BEGINNING
        for stream_id in map(text, lost):
            self._miss(stream_id)

    def _take_own(self, after: str) -> None:
        reply = self._call(self._take, self._pace.prefetch, after, "")
        entries = reply[2] if text(reply[0]) == "entries" else []
        self._own_from = text(entries[-1][0]) if entries else None
        self._deliver([entry for entry in entries if text(entry[0]) not in self._in_hand], redelivered=True)

    def _take_new(self) -> bool:
        reply = self._call(self._take, self._pace.prefetch, ">", self._gap_told)
        kind = text(reply[0])
        if kind == "gap":
            since, self._gap_told = text(reply[1]), text(reply[2])
            self._ready.append(self._gap(since, self._gap_told, "retention"))
            return True
        if kind == "no group":  # the store is another one now, or an older state of it
            self._epoch = self._join("beginning")
            self._ready.append(self._gap(BEGINNING, BEGINNING, "epoch"))
            return True
        self._position = text(reply[1])
        self._deliver(reply[2], redelivered=False)
        return bool(reply[2])

    def _deliver(self, entries: Iterable[list[Any]], *, redelivered: bool) -> None:
        unwanted: list[str] = []
        if not self._epoch:  # the partition was made after this subscriber had joined
            self._epoch = read(self._client, self._keys, count=0).held.epoch
        for entry in entries:
            stream_id = text(entry[0])
            if not entry[1]:
                self._miss(stream_id)
                unwanted.append(stream_id)
                continue
            found = told(
                payload(entry[1]), Cursor(self._epoch, {self._keys.partition: stream_id}), self._keys.partition
            )
            if isinstance(found, Gap):
                self._ready.append(found)
                unwanted.append(stream_id)
                continue
            self._redirects.learn(found.event)
            if not self._wanted.wants(found.event, self._redirects.resolve):
                unwanted.append(stream_id)
                continue
            self._in_hand.add(stream_id)
            self._ready.append(Delivery(found.event, found.cursor, redelivered, self._acknowledging(stream_id)))
        if unwanted:
            self._acknowledge(*unwanted)

    def _gap(self, since: str, to: str, reason: cursors.Reason) -> Gap:
        return Gap(partition=self._keys.partition, since=since, to=to, reason=reason)

    def _miss(self, stream_id: str) -> None:
        """A pending event that was trimmed before it was acknowledged."""
        self._ready.append(self._gap(cursors.before(stream_id), stream_id, "retention"))

    def _acknowledging(self, stream_id: str) -> Callable[[], None]:
        return lambda: self._acknowledge(stream_id)

    def _acknowledge(self, *stream_ids: str) -> None:
        with patiently():
            self._client.xack(self._keys.events, self._group, *stream_ids)
        self._in_hand.difference_update(stream_ids)
