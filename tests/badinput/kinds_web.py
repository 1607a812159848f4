"""What servers send: each kind is a path of a local server, with an answer or with raw bytes."""

from __future__ import annotations

import socket
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from kinds import bomb, noise, page, paragraphs, zipped
from kinds_pages import feed
from local_web import Answer

from hostile import HOSTILE

Speak = Callable[[socket.socket, threading.Event], None]


@dataclass(frozen=True)
class Served:
    """`answer` is what stands at `/<name>`, or how a server of its own speaks; or, as text, another URL to ask for.

    becomes   the outcome's fate, and its reason where it is refused; entries of feeds are told under their own names
    """

    name: str
    answer: Answer | Speak | str
    becomes: str
    path: str = ""


def ok(body: bytes | str, kind: str = "application/rss+xml", **headers: str) -> Answer:
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return 200, {"Content-Type": kind, **said}, body.encode() if isinstance(body, str) else body


def to(place: str, status: int = 302) -> Answer:
    return status, {"Location": place}, b""


def raw(said: bytes, *, drip: bytes = b"", seconds: float = 0.05) -> Speak:
    def speak(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(said)
        while drip and not over.wait(seconds):
            connection.sendall(drip)

    return speak


def entry(name: str, more: str = "") -> str:
    return f"<item><guid>{name}</guid><title>Entry of {name}</title>{more}</item>"


FAILED, BLOCKED = "refused fetch-failed", "refused blocked-address"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
ARTICLE = page(paragraphs("served page"))


def feeds() -> tuple[Served, ...]:
    many = "".join(f"<item><guid>{n}</guid></item>" for n in range(100_000))
    return (
        Served("not-xml", ok("hello, this is no feed"), "refused unknown-format"),
        Served("half-a-feed", ok(feed(entry("half"), entry("lost"))[:-60]), "accepted"),
        Served("many-entries", ok(feed(many)), "unchanged"),
        Served("no-guid", ok(feed("<item><title>No guid at all</title></item>")), "accepted"),
        Served("guid-is-title", ok(feed("<item><guid>Its title</guid><title>Its title</title></item>")), "accepted"),
        Served("html-titles", ok(feed("<item><title>&lt;b&gt;Bold&lt;/b&gt; it</title></item>")), "accepted"),
        Served("nothing-in-entries", ok(feed("<item/><item></item>")), "unchanged"),
        Served("wrong-type", ok(feed(entry("type")), "image/png"), "accepted"),
        Served("hostile-type", ok(feed(entry("hostile")), "text/\x1b[31m; charset=\x9b"), "accepted"),
        Served("json-feed-broken", ok('{"version": "https://jsonfeed.org/version/1", "items": [', "application/json"),
               "refused bad-json"),
        Served("html-for-a-feed", ok(ARTICLE, "text/html"), "accepted", "feed.xml"),
        Served("html-without-text", ok("<html><script>1</script></html>", "text/html"), "refused no-text"),
        Served("page-that-hangs", ok("<html>stand-in: hang</html>", "text/html"), "refused extraction-timeout"),
        Served("a-picture", ok(noise(2_000), "image/png"), "refused binary"),
        Served("nothing", ok(b""), "refused empty"),
        Served("hostile-feed", ok(feed(f"<item><title>Over {HOSTILE[:30]} it</title></item>".replace("\x1b", "&#27;"))),
               "accepted"),
    )  # fmt: skip


def bodies() -> tuple[Served, ...]:
    whole = feed(entry("zipped"))
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    return (
        Served("gzip-that-is-none", ok(whole, Content_Encoding="gzip"), FAILED),
        Served("gzip-without-a-word", ok(zipped(whole)), "accepted"),
        Served("gzip-cut", ok(zipped(whole)[:-10], Content_Encoding="gzip"), FAILED),
        Served("gzip-bomb", ok(bomb(40), Content_Encoding="gzip"), "refused too-large"),
        Served("deflate-bomb", ok(zlib.compress(b"a" * 20_000_000), Content_Encoding="deflate"), "refused too-large"),
        Served("brotli-that-is-none", ok(whole, Content_Encoding="br"), FAILED),
        Served("too-large", ok(b"<rss>" + b" " * 10_000_001), "refused too-large"),
        Served("endless", raw(HEAD + b"\r\n", drip=b"a" * 1_000_000, seconds=0.001), "refused too-large"),
        Served("drip", raw(HEAD + b"\r\n", drip=b" "), FAILED),
        Served("drip-of-headers", raw(HEAD, drip=b"X: y\r\n"), FAILED),
        Served("silence", raw(b"", drip=b"", seconds=0.05), FAILED),
        Served("too-short", raw(HEAD + b"Content-Length: 999\r\n\r\n<rss>"), FAILED),
        Served("bad-chunks", raw(chunked + b"zz\r\nxx\r\n"), FAILED),
        Served("chunk-of-exabytes", raw(chunked + b"fffffffffffffff\r\n<rss>"), FAILED),
        Served("not-http", raw(noise(500)), FAILED),
        Served("header-of-a-megabyte", raw(HEAD + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n"), FAILED),
        Served("hostile-status", raw(b"HTTP/1.1 404 \x1b[31m\xc2\x9b2J\r\nContent-Length: 0\r\n\r\n"), FAILED),
    )  # fmt: skip


def answers() -> tuple[Served, ...]:
    return (
        Served("gone", (410, {}, b""), FAILED),
        Served("broken", (500, {}, b"<rss>"), FAILED),
        Served("no-content", (204, {}, b""), FAILED),
        Served("too-many", (429, {"Retry-After": "99999999999999999999"}, b""), FAILED),
        Served("redirect-loop", to("/redirect-loop"), FAILED),
        Served("redirect-to-private", to("http://10.0.0.1/"), BLOCKED),
        Served("redirect-to-metadata", to("http://169.254.169.254/latest/meta-data/", 301), BLOCKED),
        Served("redirect-to-loopback-six", to("http://[::1]/"), BLOCKED),
        Served("redirect-in-disguise", to("http://0x0a000001/"), BLOCKED),
        Served("redirect-to-file", to("file:///etc/passwd"), FAILED),
        Served("redirect-to-script", to("javascript:alert(1)"), FAILED),
        Served("redirect-with-credentials", to("http://a:b@127.0.0.1/"), FAILED),
        Served("redirect-hostile", to("http://10.0.0.2/\x1b[31m\x9b2J"), BLOCKED),
        Served("redirect-nowhere", (302, {}, b""), FAILED),
        Served("asked-private", "http://10.0.0.1/", BLOCKED),
        Served("asked-mapped", "http://[::ffff:192.168.0.1]/", BLOCKED),
        Served("asked-scheme", "ftp://example.org/", FAILED),
        Served("asked-script", "javascript:alert(1)", FAILED),
        Served("asked-credentials", "http://user:secret@127.0.0.1/", FAILED),
        Served("asked-broken", "http://[::1", FAILED),
        Served("asked-port", "http://127.0.0.1:99999/feed", FAILED),
    )  # fmt: skip
