"""Connections to vetted addresses only.

The check stands where the connection is made: the name is resolved once, every address of the answer is judged, and one
of these very addresses is connected to. A name that resolves differently a moment later changes nothing, and no URL
parser has to agree with another about what the host was. The name stays in `Host` and in the TLS handshake.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import suppress
from typing import Any

import httpcore

from ingest.errors import Refused

from .address import is_public

Resolve = Callable[[str, int], Awaitable[list[str]]]
_TRIED = 4
"""Addresses of one name that are tried in turn."""


async def system_resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, by the system's resolver, in its order. Raises OSError, UnicodeError.

    In a thread of its own: that resolver knows no deadline, and one that hangs would take a place in any pool.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def give(found: list[str] | OSError | UnicodeError) -> None:
        if answer.done():
            return
        if isinstance(found, list):
            answer.set_result(found)
        else:
            answer.set_exception(found)

    def ask() -> None:
        found: list[str] | OSError | UnicodeError
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
        except (OSError, UnicodeError) as error:
            found = error
        with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
            loop.call_soon_threadsafe(give, found)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    return await answer


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Dials for `httpcore`. `allowed` are the HOST:PORT that may resolve to a private address.

    Whoever calls sets the deadline (`asyncio.timeout`): a wait here ends with it, whichever it is.
    """

    def __init__(self, resolve: Resolve = system_resolve, *, allowed: Collection[str] = ()) -> None:
        self._resolve, self._allowed = resolve, frozenset(name.casefold() for name in allowed)
        self._system = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name does not resolve: {error}") from error
        # One private address among public ones is no accident that deserves help: the whole answer is refused.
        if f"{host}:{port}".casefold() not in self._allowed and (bad := [a for a in addresses if not is_public(a)]):
            raise Refused("blocked-address", host, f"resolves to {bad[0]}")
        failure: Exception | None = None
        for address in addresses[:_TRIED]:
            try:
                return await self._system.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                failure = failed
        raise failure or httpcore.ConnectError(f"{host} has no address")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
