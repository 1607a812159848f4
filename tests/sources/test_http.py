from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
import threading
import zlib
from pathlib import Path

import brotli
import pytest
from asking import get, post, refusal
from bombs import bombs, zipped, zstd
from local_web import Web, raw_server

from ingest.errors import Refused
from ingest.sources import dial
from ingest.sources.connection import connect
from ingest.sources.dial import system_resolve
from ingest.sources.http import Response


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
        assert refusal(other.url(), private=f"127.0.0.1:{web.port}").reason == "blocked-address"
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


@pytest.mark.parametrize(
    ("coding", "body"),
    [("gzip", zipped(b"text")), ("deflate", zlib.compress(b"text")), ("br", brotli.compress(b"text")),
     ("zstd", zstd.compress(b"text")), ("gzip, br", brotli.compress(zipped(b"text"))), ("", zipped(b"text"))],
)  # fmt: skip
def test_what_is_said_to_be_read_is_read(web: Web, coding: str, body: bytes) -> None:
    web.routes["/"] = (200, {"Content-Encoding": coding}, body)
    assert get(web.url()).body == b"text"
    assert {"gzip", "deflate", "br", "zstd"} == set(web.asked[0][1]["accept-encoding"].split(", "))
    assert web.asked[0][1]["connection"] == "close"


@pytest.mark.parametrize(("coding", "body"), [(c, b) for _, c, b in bombs(3)], ids=[name for name, _, _ in bombs(1)])
def test_a_bomb_is_a_refusal(web: Web, coding: str, body: bytes) -> None:
    web.routes["/"] = (200, {"Content-Encoding": coding}, body)
    assert refusal(web.url()).reason in {"too-large", "fetch-failed"}


def test_a_coding_not_asked_for_is_refused(web: Web) -> None:
    web.routes["/"] = (200, {"Content-Encoding": "rot13"}, b"????")
    assert "which is not read" in refusal(web.url()).detail


def test_an_answer_without_a_body_may_name_any_coding(web: Web) -> None:
    web.routes["/"] = (304, {"Content-Encoding": "rot13"}, b"")
    assert get(web.url()).status == 304


def test_codings_named_in_two_lines_are_both_undone() -> None:
    packed = brotli.compress(zipped(b"text"))
    named = b"Content-Encoding: gzip\r\nContent-Encoding: br\r\n"
    said = b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n" % (named, len(packed))
    with raw_server(lambda connection, over: connection.sendall(said + packed)) as url:
        assert get(url).body == b"text"


@pytest.mark.parametrize("body", [zipped(b"text " * 1000)[:-20], b"not gzip at all"])
def test_a_body_cut_off_or_mislabelled_is_refused(web: Web, body: bytes) -> None:
    web.routes["/"] = (200, {"Content-Encoding": "gzip"}, body)
    assert refusal(web.url()).reason == "fetch-failed"


def test_headers_may_be_many_but_not_any_number() -> None:
    def answer(count: int) -> bytes:
        lines = b"".join(b"X-%d: y\r\n" % n for n in range(count))
        return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + lines + b"\r\nok"

    with raw_server(lambda connection, over: connection.sendall(answer(190))) as url:
        assert get(url).body == b"ok"
    with raw_server(lambda connection, over: connection.sendall(answer(250))) as url:
        assert "headers" in refusal(url).detail


def test_a_form_is_sent_as_forms_are(web: Web) -> None:
    web.routes["/hub"] = (202, {}, b"")
    assert post(web.url("/hub"), {"hub.topic": "https://example.org/ä?b=c&d", "hub.mode": "subscribe"}).status == 202
    assert web.posted == [b"hub.topic=https%3A%2F%2Fexample.org%2F%C3%A4%3Fb%3Dc%26d&hub.mode=subscribe"]
    assert web.asked[0][1]["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(("status", "paths"), [(307, ["/", "/hub"]), (308, ["/", "/hub"]), (302, ["/"]), (303, ["/"])])
def test_a_form_follows_a_redirect_that_keeps_it_a_form(web: Web, status: int, paths: list[str]) -> None:
    web.routes["/"] = (status, {"Location": "/hub"}, b"")
    web.routes["/hub"] = (202, {}, b"")
    assert post(web.url(), {"a": "b"}).status == (202 if len(paths) == 2 else status)
    assert web.paths() == paths
    assert web.posted == [b"a=b"] * len(paths)


def test_a_dead_address_does_not_use_up_the_time_of_the_next(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    web.routes["/"] = (200, {}, b"ok")
    monkeypatch.setattr(dial, "_PATIENCE", 0.05)
    monkeypatch.setattr(dial, "connect", deaf)

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.9", "127.0.0.1"]

    assert get(f"http://news.example:{web.port}/", resolve=resolve).body == b"ok"


async def deaf(address: str, port: int) -> socket.socket:
    """The network, but for an address where nobody answers."""
    if address == "127.0.0.9":
        await asyncio.Event().wait()
    return await connect(address, port)


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
