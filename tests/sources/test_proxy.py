"""What goes through a proxy, where the operator names one."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import certifi
import pytest
from certificates import Authority
from pydantic import ValidationError

from ingest.errors import Refused
from ingest.settings import FetchSettings
from ingest.sources.http import Http


@contextmanager
def proxy(asked: list[str], answer: bytes = b"200 Connection established") -> Iterator[int]:
    """Its port. It leads every tunnel to loopback, at the port that was asked for."""
    listening = socket.create_server(("127.0.0.1", 0))

    def pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def serve() -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            with client:
                asked.append(client.recv(65_536).decode().partition("\r\n")[0])
                client.sendall(b"HTTP/1.1 " + answer + b"\r\n\r\n")
                if answer == b"200 Connection established":
                    with socket.create_connection(("127.0.0.1", int(asked[-1].split()[1].split(":")[1]))) as server:
                        back = threading.Thread(target=pass_on, args=(server, client))
                        back.start()
                        pass_on(client, server)
                        back.join()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


async def names(host: str, port: int) -> list[str]:
    return {"wire.example": ["93.184.216.34"], "127.0.0.1": ["127.0.0.1"]}.get(host, ["10.0.0.1"])


def get(url: str, through: int) -> bytes:
    async def ask() -> bytes:
        settings = FetchSettings(proxy=f"http://127.0.0.1:{through}", deadline_seconds=5)
        async with Http(settings, resolve=names) as http:
            return (await http.get(url)).body

    return asyncio.run(ask())


def test_a_secure_request_goes_through_a_tunnel_and_is_verified_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    asked: list[str] = []
    with authority.server("wire.example") as port, proxy(asked) as through:
        with pytest.raises(Refused, match="certificate"):
            get(f"https://wire.example:{port}/", through)
        monkeypatch.setattr(certifi, "where", lambda: str(authority.certificate))
        assert get(f"https://wire.example:{port}/", through) == b"nobody"
        with pytest.raises(Refused, match="blocked-address"):
            get(f"https://inner.example:{port}/", through)
    assert asked == [f"CONNECT wire.example:{port} HTTP/1.1"] * 2


def test_a_proxy_that_refuses_is_a_refusal() -> None:
    asked: list[str] = []
    with proxy(asked, b"407 Who are you") as through, pytest.raises(Refused, match="407"):
        get("https://wire.example/", through)


def test_what_follows_the_word_that_opens_a_tunnel_is_its_first_bytes() -> None:
    with proxy([], b"200 OK\r\n\r\nno handshake") as through, pytest.raises(Refused, match="TLS: "):
        get("https://wire.example:9/", through)


@pytest.mark.parametrize("named", ["proxy:3128", "http://me:secret@proxy:3128", "socks5://proxy:1080", "http://proxy"])
def test_a_proxy_is_named_by_host_and_port_and_without_a_password(named: str) -> None:
    with pytest.raises(ValidationError) as refused:
        FetchSettings(proxy=named)
    assert "secret" not in refused.value.errors()[0]["msg"]
