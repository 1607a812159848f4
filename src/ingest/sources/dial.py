"""Connections to vetted addresses only, with one deadline for everything that happens on them.

The check stands where the connection is made: the name is resolved once, every address of the answer is judged, and one
of these very addresses is connected to. A name that resolves differently a moment later changes nothing, and no URL
parser has to agree with another about what the host was. The name stays in `Host` and in the TLS handshake.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from ingest.errors import Refused

from .address import is_public

Resolve = Callable[[str, int], list[str]]


def system_resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, by the system's resolver, in its order. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Deadline:
    """A moment that several steps share."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds, more than 0. Raises httpcore.ReadTimeout."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline has passed")
        return left


class GuardedBackend(httpcore.NetworkBackend):
    """Dials for `httpcore`. `deadline` is set before each request."""

    def __init__(self, resolve: Resolve = system_resolve, *, allow_private: bool = False) -> None:
        self._resolve, self._allow_private = resolve, allow_private
        self._system = httpcore.SyncBackend()
        self.deadline = Deadline(0)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._addresses(host, port)
        # One private address among public ones is no accident that deserves help: the whole answer is refused.
        if not self._allow_private and (bad := [a for a in addresses if not is_public(a)]):
            raise Refused("blocked-address", host, f"resolves to {bad[0]}")
        error: Exception | None = None
        for address in addresses[:4]:
            try:
                stream = self._system.connect_tcp(address, port, self.deadline.left(), local_address, socket_options)
                return _TimedStream(stream, self.deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                error = failed
        raise error or httpcore.ConnectError(f"{host} has no address")

    def _addresses(self, host: str, port: int) -> list[str]:
        """Resolved in a thread of its own: the system's resolver knows no deadline."""
        answer: list[list[str] | Exception] = []

        def ask() -> None:
            try:
                answer.append(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answer.append(error)

        asking = threading.Thread(target=ask, name="resolve", daemon=True)
        asking.start()
        asking.join(self.deadline.left())
        if not answer:
            raise httpcore.ConnectTimeout("the name was not resolved in time")
        if isinstance(answer[0], Exception):
            raise httpcore.ConnectError(f"the name does not resolve: {answer[0]}")
        return answer[0]


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every wait ends with the deadline: one byte a second would otherwise never time out."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
