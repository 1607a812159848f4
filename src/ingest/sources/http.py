"""One GET at a time, from servers that may be hostile: bounded in time, in bytes and in hops, verified where it is TLS.

Proxies, cookies, credentials and `<meta refresh>` do not exist here. httpx is left out of the way for its lower half,
httpcore: that one lets us make the connection (`dial`), and decompressing with a limit is ours anyway.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self
from urllib.parse import quote, urljoin, urlsplit

import httpcore
import httpx
import idna
import msgspec

from ingest.errors import Refused
from ingest.settings import FetchSettings

from .dial import GuardedBackend, Resolve, system_resolve
from .names import printable

_REDIRECTS = {301, 302, 303, 307, 308}
_MOVED = {301, 308}
_MAX_URL = 8_000
_GZIP = b"\x1f\x8b"
_TROUBLES = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)
_PORTS = {"http": 80, "https": 443}


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """What a server answered.

    url       where it was found, after all redirects
    headers   names in small letters
    moved     the new address, where every hop on the way there was a permanent one
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    moved: str | None = None

    def retry_after(self, now: float) -> float | None:
        """Seconds until the server wants to be asked again, where it says so; `now` in seconds since 1970."""
        stated = self.headers.get("retry-after", "").strip()
        if stated.isdecimal() and len(stated) < 10:
            return float(stated)
        until = self.date("retry-after")
        return None if until is None else max(0.0, until - now)

    def date(self, header: str) -> float | None:
        """The time that a header states, in seconds since 1970."""
        try:
            return parsedate_to_datetime(self.headers.get(header, "")).timestamp()
        except (ValueError, OverflowError):
            return None


class Http:
    """A client. Any number of requests at a time."""

    def __init__(self, settings: FetchSettings, *, resolve: Resolve = system_resolve) -> None:
        self._settings = settings
        # A connection is used once: a kept one would outlive the check of its address, and a feed is asked seldom.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=None,
            max_keepalive_connections=0,
            network_backend=GuardedBackend(resolve, allowed=settings.allow_private),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._pool.aclose()

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Response:
        """Follow `url` to its answer, whatever the status.

        Raises Refused: `fetch-failed`, `blocked-address`, `too-large`; `where` is `url`.
        """
        seconds = self._settings.deadline_seconds
        try:
            async with asyncio.timeout(seconds):
                return await self._follow(url, headers or {})
        except TimeoutError as error:
            raise Refused("fetch-failed", printable(url), f"no complete answer within {seconds:g} s") from error

    async def _follow(self, url: str, headers: Mapping[str, str]) -> Response:
        asked, moved = url, True
        for _ in range(self._settings.max_redirects + 1):
            with _said_of(printable(url)):
                response = await self._hop(asked, headers)
            if response.status not in _REDIRECTS or "location" not in response.headers:
                return msgspec.structs.replace(response, moved=asked if moved and asked != url else None)
            moved = moved and response.status in _MOVED
            following = urljoin(asked, response.headers["location"])
            if asked.startswith("https:") and not following.startswith("https:"):
                raise Refused("fetch-failed", printable(url), "redirected from https to less")
            asked = following
        raise Refused("fetch-failed", printable(url), f"more than {self._settings.max_redirects} redirects")

    async def _hop(self, url: str, headers: Mapping[str, str]) -> Response:
        target = _target(url)
        sent = {
            "Host": _host_header(target),
            "User-Agent": self._settings.user_agent,
            "Accept": "*/*",
            "Accept-Encoding": "gzip, deflate",
            **headers,
        }
        async with self._pool.stream("GET", target, headers=list(sent.items())) as answer:
            received = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
            followed = answer.status in _REDIRECTS and "location" in received
            body = b"" if followed else await self._body(answer, received)
            return Response(url=url, status=answer.status, headers=received, body=body)

    async def _body(self, answer: httpcore.Response, headers: Mapping[str, str]) -> bytes:
        limit = self._settings.max_bytes
        unpack = _unpacker(headers.get("content-encoding", ""))
        wire, body = 0, bytearray()
        async for part in answer.aiter_stream():
            wire += len(part)
            body += unpack(part, limit + 1 - len(body)) if unpack else part
            if wire > limit or len(body) > limit:
                raise Refused("too-large", "", f"more than {limit} bytes")
        if unpack and wire and not unpack.complete:
            raise Refused("fetch-failed", "", "cut off")
        if body.startswith(_GZIP):  # a gzipped file, or zipped twice by a server and its proxy
            body = bytearray(_Unpack(zlib.MAX_WBITS | 16)(body, limit + 1))
            if len(body) > limit:
                raise Refused("too-large", "", f"more than {limit} bytes")
        return bytes(body)


def _target(url: str) -> httpcore.URL:
    if len(url) > _MAX_URL:
        raise Refused("fetch-failed", "", "an address of absurd length")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("fetch-failed", "", "no valid address") from None
    if parts.scheme not in _PORTS:
        raise Refused("fetch-failed", "", f"not a web address ({printable(parts.scheme[:20])})")
    if parts.username is not None or parts.password is not None:
        raise Refused("fetch-failed", "", "credentials in the address")
    host = _ascii_host(parts.hostname or "")
    path = parts.path or "/"
    wanted = quote(f"{path}?{parts.query}" if parts.query else path, safe="%!#$&'()*+,/:;=?@[]~")
    return httpcore.URL(scheme=parts.scheme, host=host, port=port, target=wanted)


def _ascii_host(host: str) -> str:
    if not host:
        raise Refused("fetch-failed", "", "an address without a host")
    if host.isascii():
        if any(c <= " " or c in '"<>\\^`{|}%\x7f' for c in host):
            raise Refused("fetch-failed", "", "no valid host")
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise Refused("fetch-failed", "", "no valid host") from None


def _host_header(target: httpcore.URL) -> str:
    host = target.host.decode("ascii")
    named = f"[{host}]" if ":" in host else host
    default = _PORTS[target.scheme.decode("ascii")]
    return named if target.port in (None, default) else f"{named}:{target.port}"


class _Unpack:
    """Decompresses no further than asked. Deflate comes with or without its zlib header; both are in use."""

    def __init__(self, bits: int, fallback: int | None = None) -> None:
        self._inner, self._fallback = zlib.decompressobj(bits), fallback

    def __call__(self, part: bytes | bytearray, limit: int) -> bytes:
        out = bytearray()
        try:
            out += self._inner.decompress(part, limit)
        except zlib.error:
            if self._fallback is None:
                raise
            self._inner, self._fallback = zlib.decompressobj(self._fallback), None
            out += self._inner.decompress(part, limit)
        self._fallback = None
        while len(out) < limit and self._inner.eof and self._inner.unused_data.startswith(_GZIP):
            rest = self._inner.unused_data  # gzip may come in several members
            self._inner = zlib.decompressobj(zlib.MAX_WBITS | 16)
            out += self._inner.decompress(rest, limit - len(out))
        return bytes(out)

    @property
    def complete(self) -> bool:
        return self._inner.eof


def _unpacker(coding: str) -> _Unpack | None:
    name = coding.strip().lower()
    if name in {"", "identity"}:
        return None
    if name in {"gzip", "x-gzip"}:
        return _Unpack(zlib.MAX_WBITS | 16)
    if name == "deflate":
        return _Unpack(zlib.MAX_WBITS, -zlib.MAX_WBITS)
    raise Refused("fetch-failed", "", f"content coding {printable(name[:40])}, which was not asked for")


@contextmanager
def _said_of(where: str) -> Iterator[None]:
    """Every way in which a server does not answer, as a refusal of the URL that was asked for."""
    try:
        yield
    except Refused as refused:
        raise Refused(refused.reason, where, f"{refused.where}: {refused.detail}".removeprefix(": ")) from refused
    except (*_TROUBLES, OSError) as error:
        raise Refused("fetch-failed", where, printable(str(error) or type(error).__name__)[:200]) from error
    except zlib.error as error:
        raise Refused("fetch-failed", where, "broken compression") from error
