"""Both kinds of subscription behind one face, so that the same tests run on either.

`Awaiting` has an event loop in a thread of its own, where its heartbeat goes on while a test is busy elsewhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, Self

import redis
import redis.asyncio

from ingest.events.async_client import AsyncSubscription
from ingest.events.client import Subscription
from ingest.events.delivery import AsyncDelivery, Delivered
from ingest.events.member import Member
from ingest.events.presence import Presence
from ingest.ledger.keys import Keys
from ingest.store.base import async_client_options, client_options

NOWHERE = "/nonexistent/storywire"


def a_client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, **client_options(30))


class Joined(ABC):
    """A subscription, opened; `options` are those of Member."""

    def __init__(self, url: str, keys: Keys, **options: Any) -> None:
        self.member = Member(keys, time.monotonic, **options)

    @property
    def presence(self) -> Presence:
        return self.member.presence

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Any]:
        return self

    @abstractmethod
    def __next__(self) -> Any: ...

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def die(self) -> None:
        """As kill -9 would end it: the heartbeat stops, nothing is given back."""

    @abstractmethod
    def lose_the_server(self) -> None: ...


Kind = type[Joined]


class Blocking(Joined):
    def __init__(self, url: str, keys: Keys, **options: Any) -> None:
        super().__init__(url, keys, **options)
        self.client = a_client(url)
        self.subscription = Subscription(self.client, self.member, self.client.close)

    def __next__(self) -> Any:
        return next(self.subscription)

    def close(self) -> None:
        self.subscription.close()

    def die(self) -> None:
        self.subscription._stop.set()

    def lose_the_server(self) -> None:
        pool = self.client.connection_pool
        pool.connection_kwargs["path"] = NOWHERE
        pool.disconnect()
        pool.reset()


class Awaiting(Joined):
    def __init__(self, url: str, keys: Keys, **options: Any) -> None:
        super().__init__(url, keys, **options)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        try:
            self._do(self._open(url))
        except BaseException:
            self._end()
            raise

    async def _open(self, url: str) -> None:
        self.client = an_async_client(url)
        self.subscription = AsyncSubscription(owned(self.client), self.member)
        await self.subscription.__aenter__()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def __next__(self) -> Any:
        try:
            item = self._do(self.subscription.__anext__())
        except StopAsyncIteration:
            raise StopIteration from None
        return Acked(item, self._do) if isinstance(item, AsyncDelivery) else item

    def __exit__(self, *error: object) -> None:
        if not self.loop.is_closed():
            super().__exit__(*error)
            self._end()

    def close(self) -> None:
        self._do(self.subscription.aclose())

    def _end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def die(self) -> None:
        assert self.subscription._heart is not None
        self.loop.call_soon_threadsafe(self.subscription._heart.cancel)

    def lose_the_server(self) -> None:
        self._do(self._lose_the_server())

    async def _lose_the_server(self) -> None:
        pool = self.client.connection_pool
        pool.connection_kwargs["path"] = NOWHERE
        await pool.disconnect()
        pool.reset()


def an_async_client(url: str) -> redis.asyncio.Redis:
    return redis.asyncio.Redis.from_url(url, **async_client_options(30))


@contextlib.asynccontextmanager
async def owned(client: redis.asyncio.Redis) -> AsyncIterator[redis.asyncio.Redis]:
    async with client:
        yield client


class Acked(Delivered):
    """An AsyncDelivery that a test can acknowledge without a loop of its own."""

    def __init__(self, item: AsyncDelivery, do: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self.event, self.cursor, self.redelivered = item.event, item.cursor, item.redelivered
        self._ack = lambda: do(item.ack())

    def ack(self) -> None:
        self._ack()
