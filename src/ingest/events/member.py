"""A member of a consumer group on a partition's events: what it asks of the server, as steps.

All that a subscription does but waiting: joining, reading, taking over from the dead, gaps, filters, acknowledging.
`client` runs these steps in a thread, `async_client` in a task.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from redis.exceptions import ResponseError

from ingest.errors import TransientError, UsageError
from ingest.events import cursor as cursors
from ingest.events.cursor import BEGINNING, Cursor, Gap, Held
from ingest.events.delivery import Given
from ingest.events.event import Event
from ingest.events.filters import Filter
from ingest.events.presence import Beat, Presence
from ingest.events.redirects import Redirects
from ingest.events.steps import Nap, Steps, ask, lua
from ingest.events.stream import BLOCK_MS, EventKeys, Told, page_of, payload, text, told

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class Pace(msgspec.Struct, frozen=True):
    """How a subscriber reads."""

    prefetch: int = 64  # events given to this consumer at once: a round trip each 64 costs 1 % of their handling
    claim: int = 256  # events taken over from one dead consumer at once; Lua unpacks at most 1,000 arguments
    sweep_s: float = 2.0  # how often dead consumers are looked for: the heartbeat's five seconds leave room for it
    patience_s: float = 60.0  # a server that restarts is back by then; longer is for the caller to judge
    retry_s: float = 0.2  # between tries while the server is away


class Member:
    """`clock` gives seconds that never go back. Raises UsageError for a name that could be mistaken."""

    def __init__(
        self,
        keys: EventKeys,
        clock: Callable[[], float],
        *,
        group: str,
        start: str = "beginning",
        wanted: Filter | None = None,
        consumer: str | None = None,
        timeout: float | None = None,
        pace: Pace | None = None,
        beat: Beat | None = None,
    ) -> None:
        for name in (group, consumer):
            if name is not None and not _NAME.fullmatch(name):
                raise UsageError(f"{name!r}: a name has letters, digits, '.', '_', '-', at most 64")
        self._keys, self._clock, self._group, self._start = keys, clock, group, start
        self._wanted, self._redirects, self._timeout = wanted or Filter(), Redirects(), timeout
        self._pace = pace or Pace()
        self.presence = Presence(keys, group, consumer, beat)
        self.closed = False
        self._ready: deque[Given | Gap] = deque()
        self._in_hand: set[str] = set()
        self._own_from: str | None = BEGINNING  # where to read one's own pending events on; None: all are in hand
        self._gap_told = ""
        self._sweep_at = 0.0
        self._position = BEGINNING
        self._epoch = ""

    def enter(self) -> Steps[None]:
        """Join the group and take a name in it. Raises UsageError where `start` is no cursor."""
        self._epoch = yield from self._join(self._start)
        yield from self.presence.enter()

    def next(self) -> Steps[Given | Gap | None]:
        """The next event; waits for it. None: closed, or `timeout` seconds have passed without one.

        Raises TransientError where the server has not answered for `Pace.patience_s`.
        """
        started = self._clock()
        answered = started
        while not self._ready:
            left = None if self._timeout is None else self._timeout - (self._clock() - started)
            if self.closed:
                return None
            try:
                yield from self._fill(BLOCK_MS if left is None else min(BLOCK_MS, int(left * 1000)))
                answered = self._clock()
            except BaseException as error:
                self._own_from = BEGINNING  # events may have been given to us in an answer that was lost
                if not isinstance(error, TransientError) or self._clock() - answered > self._pace.patience_s:
                    raise
                yield Nap(self._pace.retry_s)
            if not self._ready and left is not None and left <= 0:
                return None
        return self._ready.popleft()

    def acknowledge(self, *stream_ids: str) -> Steps[None]:
        yield from ask("XACK", self._keys.events, self._group, *stream_ids)
        self._in_hand.difference_update(stream_ids)

    def _join(self, start: str) -> Steps[str]:
        """Make the group where it does not exist; one that exists goes on where it stood. Gives the store's epoch."""
        held = yield from self._held()
        at, gap = held.trimmed, None
        if start == "now":
            at = held.last
        elif start != "beginning":
            cursor = cursors.decode(start)
            after = cursor.at.get(self._keys.partition, BEGINNING)
            at, gap = cursors.resume(after, cursor.epoch, self._keys.partition, held)
        try:
            yield from ask("XGROUP CREATE", self._keys.events, self._group, at, "MKSTREAM")
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
        else:
            if gap:
                self._ready.append(gap)
        return held.epoch

    def _held(self) -> Steps[Held]:
        return page_of((yield from lua("page", self._both, [BEGINNING, 0]))).held

    @property
    def _both(self) -> list[str]:
        return [self._keys.events, self._keys.meta]

    def _fill(self, block_ms: int) -> Steps[None]:
        if self.presence.lost:
            yield from self.presence.enter()
            self._in_hand.clear()
            self._own_from = BEGINNING
        if self._clock() >= self._sweep_at:
            yield from self._sweep()
        while self._own_from is not None and not self._ready:
            yield from self._take_own(self._own_from)
        if self._ready or (yield from self._take_new()) or block_ms <= 0:
            return
        yield from ask("XREAD", "COUNT", 1, "BLOCK", block_ms, "STREAMS", self._keys.events, self._position)

    def _call(self, name: str, *args: str | int) -> Steps[Any]:
        return (yield from lua(name, self._both, [self._group, self.presence.name, *args]))

    def _sweep(self) -> Steps[None]:
        own, _, lost = yield from self._call("claim", self.presence.key_prefix, self._pace.claim)
        self._sweep_at = self._clock() + self._pace.sweep_s
        if own != len(self._in_hand):
            self._own_from = BEGINNING
        for stream_id in map(text, lost):
            self._miss(stream_id)

    def _take_own(self, after: str) -> Steps[None]:
        reply = yield from self._call("take", self._pace.prefetch, after, "")
        entries = reply[2] if text(reply[0]) == "entries" else []
        self._own_from = text(entries[-1][0]) if entries else None
        yield from self._give([entry for entry in entries if text(entry[0]) not in self._in_hand], redelivered=True)

    def _take_new(self) -> Steps[bool]:
        reply = yield from self._call("take", self._pace.prefetch, ">", self._gap_told)
        kind = text(reply[0])
        if kind == "gap":
            since, self._gap_told = text(reply[1]), text(reply[2])
            self._ready.append(self._gap(since, self._gap_told, "retention"))
            return True
        if kind == "no group":  # the store is another one now, or an older state of it
            self._epoch = yield from self._join("beginning")
            self._ready.append(self._gap(BEGINNING, BEGINNING, "epoch"))
            return True
        self._position = text(reply[1])
        yield from self._give(reply[2], redelivered=False)
        return bool(reply[2])

    def _give(self, entries: Iterable[list[Any]], *, redelivered: bool) -> Steps[None]:
        if not self._epoch:  # the partition was made after this subscriber had joined
            self._epoch = (yield from self._held()).epoch
        if self._wanted.stories:
            given = map(self._told, entries)
            yield from self._follow_merges([found.event for found in given if isinstance(found, Told)])
        done_with = [text(entry[0]) for entry in entries if not self._made_ready(entry, redelivered)]
        if done_with:
            yield from self.acknowledge(*done_with)

    def _made_ready(self, entry: list[Any], redelivered: bool) -> bool:
        """False: nothing that this subscriber will acknowledge."""
        stream_id, found = text(entry[0]), self._told(entry)
        if found is None:
            self._miss(stream_id)
            return False
        if isinstance(found, Gap):
            self._ready.append(found)
            return False
        self._redirects.learn(found.event)
        if not self._wanted.wants(found.event, self._redirects.resolve):
            return False
        self._in_hand.add(stream_id)
        self._ready.append(Given(stream_id, found.event, found.cursor, redelivered))
        return True

    def _told(self, entry: list[Any]) -> Told | Gap | None:
        """None: it was trimmed."""
        cursor = Cursor(self._epoch, {self._keys.partition: text(entry[0])})
        return told(payload(entry[1]), cursor, self._keys.partition) if entry[1] else None

    def _follow_merges(self, events: Iterable[Event]) -> Steps[None]:
        """Whoever of a group was given a merge, the others' filters follow it."""
        stories = self._wanted.stories | {event.story.id for event in events}
        yield from self._redirects.ask(self._keys, stories)

    def _gap(self, since: str, to: str, reason: cursors.Reason) -> Gap:
        return Gap(partition=self._keys.partition, since=since, to=to, reason=reason)

    def _miss(self, stream_id: str) -> None:
        """A pending event that was trimmed before it was acknowledged."""
        self._ready.append(self._gap(cursors.before(stream_id), stream_id, "retention"))
