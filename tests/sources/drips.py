"""Servers whose answers never come to an end, and come so slowly that no other limit ends them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

DRIPS = {
    "header": (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "interim answers": (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x"),
    "body without a length": (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "trailers": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
    "silence": (b"", b""),
}
"""How the answer begins, and what is sent again and again."""


def dripping(kind: str, every: float) -> Callable[[socket.socket, threading.Event], None]:
    """What such a server says, for `local_web.raw_server`: a drop every so many seconds."""
    start, drop = DRIPS[kind]

    def speak(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(start)
        while not over.wait(every):
            connection.sendall(drop)

    return speak
