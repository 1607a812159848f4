"""One connection to one address, plain or TLS, on sockets and the loop's readiness alone.

asyncio's transports read ahead on their own account and say farewell in their own time. Here nothing is received that
nobody waits for, so that what a server sends too fast stays in its kernel and ours; and `close` is the end at once,
whatever the server thinks of it. Every wait ends with the task's cancellation: deadlines are the caller's.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

from ingest.errors import Refused

_PIECE = 65_536
"""Bytes received at a time, at most."""
_Made = TypeVar("_Made")


class Stream(Protocol):
    """What a request and its answer go over. Both methods raise OSError; ssl.SSLError is one."""

    async def read(self) -> bytes:
        """What has come, as soon as there is some; empty at the end. Raises Refused, where the meter says so."""

    async def write(self, data: bytes) -> None: ...


class Meter:
    """How many bytes may still come over one connection: TLS, framing and trailers count. Beyond, Refused is raised,
    for `reason` and in the words of `detail`."""

    def __init__(self, left: int, reason: str, detail: str) -> None:
        self._left, self._reason, self._detail = left, reason, detail

    def count(self, arrived: int) -> None:
        self._left -= arrived
        if self._left < 0:
            raise Refused(self._reason, "", self._detail)

    def allow(self, more: int, reason: str, detail: str) -> None:
        self._left, self._reason, self._detail = self._left + more, reason, detail


class Connection:
    """A stream of bytes as they are on the wire; `made` is a connected socket that does not block."""

    def __init__(self, made: socket.socket, meter: Meter) -> None:
        self._socket, self.meter = made, meter

    async def read(self) -> bytes:
        while True:
            await _readable(self._socket)  # first, though there may be something: others get their turn
            try:
                arrived = self._socket.recv(_PIECE)
            except BlockingIOError:  # the kernel had counted on a packet that it then threw away
                continue
            self.meter.count(len(arrived))
            return arrived

    async def write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            try:
                left = left[self._socket.send(left) :]
            except BlockingIOError:
                await _writable(self._socket)

    def close(self) -> None:
        self._socket.close()


class Secured:
    """TLS over a connection, which whoever made it closes. `leading` came already.

    No farewell (close_notify) is sent, nor insisted on, as half of the web leaves without: where an answer ends is what
    HTTP says.
    """

    def __init__(self, under: Connection, context: ssl.SSLContext, host: str, leading: bytes = b"") -> None:
        self._under = under
        self._arrived, self._leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._arrived.write(leading)
        try:
            self._tls = context.wrap_bio(self._arrived, self._leaving, server_hostname=host)
        except ValueError:
            raise OSError("no name that a certificate could have") from None

    async def handshake(self) -> None:
        """Raises OSError: ssl.SSLCertVerificationError where the server is not who it should be."""
        try:
            await self._through(self._tls.do_handshake)
        except ssl.SSLEOFError:
            raise OSError("hung up in the middle of the TLS handshake") from None

    async def read(self) -> bytes:
        try:
            return await self._through(partial(self._tls.read, _PIECE))
        except ssl.SSLEOFError:
            return b""

    async def write(self, data: bytes) -> None:
        await self._through(partial(self._tls.write, data))  # all of it: memory is never full

    async def _through(self, step: Callable[[], _Made]) -> _Made:
        """What `step` makes, once OpenSSL has read all that it wants to and sent all that it has to."""
        while True:
            wanting = False
            try:
                made = step()
            except ssl.SSLWantReadError:
                wanting = True
            if self._leaving.pending:
                await self._under.write(self._leaving.read())
            if not wanting:
                return made
            if arrived := await self._under.read():
                self._arrived.write(arrived)
            else:
                self._arrived.write_eof()


async def connect(address: str, port: int) -> socket.socket:
    """A socket that is connected to `address`, a number and never a name. Raises OSError."""
    family, place = _place(address, port)
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a request follows the end of a handshake at once
        failed = made.connect_ex(place)
        if failed == errno.EINPROGRESS:
            await _writable(made)
            failed = made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failed:
            raise OSError(failed, os.strerror(failed))
    except BaseException:
        made.close()
        raise
    return made


def _place(address: str, port: int) -> tuple[int, Any]:
    """Family, and what that family connects to. Raises OSError for a name, which the socket would have resolved."""
    if ":" not in address:
        socket.inet_pton(socket.AF_INET, address)
        return socket.AF_INET, (address, port)
    [(family, _, _, _, place), *_] = socket.getaddrinfo(
        address, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    )
    return family, place


async def _readable(waiting: socket.socket) -> None:
    loop, number = asyncio.get_running_loop(), waiting.fileno()  # of a socket, selectors spell out what they lack
    ready = loop.create_future()
    loop.add_reader(number, _give, ready)
    try:
        await ready
    finally:  # before the socket may be closed, and its number be another's
        loop.remove_reader(number)


async def _writable(waiting: socket.socket) -> None:
    loop, number = asyncio.get_running_loop(), waiting.fileno()
    ready = loop.create_future()
    loop.add_writer(number, _give, ready)
    try:
        await ready
    finally:
        loop.remove_writer(number)


def _give(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
