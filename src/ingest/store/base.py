"""What every store can do, and how its clients behave."""

from __future__ import annotations

import weakref
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from ingest.errors import StoreError
from ingest.store.checks import Finding


@dataclass(frozen=True)
class Patience:
    """In seconds, of a client."""

    connect: float = 5.0  # a server that is there accepts within milliseconds, over a continent within one second
    answer: float = 30.0  # longer than any blocking read of ours (5 s) and any script (30 ms); a dead host is noticed
    health: int = 30  # a connection idle for so long is tried with PING before it is trusted with a command


PATIENCE = Patience()


def client_options(timeout: float | None) -> dict[str, Any]:
    return {
        # A retried write may be done twice, and a retried XREADGROUP leaves entries that nobody knows of.
        "retry": Retry(NoBackoff(), 0),
        # RESP3, the default of some redis-py versions, gives other shapes for the same answers.
        "protocol": 2,
        "decode_responses": False,
        "socket_connect_timeout": PATIENCE.connect,
        "socket_timeout": timeout,
        "health_check_interval": PATIENCE.health,
    }


def async_client_options(timeout: float | None) -> dict[str, Any]:
    return client_options(timeout) | {"retry": AsyncRetry(NoBackoff(), 0)}


class Store(ABC):
    """An open store; a context manager. Threads may share it; a forked child that asks for a client has it open too.

    name       what to tell a person: the folder as it was given, or the URL without its password
    url        reaches the same store from another process. It holds the URL's password: pass it in the environment, as
               everybody on the machine can read a command line
    findings   what a caller should log: warnings only, since `open_store` raises on the others
    """

    name: str
    url: str
    findings: tuple[Finding, ...] = ()

    def __init__(self) -> None:
        self._clients: weakref.WeakSet[redis.Redis] = weakref.WeakSet()
        self._closed = False

    def client(self, *, timeout: float | None = PATIENCE.answer) -> redis.Redis:
        """A new client with connections of its own: bytes in and out, and no retries.

        `timeout` is how long an answer may take, in seconds; None waits for ever. A lost server is a
        `redis.ConnectionError` or `redis.TimeoutError` at the next command, never a silent second try.
        Raises StoreError when the store is closed or its server cannot be had again.
        """
        if self._closed:
            raise StoreError(f"{self.name} is closed")
        client = self._connect(client_options(timeout))
        self._clients.add(client)
        return client

    @asynccontextmanager
    async def async_client(self) -> AsyncIterator[redis.asyncio.Redis]:
        """`client` for the event loop that is running: only there can its connections be ended, so `async with` does
        it. Raises as `client`."""
        if self._closed:
            raise StoreError(f"{self.name} is closed")
        async with self._connect_async(async_client_options(PATIENCE.answer)) as client:
            yield client

    def close(self) -> None:
        """Leave the store and end its clients. Again is no error."""
        if self._closed:
            return
        self._closed = True
        for client in list(self._clients):
            client.close()
        self._leave()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def _connect(self, options: dict[str, Any]) -> redis.Redis: ...

    @abstractmethod
    def _connect_async(self, options: dict[str, Any]) -> AbstractAsyncContextManager[redis.asyncio.Redis]: ...

    @abstractmethod
    def _leave(self) -> None: ...
