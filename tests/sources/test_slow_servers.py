"""Servers that do not come to an end."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from asking import refusal
from drips import DRIPS, dripping
from local_web import Web, raw_server

LATE = 5.0
"""Seconds after its deadline at which a request is ended at the latest. On an idle machine it is one (`make badinput`);
here the machine is full of other tests."""


def test_a_body_shorter_than_promised_is_refused(web: Web) -> None:
    web.routes["/"] = (200, {"Content-Length": "100", "Connection": "close"}, b"half an art")
    assert refusal(web.url(), deadline_seconds=1).reason == "fetch-failed"


def test_an_endless_body_is_cut_off() -> None:
    def speak(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not over.is_set():
            connection.sendall(b"x" * 65536)

    with raw_server(speak) as url:
        assert refusal(url).reason == "too-large"


def left_at(deadline: float, url: str) -> str:
    """What is said of a server that is left; none of the tests' servers ends by itself before long."""
    began = time.monotonic()
    said = refusal(url, deadline_seconds=deadline).detail
    assert deadline <= time.monotonic() - began <= deadline + LATE
    return said


@pytest.mark.parametrize("kind", DRIPS)
def test_a_server_that_drips_is_left_at_the_deadline(kind: str) -> None:
    with raw_server(dripping(kind, 0.02)) as url:
        assert "within 0.3 s" in left_at(0.3, url)


def test_a_handshake_that_is_never_answered_is_left_at_the_deadline() -> None:
    with raw_server(lambda connection, over: over.wait(10) and None) as url:
        assert "within 0.2 s" in left_at(0.2, url.replace("http:", "https:"))


ENDLESS = {
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1000, ""),
    "a header": (b"HTTP/1.1 200 OK\r\nX: ", b"y" * 10_000, ""),
    "interim answers": (b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 1000, "headers"),
    "small chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 5000, "pieces"),
    "trailers": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 1000, ""),
    "more than a chunk says": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;%s\r\nx\r\n" % (b"z" * 50_000), "wire"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ENDLESS)
def test_what_does_not_end_is_cut_off(kind: str) -> None:
    start, more, detail = ENDLESS[kind]
    sent = 0

    def speak(connection: socket.socket, over: threading.Event) -> None:
        nonlocal sent
        connection.sendall(start)
        while not over.is_set():
            connection.sendall(more)
            sent += len(more)

    with raw_server(speak) as url:
        assert detail in refusal(url, deadline_seconds=60.0).detail  # not what cuts it off, however slow the machine
    assert sent < 20_000_000  # what the kernel holds for both is among it


def test_a_resolver_that_hangs_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def hang(*asked: object, **more: object) -> list[object]:
        over.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    said = left_at(0.2, "http://slow.example/")
    over.set()
    assert "within 0.2 s" in said
