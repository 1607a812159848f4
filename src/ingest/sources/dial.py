"""Connections to vetted addresses only.

The check stands where the connection is made: the name is resolved once, every address of the answer is judged, and one
of these very addresses is connected to. A name that resolves differently a moment later changes nothing, and no URL
parser has to agree with another about what the host was. The name stays in `Host` and in the TLS handshake.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from ipaddress import ip_address

from ingest.errors import Refused

from .address import is_public
from .connection import Connection, Meter, connect
from .target import bracketed

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


async def _soon(address: str, port: int) -> socket.socket:
    async with asyncio.timeout(_PATIENCE):
        return await connect(address, port)


class Guard:
    """Dials. `allowed` are the HOST:PORT that may resolve to a private address; `most` bytes come over a connection
    before its `meter` is told more.

    Whoever calls sets the deadline (`asyncio.timeout`): a wait here ends with it, whichever it is.
    """

    def __init__(self, resolve: Resolve = system_resolve, *, allowed: Collection[str] = (), most: int) -> None:
        self._resolve, self._allowed = resolve, frozenset(name.casefold() for name in allowed)
        self._most = most

    async def judged(self, host: str, port: int) -> list[str]:
        """The addresses of a name, where all of them may be connected to. Raises Refused, OSError."""
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            said = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise OSError(f"the name does not resolve: {said}") from error
        # One private address among public ones is no accident that deserves help: the whole answer is refused.
        if not self.allows(host, port) and (bad := [a for a in addresses if not is_public(a)]):
            own = f"a server of yours? fetch.allow_private may name {bracketed(host)}:{port}"
            raise Refused("blocked-address", host, f"resolves to {bad[0]}; {own}")
        return addresses

    def allows(self, host: str, port: int) -> bool:
        """Whether the operator vouches for it."""
        return f"{bracketed(host)}:{port}".casefold() in self._allowed

    async def dial(self, host: str, port: int) -> Connection:
        """Raises Refused, OSError."""
        failure = OSError(f"{host} has no address")
        addresses = (await self.judged(host, port))[:_TRIED]
        for left, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
            try:
                made = await (_soon(address, port) if left else connect(address, port))
                return Connection(made, Meter(self._most, "fetch-failed", "headers without end"))
            except OSError as failed:  # TimeoutError is one
                failure = failed
        raise failure
