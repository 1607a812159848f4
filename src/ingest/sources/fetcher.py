"""The fetcher: takes what is due of each line, politely by host, many at a time, until told to stop.

The schedule is in Redis. What is taken is due again when the lease ends, so what a killed fetcher held is taken by
another then; a living one renews its leases. Whatever goes wrong with one feed is said with its name, and that one is
tried again later; the others do not notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import NamedTuple, Protocol

import msgspec

from ingest.errors import TransientError

from .clerk import Clerk
from .hosts import NO_HOST, Hosts, Place
from .offering import Stopped
from .patience import Patience
from .port import Outcome, Scheduled, Stop
from .schedule import Polled, in_line
from .tally import Tally
from .turns import Deferred


class Tact(msgspec.Struct, frozen=True):
    """Seconds, unless said otherwise."""

    # What a killed fetcher held, feeds and places at their hosts, is free again so long after it was taken or renewed.
    # Should the next one that takes a feed be killed as it begins, and the one after it, that feed is still asked
    # within half a minute.
    lease: float = 9.0
    renewed: float = 3.0
    look: float = 1.0  # at least so often is asked what is due: somebody may have added a feed
    soonest: float = 0.05  # and at most so often: what is due one by one is taken together
    patience: float = 5.0  # a place at a host is waited for in here so long, longer ones on the schedule
    doubted: float = 0.1  # who waited so long looks whether the host wants a pause now; answers under way take as long
    broken: float = 900.0  # after an error of ours: not at once, since the server at the other end is asked each time


TACT = Tact()
_ROOM = 0.75
"""Of the requests that may be under way, the share from which on others are looked for, once there was no room."""


class _Look(NamedTuple):
    """What of a line is due and may begin, and when the first of the others is due, ms; None for never."""

    taken: list[tuple[str, bytes, Place]]
    next_at: float | None


class _Held(NamedTuple):
    task: asyncio.Task[None]
    place: Place


class Clock(Protocol):
    """Seconds since 1970, the same for all fetchers of a store."""

    def now(self) -> float: ...

    async def wait(self, seconds: float) -> None: ...

    def adjust(self) -> None:
        """Set it right by the server's; blocks. Raises TransientError."""


class Line(Protocol):
    """One kind of thing that is due again and again: feeds, pages."""

    source: str

    def address(self, name: str, raw: bytes) -> str:
        """Where the request goes; empty where there is to be none."""

    def spacing(self, address: str) -> float:
        """Seconds that its host wants between two requests, as far as that is known."""

    def first_due(self, raw: bytes) -> int | None:
        """When it was to be asked, ms, however often it was put off since; None where that is not known."""

    async def work(self, name: str, raw: bytes, spaced: float) -> Polled:
        """One request, at least `spaced` seconds after the host's last, and all that comes of it. Raises Stopped,
        TransientError: then it is due again."""


class Fetcher:
    def __init__(
        self,
        *,
        lines: Sequence[Line],
        inbox: Scheduled,
        hosts: Hosts,
        clock: Clock,
        stop: Stop,
        clerk: Clerk,
        patience: Patience,
        tally: Tally,
        spacing: float,
        report: Callable[[Outcome], object],
        at_once: int = 100,
        tact: Tact = TACT,
    ) -> None:
        self._lines, self._inbox, self._hosts, self._clock = lines, inbox, hosts, clock
        self._stop, self._clerk = stop, clerk
        self._patience, self._tally = patience, tally
        self._spacing, self._report, self._at_once, self._tact = spacing, report, at_once, tact
        self._held: dict[tuple[str, str], _Held] = {}
        self._full, self._free = False, asyncio.Event()  # whether the last look left something for want of room
        self._first = 0  # the line that is looked at first
        self._left: list[tuple[Place, float]] = []  # places to give back, and how long the host wants to be left alone

    async def run(self) -> None:
        """Until stopped; then what is under way is given up, and due at once for others.

        An error of the schedule itself ends it: StoreError, or a defect.
        """
        renewing = asyncio.create_task(self._renew())
        try:
            while not self._stop.is_set():
                if renewing.done():
                    renewing.result()  # raises: without leases that are renewed, others would poll the same
                self._free.clear()  # before: one that ends meanwhile makes room as well
                wait = await self._take()
                self._tally.tell(self._clock.now(), len(self._held))
                await _either(self._clock.wait(max(wait, self._tact.soonest)), self._free.wait())
        finally:
            renewing.cancel()
            await self._give_up()

    async def _take(self) -> float:
        """Start what is due; the seconds until there may be more."""
        room = self._at_once - len(self._held)
        self._full = room <= 0
        if room <= 0 or self._patience.asked:
            return self._tact.look
        try:
            looks = await self._clerk.call(partial(self._look, room))
        except TransientError as error:
            self._patience.trouble(error)
            return error.retry_after or self._tact.look
        self._patience.calm()
        for line, look in zip(self._lines, looks, strict=True):
            room -= len(look.taken)
            for name, raw, place in look.taken:
                task = asyncio.create_task(self._one(line, name, raw, place))
                task.add_done_callback(partial(self._ended, line.source, name))
                self._held[line.source, name] = _Held(task, place)
        self._full = room <= 0
        next_at = min((look.next_at for look in looks if look.next_at is not None), default=None)
        if self._full or next_at is None:
            return self._tact.look
        return min(self._tact.look, max(0.0, next_at / 1000 - self._clock.now()))

    def _look(self, room: int) -> list[_Look]:
        """At each line, another one first each time: where all are behind, none may keep the others waiting. Blocks."""
        self._give_back()
        looks = [_Look([], None)] * len(self._lines)
        for number in (*range(self._first, len(looks)), *range(self._first)):
            if room:
                looks[number] = self._taken(self._lines[number], room)
                room -= len(looks[number].taken)
        self._first = (self._first + 1) % len(looks)
        return looks

    def _taken(self, line: Line, room: int) -> _Look:
        """What is due, with a place at its host; what has none there yet goes back on the schedule."""
        now = self._clock.now()
        lease = _ms(now + self._tact.lease)
        due = self._inbox.take_due(line.source, _ms(now), lease, room)
        wishes: dict[str, tuple[str, float]] = {}
        for name, raw in due.fields.items():
            if (line.source, name) in self._held:
                continue
            try:
                address = line.address(name, raw)
                wishes[name] = address, max(self._spacing, line.spacing(address))
            except Exception as error:
                self._put_off(line, name, error)
        asked = [wish for wish in wishes.values() if wish[0]]
        places = iter(self._hosts.ask(asked, self._tact.patience, lease=self._tact.lease))
        taken: list[tuple[str, bytes, Place]] = []
        later: dict[str, float] = {}
        queues: dict[str, float] = {}  # host -> wait of the last that was put off: the next one stands behind it
        for name, (address, spacing) in wishes.items():
            place = next(places) if address else NO_HOST
            if place.granted:
                taken.append((name, due.fields[name], place))
                continue
            if place.pause:
                later[name] = self._in_line(line, due.fields[name], place.pause)
                continue
            wait = max(place.wait, queues.get(place.host, 0.0))
            queues[place.host] = wait + spacing
            later[name] = _ms(now + wait)
        self._inbox.hold(line.source, later, lease)
        return _Look(taken, min((at for at in (due.next_at, *later.values()) if at is not None), default=None))

    async def _one(self, line: Line, name: str, raw: bytes, place: Place) -> None:
        pause = 0.0
        try:
            if place.wait > 0:
                await self._clock.wait(place.wait)
            doubted = place.wait > self._tact.doubted
            if doubted and await self._clerk.call(partial(self._put_back, line, name, raw, place)):
                return
            polled = await line.work(name, raw, place.spacing)
            self._tally.polled(line.source, polled)
            if polled.kind == "temporary" and not polled.elsewhere:
                pause = max(0.0, polled.not_before / 1000 - self._clock.now())
        except Stopped:
            return
        except Deferred as deferred:
            await _quietly(self._clerk.call(partial(self._defer, line, name, deferred.seconds)))
        except TransientError as error:
            self._patience.trouble(error)
        except Exception as error:  # a defect of ours, or of this host: one feed's, not the fetcher's
            await _quietly(self._clerk.call(partial(self._put_off, line, name, error)))
        finally:
            self._held.pop((line.source, name), None)
            if self._full and len(self._held) <= self._at_once * _ROOM:
                self._free.set()
            self._left.append((place, pause))
            if pause > 0:  # other fetchers are to know at once; else it has time until the next look
                await _quietly(self._clerk.call(self._give_back))

    def _put_back(self, line: Line, name: str, raw: bytes, place: Place) -> bool:
        """Whether its host asked for a pause while this one waited for its place: then it is due after that. Blocks."""
        pause = self._hosts.pause(place)
        if pause:
            until = _ms(self._clock.now() + self._tact.lease)
            self._inbox.hold(line.source, {name: self._in_line(line, raw, pause)}, until)
        return bool(pause)

    def _in_line(self, line: Line, raw: bytes, pause: int) -> float:
        """When one of a host that is to be left alone until `pause` is due then, ms: first due, first asked."""
        now, first_due = _ms(self._clock.now()), line.first_due(raw)
        return in_line(pause, now if first_due is None else min(first_due, now))

    def _give_back(self) -> None:
        """All places that are not needed any more. Blocks."""
        left = []
        while self._left:  # one by one: others are appended meanwhile, and none may fall between two lists
            left.append(self._left.pop())
        try:
            self._hosts.leave(left)
        except TransientError:
            self._left += left  # at the next look: a host that asked for a pause is to have it from all of its feeds
            raise

    def _ended(self, source: str, name: str, task: asyncio.Task[None]) -> None:
        """What even `_one` did not expect is said as well; its lease ends by itself."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._tally.broke(source, name, error, self._tact.lease)

    def _defer(self, line: Line, name: str, seconds: float) -> None:
        """Have it due again after so long; nothing was learned of it. Blocks."""
        now = self._clock.now()
        self._inbox.hold(line.source, {name: _ms(now + seconds)}, _ms(now + self._tact.lease))

    def _put_off(self, line: Line, name: str, error: Exception) -> None:
        """Say what broke, and on which; it is tried again later."""
        self._tally.broke(line.source, name, error, self._tact.broken)
        now = self._clock.now()
        self._inbox.hold(line.source, {name: _ms(now + self._tact.broken)}, _ms(now + self._tact.lease))

    async def _renew(self) -> None:
        while True:
            await self._clock.wait(self._tact.renewed)
            until = _ms(self._clock.now() + self._tact.lease)
            for line in self._lines:
                held = dict.fromkeys((name for source, name in self._held if source == line.source), until)
                await _quietly(self._clerk.call(partial(self._inbox.hold, line.source, held, until)))
            places = [held.place for held in self._held.values()]
            await _quietly(self._clerk.call(partial(self._hosts.keep, places, self._tact.lease)))
            await self._tally.write()
            await _quietly(self._clerk.call(self._clock.adjust))

    async def _give_up(self) -> None:
        held = dict(self._held)
        for one in held.values():
            one.task.cancel()
        await asyncio.gather(*(one.task for one in held.values()), return_exceptions=True)
        now = self._clock.now()
        for line in self._lines:
            free = dict.fromkeys((name for source, name in held if source == line.source), _ms(now))
            give_up = partial(self._inbox.hold, line.source, free, _ms(now + self._tact.lease))
            await _quietly(self._clerk.call(give_up))
        await _quietly(self._clerk.call(self._give_back))


async def _quietly(call: Awaitable[object]) -> None:
    """What is lost when the server does not answer ends by itself: a lease, a place at a host."""
    try:
        await call
    except TransientError:
        return


async def _either(*waits: Awaitable[object]) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
