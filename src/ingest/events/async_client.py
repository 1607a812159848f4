"""`client`, for event loops: the same steps, awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from functools import partial
from types import TracebackType
from typing import Self

from redis.asyncio import Redis

from ingest.errors import UsageError
from ingest.events.cursor import Gap
from ingest.events.delivery import CLOSED, AsyncDelivery
from ingest.events.member import Member
from ingest.events.steps import run_async


class AsyncSubscription:
    """`async for` over it gives AsyncDelivery and Gap; use it in `async with`, or await `aclose`. For one event loop.

    It is opened by `async with`, or else by the first `async for`: only then does it need the server. A task that is
    cancelled while it waits for an event may go on with the next `anext`: nothing is lost by it. (Before Python 3.12 it
    may take a second until the task hears of it.)

    The heartbeat is a task of the same loop: whoever blocks the loop for five seconds is taken for dead, and what it
    holds goes to another of the group.
    """

    def __init__(self, opening: AbstractAsyncContextManager[Redis], member: Member) -> None:
        self._opening, self._member = opening, member
        self._client: Redis | None = None
        self._heart: asyncio.Task[None] | None = None
        self._held = AsyncExitStack()
        self._turn = asyncio.Lock()  # one reads at a time, and nobody closes under a reader
        self._leaving: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        async with self._turn:
            await self._opened()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Leave the group's work to others. What was not acknowledged is delivered again.

        A wait for an event that another task is in ends within a second. Cancelled in it, it is done all the same.
        """
        self._member.closed = True
        await self._left(wait=True)

    def __aiter__(self) -> AsyncIterator[AsyncDelivery | Gap]:
        return self

    async def __anext__(self) -> AsyncDelivery | Gap:
        """As `Subscription.__next__`. Raises StoreError where it opens the store and cannot."""
        async with self._turn:
            client = await self._opened()
            item = None if client is None else await run_async(client, self._member.next())
        if item is None:
            raise StopAsyncIteration
        return item if isinstance(item, Gap) else AsyncDelivery(item, partial(self._acknowledge, item.stream_id))

    async def _acknowledge(self, stream_id: str) -> None:
        if self._client is None:
            raise UsageError(CLOSED)
        await run_async(self._client, self._member.acknowledge(stream_id))

    async def _opened(self) -> Redis | None:
        """None: closed."""
        if self._client is None and not self._member.closed:
            try:
                self._client = await self._held.enter_async_context(self._opening)
                await run_async(self._client, self._member.enter())
            except BaseException:
                self._member.closed = True
                await self._left(wait=False)
                raise
            self._heart = asyncio.create_task(self._live(self._client), name="storywire-subscriber")
        return self._client

    async def _left(self, *, wait: bool) -> None:
        """Once, and to its end whoever is cancelled meanwhile. `wait` for who reads, unless it is the caller."""
        if self._leaving is None:
            self._leaving = asyncio.create_task(self._leave(wait=wait), name="storywire-leaving")
        await asyncio.shield(self._leaving)

    async def _leave(self, *, wait: bool) -> None:
        if wait:
            async with self._turn:
                pass
        async with self._held:
            if self._heart is not None:
                self._heart.cancel()
                with suppress(asyncio.CancelledError):
                    await self._heart
            client, self._client = self._client, None
            if client is not None:
                await run_async(client, self._member.presence.leave())

    async def _live(self, client: Redis) -> None:
        presence = self._member.presence
        while True:
            await asyncio.sleep(presence.beat.every_s)
            await run_async(client, presence.renew())
