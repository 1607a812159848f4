"""What fetchers do while the inbox is full or the store away: wait, all of them, without a thread, and say it once.

Nothing that was fetched is thrown away or fetched again: who waits keeps its lease, and the fetcher takes nothing new.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ingest.errors import Pressure, TransientError

from .clerk import Clerk
from .names import printable
from .offering import LIMITS, Stopped
from .port import Outcome, Stop

Answer = TypeVar("Answer")


class Patience:
    """Shared by all that one fetcher does. `wait` in seconds, by its clock."""

    def __init__(
        self,
        stop: Stop,
        wait: Callable[[float], Awaitable[None]],
        report: Callable[[Outcome], object],
        clerk: Clerk,
    ) -> None:
        self._stop, self._wait, self._report, self._clerk = stop, wait, report, clerk
        self._said = ""
        self._waiting = 0
        self._first = asyncio.Lock()

    @property
    def asked(self) -> bool:
        """Whether something that was fetched waits: then more of it would only wait as well."""
        return self._waiting > 0

    async def through(self, call: Callable[[], Answer]) -> Answer:
        """The answer of a call of the inbox, as soon as it gives one. Raises Stopped, and whatever else it raises."""
        try:
            answer = await self._clerk.call(call)
        except TransientError as error:
            self.trouble(error)
            answer = await self._again(call, error)
        self.calm()
        return answer

    async def _again(self, call: Callable[[], Answer], error: TransientError) -> Answer:
        self._waiting += 1
        behind = self._first.locked()
        try:
            async with self._first:  # one tries for all: hundreds of articles a second are no help to a full server
                while True:
                    if not behind:
                        await self._wait(error.retry_after or LIMITS.patience)
                    behind = False  # who stood behind another, and has come to the front, need not wait once more
                    if self._stop.is_set():
                        raise Stopped from error
                    try:
                        return await self._clerk.call(call)
                    except TransientError as later:
                        error = later
                        self.trouble(error)
        finally:
            self._waiting -= 1

    def trouble(self, error: TransientError) -> None:
        """Say what is waited for, unless that is said."""
        where, what = ("inbox", "it is full") if isinstance(error, Pressure) else ("store", "it does not answer")
        if where != self._said:
            self._report(Outcome(where=where, fate="waiting", detail=f"{what}: {printable(str(error))}"))
            self._said = where

    def calm(self) -> None:
        """The store has answered: say that it is over, once nobody waits any more."""
        if self._said and not self._waiting:
            self._report(Outcome(where=self._said, fate="resumed"))
            self._said = ""
