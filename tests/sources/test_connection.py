"""The way to a server and back, where either end does what it should not."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import certifi
import pytest
from asking import get, post, refusal
from certificates import Authority
from local_web import Web, raw_server

from ingest.errors import Refused
from ingest.settings import FetchSettings
from ingest.sources.connection import Connection, Meter, connect
from ingest.sources.dial import system_resolve
from ingest.sources.http import Http

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
Speak = Callable[[socket.socket, threading.Event], object]


def test_a_name_is_never_connected_to() -> None:
    """The socket would resolve it, once more and unjudged."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        asyncio.run(connect("127.0.0.1", listening.getsockname()[1])).close()
        for name in ("localhost", "127.1", "2130706433", "0x7f.1", "127.0.0.1 ", "localhost:80", "::1%nowhere"):
            with pytest.raises(OSError, match=r"."):
                asyncio.run(connect(name, listening.getsockname()[1]))


def test_a_server_is_reached_at_its_ipv6_address() -> None:
    try:
        listening = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("a machine without IPv6")

    def serve() -> None:
        client, _ = listening.accept()
        with client:
            client.sendall(OK + b"\r\n" + client.recv(65_536).split(b"\r\n")[1])

    thread = threading.Thread(target=serve)
    thread.start()
    with listening:
        place = f"[::1]:{listening.getsockname()[1]}"
        assert get(f"http://{place}/").body == f"Host: {place}".encode()
    thread.join()


def test_an_answer_may_come_before_the_whole_question() -> None:
    """A form far larger than what the kernel holds, to a server that reads some of it, answers, and hangs up."""
    said = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nno!"
    with raw_server(lambda connection, over: connection.sendall(said)) as url:
        answer = post(url, {"a": "b" * 30_000_000})
    assert (answer.status, answer.body) == (413, b"no!")


def test_a_form_larger_than_what_the_kernel_holds_arrives_whole() -> None:
    web = Web()
    try:
        web.routes["/"] = (202, {}, b"")
        assert post(web.url(), {"a": "b" * 10_000_000}).status == 202
        assert len(web.posted[0]) == 10_000_002
    finally:
        web.close()


def test_what_nobody_reads_is_not_received() -> None:
    """64 MB at once, for one who asks for a single piece: the rest stays with the server, or in the kernel."""
    sent, stuck = 0, threading.Event()

    def speak(connection: socket.socket, over: threading.Event) -> None:
        nonlocal sent
        connection.settimeout(0.3)
        with suppress(TimeoutError):
            while sent < 64_000_000:
                sent += connection.send(b"x" * 65_536)
        stuck.set()

    async def ask(port: int) -> bytes:
        with closing(Connection(await connect("127.0.0.1", port), Meter(1_000_000, "too-large", ""))) as connection:
            await connection.write(b"GET / HTTP/1.1\r\n\r\n")
            piece = await connection.read()
            await asyncio.to_thread(stuck.wait)
            return piece

    with raw_server(speak) as url:
        assert 0 < len(asyncio.run(ask(int(url.strip("/").rpartition(":")[2])))) <= 65_536
    assert sent < 20_000_000


ANSWERS = {
    "without length, to the end": (OK + b"\r\ntext", b"text"),
    "of HTTP/1.0": (b"HTTP/1.0 200 OK\r\n\r\ntext", b"text"),
    "with its length": (OK + b"Content-Length: 4\r\n\r\ntext and more", b"text"),
    "in chunks, with trailers": (OK + CHUNKED + b"2\r\nte\r\n2;a=b\r\nxt\r\n0\r\nX: y\r\n\r\n", b"text"),
    "after others": (b"HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 -\r\n\r\n" + OK + b"\r\ntext", b"text"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ANSWERS)
def test_answers_are_read_however_they_come_and_wherever_they_are_cut(kind: str) -> None:
    said, body = ANSWERS[kind]

    def speak(connection: socket.socket, over: threading.Event) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in said:
            connection.sendall(bytes([byte]))

    with raw_server(speak) as url:
        assert get(url).body == body
    with raw_server(lambda connection, over: connection.sendall(said)) as url:
        assert get(url).body == body


def test_a_server_may_close_its_half_and_go_on_listening() -> None:
    def speak(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(OK + b"\r\ntext")
        connection.shutdown(socket.SHUT_WR)
        over.wait(10)

    with raw_server(speak) as url:
        assert get(url).body == b"text"


def _reset(connection: socket.socket, over: threading.Event) -> None:
    linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def _silent_half(connection: socket.socket, over: threading.Event) -> None:
    connection.shutdown(socket.SHUT_WR)
    over.wait(10)


def _saying(said: bytes) -> Speak:
    return lambda connection, over: connection.sendall(said)


BREAKS: dict[str, tuple[Speak, str]] = {
    "reset": (_reset, "Connection reset by peer"),
    "nothing said": (lambda connection, over: None, "hung up without an answer"),
    "its half closed": (_silent_half, "hung up without an answer"),
    "half a head": (_saying(OK + b"Content-Le"), "hung up without an answer"),
    "half a body": (_saying(OK + b"Content-Length: 100\r\n\r\nhalf"), "without sending complete message body"),
    "half a chunk": (_saying(OK + CHUNKED + b"64\r\nhalf"), "without sending complete message body"),
    "another protocol": (_saying(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "illegal status line"),
    "an upgrade nobody asked for": (_saying(b"HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\nx"), "SWITCH_UPGRADE"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BREAKS)
def test_how_a_server_breaks_off_is_said_in_words(kind: str) -> None:
    speak, words = BREAKS[kind]
    with raw_server(speak) as url:
        refused = refusal(url)
    assert (refused.reason, words in refused.detail) == ("fetch-failed", True), refused.detail


def test_nobody_there_is_said_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert refusal(f"http://127.0.0.1:{port}/").detail == "Connection refused"


def test_a_name_that_leads_nowhere_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*asked: object, **more: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert refusal("http://nowhere.example/").detail == "the name does not resolve: Name or service not known"


def test_a_tag_goes_back_in_the_bytes_in_which_it_came() -> None:
    web = Web()
    try:
        web.routes["/"] = (200, {"ETag": '"Zürich"'}, b"")
        tag = get(web.url()).headers["etag"]
        get(web.url(), {"If-None-Match": tag})
        assert web.asked[1][1]["if-none-match"] == tag
        with pytest.raises(Refused, match="a header that cannot be sent"):
            get(web.url(), {"If-None-Match": "東京"})
    finally:
        web.close()


@contextmanager
def secure_server(authority: Authority, speak: Callable[[ssl.SSLSocket], object]) -> Iterator[str]:
    """A server of wire.example; each connection is closed without a farewell, as Python's are."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("wire.example"))

    def serve(connection: socket.socket, over: threading.Event) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            speak(secure)

    with raw_server(serve, listens=False) as url:
        yield url.replace("http://127.0.0.1", "https://wire.example")


async def here(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    found = Authority(tmp_path)
    monkeypatch.setattr(certifi, "where", lambda: str(found.certificate))
    return found


def test_a_secure_server_may_leave_without_a_farewell_and_with_one(authority: Authority) -> None:
    def brusque(secure: ssl.SSLSocket) -> None:
        secure.recv(65_536)
        secure.sendall(OK + b"\r\ntext")

    def polite(secure: ssl.SSLSocket) -> None:
        brusque(secure)
        secure.unwrap()

    def too_early(secure: ssl.SSLSocket) -> None:
        secure.recv(65_536)
        secure.sendall(OK + b"Content-Length: 9\r\n\r\ntext")

    with secure_server(authority, brusque) as url:
        assert get(url, resolve=here).body == b"text"
    with secure_server(authority, polite) as url:
        assert get(url, resolve=here).body == b"text"
    with secure_server(authority, too_early) as url:
        assert "without sending complete message body" in refusal(url, resolve=here).detail


def test_much_goes_through_tls_both_ways(authority: Authority) -> None:
    came = 0

    def speak(secure: ssl.SSLSocket) -> None:
        nonlocal came
        while came < 3_000_000 and (piece := secure.recv(65_536)):
            came += len(piece)
        secure.sendall(OK + b"Content-Length: 3000000\r\n\r\n" + bytes(3_000_000))

    with secure_server(authority, speak) as url:
        assert len(post(url, {"a": "b" * 3_000_000}, resolve=here).body) == 3_000_000


def test_a_wrong_handshake_is_said_in_words(authority: Authority) -> None:
    with raw_server(_saying(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as url:
        assert refusal(url.replace("http:", "https:")).detail.startswith("TLS: ")
    with raw_server(lambda connection, over: None) as url:
        assert "TLS handshake" in refusal(url.replace("http:", "https:")).detail
    with secure_server(authority, lambda secure: secure.recv(1)) as url:
        other = url.replace("wire.example", "third.example")
        assert refusal(other, resolve=here).detail.startswith("its certificate is not valid: Hostname mismatch")


def test_a_name_may_end_with_a_dot(authority: Authority) -> None:
    def speak(secure: ssl.SSLSocket) -> None:
        asked = secure.recv(65_536).split(b"\r\n")[1]
        secure.sendall(OK + b"\r\n" + asked)

    with secure_server(authority, speak) as url:
        dotted = url.replace("wire.example", "wire.example.")
        assert get(dotted, resolve=here).body.startswith(b"Host: wire.example.:")


@pytest.mark.parametrize("before", ["", " ", "\x01", "\x1f\x02", "h\t"])
def test_no_redirect_leads_from_https_to_less_however_the_addresses_begin(authority: Authority, before: str) -> None:
    web = Web()
    web.routes["/end"] = (200, {}, b"over http")

    def written(url: str) -> str:
        return before + url.removeprefix("h") if before.startswith("h") else before + url

    def speak(secure: ssl.SSLSocket) -> None:
        secure.recv(65_536)
        there = written(web.url("/end"))
        secure.sendall(f"HTTP/1.1 301 -\r\nLocation: {there}\r\nContent-Length: 0\r\n\r\n".encode())

    try:
        with secure_server(authority, speak) as url:
            web.routes["/"] = (301, {"Location": written(url)}, b"")
            found = FetchSettings(allow_private=(url[8:].strip("/"), f"127.0.0.1:{web.port}"))
            for first in (written(url), web.url()):
                with pytest.raises(Refused, match="redirected from https to less"):
                    asyncio.run(_through(Http(found, resolve=here), first))
    finally:
        web.close()
    assert "/end" not in web.paths()


async def _through(http: Http, url: str) -> None:
    await http.get(url)


def open_files() -> int:
    return len(os.listdir("/dev/fd"))


STALLS = {
    "connected": b"",
    "in the head": OK + b"X: ",
    "in the body": OK + b"Content-Length: 100\r\n\r\nhalf",
    "in the handshake": b"\x16\x03\x03\x00\x7a",
}


@pytest.mark.parametrize("where", STALLS)
def test_a_request_given_up_in_the_middle_leaves_nothing_open(where: str) -> None:
    asked = threading.Event()

    def speak(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(STALLS[where])
        asked.set()
        over.wait(10)

    async def give_up(url: str) -> tuple[int, int]:
        allowed = url.partition("://")[2].strip("/")
        async with Http(FetchSettings(allow_private=(allowed,))) as http:
            before = open_files()
            task = asyncio.create_task(http.get(url))
            await asyncio.to_thread(asked.wait)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return before, open_files()

    with raw_server(speak) as url:
        before, after = asyncio.run(give_up(url.replace("http:", "https:") if "handshake" in where else url))
    assert after <= before + 1  # the end of the server, which hears of it when it likes


def test_a_connection_given_up_before_it_stands_leaves_nothing_open() -> None:
    """A server that takes nobody: once its queue is full, nobody gets an answer."""
    waiting = [socket.create_server(("127.0.0.1", 0), backlog=0)]
    place = waiting[0].getsockname()
    try:
        for _ in range(8):
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            waiting[-1].connect_ex(place)

        async def give_up() -> tuple[int, int]:
            before = open_files()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await connect(*place)
            return before, open_files()

        before, after = asyncio.run(give_up())
        assert after == before
    finally:
        for each in waiting:
            each.close()


def test_two_thousand_requests_leave_nothing_open() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 304 Not Modified\r\n\r\n")
        await reader.read()
        writer.close()

    async def ask() -> tuple[int, int]:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Http(FetchSettings(allow_private=(f"127.0.0.1:{port}",)), resolve=system_resolve) as http:

            async def some(count: int) -> None:
                for _ in range(count):
                    assert (await http.get(f"http://127.0.0.1:{port}/")).status == 304

            before = open_files()
            await asyncio.gather(*(some(100) for _ in range(20)))
            while len(asyncio.all_tasks()) > 1:  # the server's, each of which hears that its client is gone
                await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()})
            return before, open_files()

    before, after = asyncio.run(ask())
    assert after <= before
