"""A redirect to another host waits for its turn there, as every request does, and goes nowhere that robots.txt denies.

Who has no turn soon is put off, not held: hundreds of feeds that all lead to one host must not keep the others waiting.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

from ingest.errors import Refused, TransientError

from .clerk import Clerk
from .hosts import Hosts, Place, host_of
from .offering import Stopped
from .port import Stop

Judge = Callable[[str], Awaitable[float]]
"""Of an address that a redirect leads to: seconds that are to lie between two requests there. Raises Refused."""
_PATIENCE = 5.0
"""Seconds that a turn is waited for with a request under way."""
_MOST = 10_000
"""Hosts whose queues are known."""


class Unfollowed(Refused):
    """A server answered, with an address at which nothing is asked."""


class Deferred(Exception):
    """The host to which a redirect leads has no turn for so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Journey:
    """One request with all its redirects, and the places that it has at hosts on the way. `pause` is for how many
    seconds the one that answered wants no request."""

    def __init__(self, turns: Turns, address: str, judge: Judge | None) -> None:
        self._turns, self._judge = turns, judge
        self._first = self._last = host_of(address)  # at the first, whoever asks has a place
        self._places: list[Place] = []
        self.pause = 0.0

    async def onward(self, address: str) -> None:
        """As `http.Onward`. Raises Refused, Deferred, TransientError."""
        asked = await self._judge(address) if self._judge else 0.0
        self._last = host_of(address)
        if self._last not in {self._first, *(place.host for place in self._places)}:
            self._places.append(await self._turns.place(address, asked))

    @property
    def far(self) -> bool:
        """Whether the answer is that of another host than the one that was asked."""
        return self._last != self._first

    def left(self) -> list[tuple[Place, float]]:
        """Its places, as `Hosts.leave` takes them back: the pause is that of the host that answered."""
        return [(place, self.pause if place.host == self._last else 0.0) for place in self._places]


class Turns:
    """`wait` in seconds; `spacing` seconds between two requests to a host, at least. Who names a `stop` waits for as
    long as it takes, or until then; others are put off one behind the other."""

    def __init__(
        self,
        hosts: Hosts,
        clerk: Clerk,
        now: Callable[[], float],
        wait: Callable[[float], Awaitable[None]],
        spacing: float,
        *,
        stop: Stop | None = None,
    ) -> None:
        self._hosts, self._clerk, self._now, self._wait = hosts, clerk, now, wait
        self._spacing, self._stop = spacing, stop
        self._queues: dict[str, float] = {}

    @asynccontextmanager
    async def along(self, address: str, judge: Judge | None) -> AsyncIterator[Journey]:
        """The journey that begins here; at its end its places are given back."""
        journey = Journey(self, address, judge)
        try:
            yield journey
        finally:
            if left := journey.left():
                with suppress(TransientError):  # they end by themselves
                    await self._clerk.call(lambda: self._hosts.leave(left))

    async def place(self, address: str, asked: float) -> Place:
        """A place at the host of this address, once it is its turn. Raises Deferred or Stopped, and TransientError."""
        spacing, until = max(asked, self._spacing), self._now() + _PATIENCE
        while True:
            [place] = await self._clerk.call(lambda: self._hosts.ask([(address, spacing)], _PATIENCE))
            wait = place.wait
            if not place.granted and self._stop is None:
                wait = self._behind(place.host, wait, spacing)
                if self._now() + wait > until:  # who waited in vain comes back later: its own host is asked again then
                    raise Deferred(max(wait, _PATIENCE))
            await self._wait(min(wait, _PATIENCE))
            if self._stop is not None and self._stop.is_set():
                raise Stopped
            if place.granted and not (place.wait and await self._clerk.call(partial(self._paused, place))):
                return place

    async def pause(self, address: str, seconds: float) -> None:
        """The host of this address asked for that, in answer to a request that had no place of its own."""
        with suppress(TransientError):  # whoever asks there next is told the same
            await self._clerk.call(lambda: self._hosts.tell(address, seconds))

    def _paused(self, place: Place) -> bool:
        """Whether its host has asked for a pause since the place was had, which is then given back. Blocks."""
        paused = bool(self._hosts.pause(place))
        if paused:
            self._hosts.leave([(place, 0.0)])
        return paused

    def _behind(self, host: str, wait: float, spacing: float) -> float:
        """Seconds until one that is put off now may try again: behind those that were put off before."""
        now = self._now()
        if len(self._queues) > _MOST:
            self._queues = {name: at for name, at in self._queues.items() if at > now}
        at = max(now + wait, self._queues.get(host, 0.0) + spacing)
        self._queues[host] = at
        return at - now
