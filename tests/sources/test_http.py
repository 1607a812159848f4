from __future__ import annotations

import asyncio
import gzip
import resource
import shutil
import socket
import ssl
import subprocess
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from local_web import Web, raw_server

from ingest.errors import Refused
from ingest.settings import FetchSettings
from ingest.sources.dial import Resolve, system_resolve
from ingest.sources.http import Http, Response


def zipped(data: bytes) -> bytes:
    """Without the time of day: test names must be the same in every process that collects them."""
    return gzip.compress(data, mtime=0)


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.close()


def get(
    url: str,
    headers: dict[str, str] | None = None,
    *,
    resolve: Resolve = system_resolve,
    private: str | None = None,
    **settings: float,
) -> Response:
    """Of a server in our own network: the one of the URL, unless `private` names another or none."""
    allowed = url.partition("://")[2].partition("/")[0] if private is None else private
    limits = {"deadline_seconds": 5.0, "max_bytes": 1_000_000, **settings}
    found = FetchSettings(allow_private=(allowed,), **limits)  # type: ignore[arg-type]  # settings of several types

    async def ask() -> Response:
        async with Http(found, resolve=resolve) as http:
            return await http.get(url, headers)

    return asyncio.run(ask())


def refusal(url: str, **settings: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        get(url, **settings)
    assert refused.value.where == url
    return refused.value


def test_a_page_comes_with_its_headers_and_we_say_who_we_are(web: Web) -> None:
    web.routes["/a?b=%20c"] = (200, {"ETag": '"1"'}, b"body")
    response = get(web.url("/a?b=%20c"))
    assert (response.status, response.body, response.headers["etag"]) == (200, b"body", '"1"')
    _, headers = web.asked[0]
    assert headers["user-agent"].startswith("Storywire/")
    assert headers["host"] == f"127.0.0.1:{web.port}"
    assert "cookie" not in headers
    assert "referer" not in headers


def test_a_path_is_sent_as_it_should_have_been_written(web: Web) -> None:
    web.routes["/caf%C3%A9?q=%22a%20b%22"] = (200, {}, b"x")
    assert get(web.url('/café?q="a b"')).status == 200


def test_redirects_are_followed_and_permanent_ones_told(web: Web) -> None:
    web.routes["/old"] = (301, {"Location": "/older"}, b"")
    web.routes["/older"] = (308, {"Location": web.url("/new")}, b"")
    web.routes["/new"] = (200, {}, b"here")
    web.routes["/now"] = (302, {"Location": "/new"}, b"")
    moved, now = get(web.url("/old")), get(web.url("/now"))
    assert (moved.body, moved.url, moved.moved) == (b"here", web.url("/new"), web.url("/new"))
    assert (now.body, now.moved) == (b"here", None)


def test_a_loop_of_redirects_ends(web: Web) -> None:
    web.routes["/a"] = (302, {"Location": "/b"}, b"")
    web.routes["/b"] = (302, {"Location": "/a"}, b"")
    assert "redirects" in refusal(web.url("/a")).detail
    assert len(web.asked) == 6


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://x/", "javascript:1", "http://u:p@x/"]
)
def test_a_redirect_leads_to_web_addresses_only(web: Web, target: str) -> None:
    web.routes["/"] = (302, {"Location": target}, b"")
    assert refusal(web.url()).reason == "fetch-failed"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_inside_is_not_followed(web: Web, status: int) -> None:
    """The first name is public as far as our resolver says, and dialled on loopback; the next one is not."""
    web.routes["/"] = (status, {"Location": "http://169.254.169.254/latest/meta-data"}, b"")
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return await system_resolve(host, port)

    refused = refusal(web.url(), resolve=resolve)
    assert refused.reason == "blocked-address"
    assert asked == ["127.0.0.1", "169.254.169.254"]


def test_a_private_server_is_allowed_by_host_and_port_and_no_other(web: Web) -> None:
    other = Web()
    try:
        web.routes["/"] = (302, {"Location": other.url()}, b"")
        other.routes["/"] = (200, {}, b"inside")
        assert refusal(web.url()).reason == "blocked-address"
        assert other.asked == []
        assert refusal(other.url(), private="127.0.0.1").reason == "blocked-address"
    finally:
        other.close()


@pytest.mark.parametrize(
    "answer", [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::ffff:10.0.0.1"], ["2606:4700::1", "fd00::1"]]
)
def test_a_name_that_resolves_inside_is_not_connected_to(answer: list[str]) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return answer

    refused = refusal("http://rebind.example/", private="", resolve=resolve)
    assert refused.reason == "blocked-address"


def test_a_name_is_resolved_once_and_that_address_is_dialled_under_its_name(web: Web) -> None:
    web.routes["/"] = (200, {}, b"ok")
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    assert get(f"http://news.example:{web.port}/", resolve=resolve).body == b"ok"
    assert asked == ["news.example"]
    assert web.asked[0][1]["host"] == f"news.example:{web.port}"


def test_proxies_of_the_environment_are_ignored(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    web.routes["/"] = (200, {}, b"ok")
    assert get(web.url()).body == b"ok"


DEFLATED = zlib.compress(b"text")
RAW = zlib.compress(b"text")[2:-4]


@pytest.mark.parametrize(
    ("coding", "body"),
    [("gzip", zipped(b"text")), ("x-gzip", zipped(b"te") + zipped(b"xt")), ("deflate", DEFLATED),
     ("deflate", RAW), ("identity", b"text"), ("", zipped(b"text")),
     ("gzip", zipped(zipped(b"text")))],
)  # fmt: skip
def test_compressed_bodies_are_unpacked(web: Web, coding: str, body: bytes) -> None:
    web.routes["/"] = (200, {"Content-Encoding": coding}, body)
    assert get(web.url()).body == b"text"


def bombs() -> list[tuple[str, bytes]]:
    zeros = b"\0" * 20_000_000
    once = zipped(zeros)
    return [("gzip", once), ("deflate", zlib.compress(zeros)), ("gzip", zipped(b"\0" * 900_000) * 60),
            ("gzip", zipped(once)), ("", once)]  # fmt: skip


def test_a_bomb_is_cut_off_before_it_costs_memory(web: Web) -> None:
    made = bombs()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for coding, body in made:
        web.routes["/"] = (200, {"Content-Encoding": coding}, body)
        assert refusal(web.url()).reason == "too-large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64_000  # kB


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "rot13"])
def test_codings_not_asked_for_are_refused(web: Web, coding: str) -> None:
    web.routes["/"] = (200, {"Content-Encoding": coding}, b"????")
    assert refusal(web.url()).reason == "fetch-failed"


@pytest.mark.parametrize("body", [zipped(b"text " * 1000)[:-20], b"not gzip at all"])
def test_a_body_cut_off_or_mislabelled_is_refused(web: Web, body: bytes) -> None:
    web.routes["/"] = (200, {"Content-Encoding": "gzip"}, body)
    assert refusal(web.url()).reason == "fetch-failed"


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


DRIPS = {
    "header": b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000,
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
    "silence": b"",
}


@pytest.mark.parametrize("kind", DRIPS)
def test_a_server_that_drips_is_left_at_the_deadline(kind: str) -> None:
    def speak(connection: socket.socket, over: threading.Event) -> None:
        start = DRIPS[kind]
        if kind == "body":
            connection.sendall(start)
        rest = iter(start if kind == "header" else b"x" * 1000 if kind == "body" else b"")
        while not over.wait(0.02):
            connection.sendall(bytes([byte]) if (byte := next(rest, None)) is not None else b"")

    with raw_server(speak) as url:
        began = time.monotonic()
        assert "within 0.5 s" in refusal(url, deadline_seconds=0.5).detail
        assert time.monotonic() - began < 1.5


def test_a_resolver_that_hangs_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def hang(*asked: object, **more: object) -> list[object]:
        over.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    refused = refusal("http://slow.example/", deadline_seconds=0.2)
    over.set()
    assert "within 0.2 s" in refused.detail


@pytest.mark.parametrize(
    "said",
    [b"nonsense\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nA B: c\r\n\r\n", b"HTTP/1.1 99999 X\r\n\r\n",
     b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 1000) for n in range(200)) + b"\r\n",
     b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
)  # fmt: skip
def test_what_no_server_should_say_is_a_refusal(said: bytes) -> None:
    with raw_server(lambda connection, over: connection.sendall(said)) as url:
        assert refusal(url).reason == "fetch-failed"


def test_nobody_there_is_a_refusal() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    server.close()
    assert refusal(f"http://127.0.0.1:{port}/").reason == "fetch-failed"


@pytest.mark.parametrize(
    "url",
    ["", "x", "http://", "http:///a", "http://a b/", "http://[::1", "http://a:99999/", "http://a:b/", "feed:x",
     "HTTP://" + "a" * 9000, "http://xn--/", "http://\u2100/", "file:///etc/passwd"],
)  # fmt: skip
def test_what_is_no_address_is_a_refusal(url: str) -> None:
    with pytest.raises(Refused) as refused:
        get(url)
    assert refused.value.reason == "fetch-failed"


def test_headers_cannot_be_injected(web: Web) -> None:
    web.routes["/"] = (200, {}, b"ok")
    with pytest.raises(Refused):
        get(web.url(), {"If-None-Match": "a\r\nX-Evil: 1"})
    assert web.asked == []


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [("120", 120.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 60.0), ("Wed, 21 Oct 2015 07:00:00 GMT", 0.0), ("soon", None),
     ("-5", None), ("", None), ("9" * 50, None)],
)  # fmt: skip
def test_retry_after_is_read_in_seconds_and_as_a_date(stated: str, seconds: float | None) -> None:
    response = Response(url="u", status=429, headers={"retry-after": stated}, body=b"")
    assert response.retry_after(now=1445412420.0) == seconds


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl command to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def test_a_certificate_nobody_vouches_for_ends_it(self_signed: ssl.SSLContext) -> None:
    received: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            try:
                with self_signed.wrap_socket(connection, server_side=True) as secure:
                    received.append(secure.recv(1000))
            except OSError:
                pass

    thread = threading.Thread(target=serve)
    thread.start()
    refused = refusal(f"https://127.0.0.1:{server.getsockname()[1]}/")
    thread.join()
    server.close()
    assert "certificate" in refused.detail.lower()
    assert b"".join(received) == b""
