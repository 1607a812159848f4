"""Connections to vetted addresses only.

The check stands where the connection is made: the name is resolved once, every address of the answer is judged, and one
of these very addresses is connected to. A name that resolves differently a moment later changes nothing, and no URL
parser has to agree with another about what the host was. The name stays in `Host` and in the TLS handshake.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

import httpcore

from ingest.errors import Refused

from .address import is_public

Resolve = Callable[[str, int], Awaitable[list[str]]]
_TRIED = 4
"""Addresses of one name that are tried in turn."""
_PATIENCE = 4.0
"""Seconds for each but the last: one that answers nothing must not use up the time of those after it."""


async def system_resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, by the system's resolver, in its order. Raises OSError, UnicodeError.

    In a thread of its own: that resolver knows no deadline, and one that hangs would take a place in any pool.
    """
    with suppress(ValueError):
        return [str(ip_address(host))]
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


class Meter:
    """How many bytes may still come over one connection, framing and trailers counted; `over` is raised beyond."""

    def __init__(self, left: int, over: Refused) -> None:
        self._left, self._over = left, over

    def count(self, arrived: int) -> None:
        self._left -= arrived
        if self._left < 0:
            raise self._over

    def allow(self, more: int, over: Refused) -> None:
        self._left, self._over = self._left + more, over


class _Metered(httpcore.AsyncNetworkStream):
    """A connection under a meter, also after it became a secure one."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, meter: Meter) -> None:
        self._inner, self._meter = inner, meter

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        arrived = await self._inner.read(max_bytes, timeout)
        self._meter.count(len(arrived))
        return arrived

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            return _Metered(await self._inner.start_tls(ssl_context, server_hostname, timeout), self._meter)
        except BaseException:  # httpcore closes it for an error, and forgets it at a deadline
            await self._inner.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._meter if info == "meter" else self._inner.get_extra_info(info)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Dials for `httpcore`. `allowed` are the HOST:PORT that may resolve to a private address; `most` bytes come over a
    connection before its `meter` (`get_extra_info`) is told more.

    Whoever calls sets the deadline (`asyncio.timeout`): a wait here ends with it, whichever it is.
    """

    def __init__(self, resolve: Resolve = system_resolve, *, allowed: Collection[str] = (), most: int) -> None:
        self._resolve, self._allowed = resolve, frozenset(name.casefold() for name in allowed)
        self._most = most
        self._system = httpcore.AnyIOBackend()

    async def judged(self, host: str, port: int) -> list[str]:
        """The addresses of a name, where all of them may be connected to. Raises Refused, httpcore.ConnectError."""
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name does not resolve: {error}") from error
        # One private address among public ones is no accident that deserves help: the whole answer is refused.
        if not self.allows(host, port) and (bad := [a for a in addresses if not is_public(a)]):
            raise Refused("blocked-address", host, f"resolves to {bad[0]}")
        return addresses

    def allows(self, host: str, port: int) -> bool:
        """Whether the operator vouches for it."""
        named = f"[{host}]" if ":" in host else host
        return f"{named}:{port}".casefold() in self._allowed

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception | None = None
        addresses = (await self.judged(host, port))[:_TRIED]
        for left, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
            patience = _PATIENCE if left else timeout
            try:
                stream = await self._system.connect_tcp(address, port, patience, local_address, socket_options)
                return _Metered(stream, Meter(self._most, Refused("fetch-failed", "", "headers without end")))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                failure = failed
        raise failure or httpcore.ConnectError(f"{host} has no address")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
