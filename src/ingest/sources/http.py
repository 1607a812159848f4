"""One request at a time, to servers that may be hostile: bounded in time, bytes and hops, verified where it is TLS.

    address -> its access -> dial, guarded -> headers -> body, unpacked -> a redirect? again, from the start

Cookies and `<meta refresh>` do not exist here; a proxy does only where the operator names one. httpx is left out of the
way for its lower half, httpcore: that one lets us make the connection (`dial`), and decompressing with a limit is ours
anyway (`coding`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode, urljoin, urlsplit

import httpcore
import httpx
import idna
import msgspec

from ingest.errors import Refused
from ingest.settings import FetchSettings

from .access import NOBODY, Access, Certificate
from .coding import ACCEPTED, Body
from .dial import GuardedBackend, Meter, Resolve, system_resolve
from .names import printable, shown


class HttpLimits(msgspec.Struct, frozen=True):
    """Of what no honest server comes near to."""

    url: int = 8_000  # characters
    headers: int = 200
    header_bytes: int = 65_536
    head: int = 131_072  # bytes until the headers have come: those, interim answers, what is read beyond
    parts: int = 50_000  # pieces of a body: each costs time, and one may hold a single byte


LIMITS = HttpLimits()
_REDIRECTS = {301, 302, 303, 307, 308}
_MOVED = {301, 308}
_SAME_METHOD = {307, 308}
_BODILESS = {204, 304}
"""Whatever their headers say of a coding."""
_LISTS = {"cache-control", "content-encoding", "link"}
"""Headers that may come in several lines; of others the last counts."""
_TROUBLES = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
_PORTS = {"http": 80, "https": 443}


class _Asked(msgspec.Struct, frozen=True):
    """A request as it goes to every hop. `access` is the name of the credentials, empty for those whose hosts match."""

    method: str
    headers: Mapping[str, str] = {}
    content: bytes | None = None
    access: str = ""


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

    def __init__(self, settings: FetchSettings, *, resolve: Resolve = system_resolve, access: Access = NOBODY) -> None:
        self._settings, self._resolve, self._access = settings, resolve, access
        self._guard = GuardedBackend(resolve, allowed=settings.allow_private, most=LIMITS.head)
        self._pools: dict[Certificate | None, httpcore.AsyncConnectionPool] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()

    async def get(self, url: str, headers: Mapping[str, str] | None = None, *, access: str = "") -> Response:
        """Follow `url` to its answer, whatever the status. `access` names its credentials; those whose hosts match are
        used where it names none.

        Raises Refused: `fetch-failed`, `blocked-address`, `too-large`; `where` is `url`.
        """
        return await self._ask(url, _Asked("GET", headers or {}, access=access))

    async def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Response:
        """Send a form. A redirect is followed where it keeps the method (307, 308), and any other is the answer. Raises
        as `get` does; shows no credentials to anybody."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self._ask(url, _Asked("POST", {**kind, **(headers or {})}, urlencode(form).encode()))

    async def _ask(self, url: str, asked: _Asked) -> Response:
        seconds = self._settings.deadline_seconds
        try:
            async with asyncio.timeout(seconds):
                return await self._follow(url, asked)
        except TimeoutError:
            raise Refused("fetch-failed", shown(url), f"no complete answer within {seconds:g} s") from None

    async def _follow(self, url: str, asked: _Asked) -> Response:
        place, moved = url, True
        for _ in range(self._settings.max_redirects + 1):
            with _said_of(shown(url)):
                response = await self._hop(place, asked, first=place is url)
            if not _leads_on(asked.method, response.status, response.headers):
                return msgspec.structs.replace(response, moved=place if moved and place != url else None)
            moved = moved and response.status in _MOVED
            following = _joined(place, response.headers["location"], shown(url))
            if place[:6].lower() == "https:" and following[:6].lower() != "https:":
                raise Refused("fetch-failed", shown(url), "redirected from https to less")
            place = following
        raise Refused("fetch-failed", shown(url), f"more than {self._settings.max_redirects} redirects")

    async def _hop(self, url: str, asked: _Asked, *, first: bool) -> Response:
        target = _target(url)
        scheme, host = target.scheme.decode("ascii"), target.host.decode("ascii")
        port = _PORTS[scheme] if target.port is None else target.port
        safe = scheme == "https" or self._guard.allows(host, port)
        shows = self._access.of(host, port, asked.access, must=first) if asked.method == "GET" and safe else None
        ours = {
            "Host": _host_header(target),
            "User-Agent": self._settings.user_agent,
            "Accept": "*/*",
            "Accept-Encoding": ACCEPTED,
            **({} if asked.content is None else {"Content-Length": str(len(asked.content))}),
        }
        sent = _merged(ours, asked.headers, shows.headers if shows else {})
        if self._settings.proxy:  # which dials for us, and resolves the name once more: what can be judged here is
            await self._guard.judged(host, port)
        pool = self._pool(shows.certificate if shows else None)
        async with pool.stream(asked.method, target, headers=sent, content=asked.content) as answer:
            received = _received(answer)
            meter: Meter = answer.extensions["network_stream"].get_extra_info("meter")
            meter.allow(self._settings.max_bytes, Refused("too-large", "", "more on the wire than its limit"))
            followed = _leads_on(asked.method, answer.status, received)
            empty = followed or answer.status in _BODILESS
            body = b"" if empty else await self._body(answer, received.get("content-encoding", ""))
            return Response(url=url, status=answer.status, headers=received, body=body)

    async def _body(self, answer: httpcore.Response, coding: str) -> bytes:
        body, parts = Body(coding, self._settings.max_bytes), 0
        async for part in answer.aiter_stream():
            parts += 1
            if parts > LIMITS.parts:
                raise Refused("too-large", "", f"in more than {LIMITS.parts} pieces")
            body.add(part)
        return body.finish()

    def _pool(self, certificate: Certificate | None) -> httpcore.AsyncConnectionPool:
        """A connection is used once: a kept one would outlive the check of its address, and a feed is asked seldom."""
        if certificate not in self._pools:
            context = httpx.create_ssl_context(trust_env=False)
            if certificate:
                certificate.load(context)
            if self._settings.proxy:
                proxy = httpcore.URL(self._settings.proxy)
                vouched = self._settings.proxy.removeprefix("http://").rstrip("/")
                self._pools[certificate] = httpcore.AsyncHTTPProxy(
                    proxy,
                    ssl_context=context,
                    max_connections=None,
                    max_keepalive_connections=0,
                    network_backend=GuardedBackend(self._resolve, allowed=[vouched], most=LIMITS.head),
                )
            else:
                self._pools[certificate] = httpcore.AsyncConnectionPool(
                    ssl_context=context,
                    max_connections=None,
                    max_keepalive_connections=0,
                    network_backend=self._guard,
                )
        return self._pools[certificate]


def _merged(*groups: Mapping[str, str]) -> list[tuple[str, str]]:
    """Headers, the last of a name alone, whatever its case."""
    found = {name.lower(): (name, value) for group in groups for name, value in group.items()}
    return list(found.values())


def _leads_on(method: str, status: int, headers: Mapping[str, str]) -> bool:
    return status in (_REDIRECTS if method == "GET" else _SAME_METHOD) and "location" in headers


def _received(answer: httpcore.Response) -> dict[str, str]:
    """The headers, names in small letters. Raises Refused, where they are too many."""
    size = sum(len(name) + len(value) for name, value in answer.headers)
    if len(answer.headers) > LIMITS.headers or size > LIMITS.header_bytes:
        raise Refused("fetch-failed", "", f"more than {LIMITS.headers} headers or {LIMITS.header_bytes} bytes of them")
    found: dict[str, str] = {}
    for raw, value in answer.headers:
        name, said = raw.decode("latin-1").lower(), value.decode("latin-1")
        found[name] = f"{found[name]}, {said}" if name in _LISTS and name in found else said
    return found


def _joined(place: str, location: str, where: str) -> str:
    """Where a redirect leads. Headers are read as Latin-1; an address in them is UTF-8, where it is not ASCII."""
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    try:
        return urljoin(place, location)
    except ValueError:
        raise Refused("fetch-failed", where, "redirected to no valid address") from None


def _target(url: str) -> httpcore.URL:
    if len(url) > LIMITS.url:
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


@contextmanager
def _said_of(where: str) -> Iterator[None]:
    """Every way in which a server does not answer, as a refusal of the URL that was asked for."""
    try:
        yield
    except Refused as refused:
        raise Refused(refused.reason, where, f"{refused.where}: {refused.detail}".removeprefix(": ")) from refused
    except httpcore.LocalProtocolError:  # it quotes the header, which may be a password
        raise Refused("fetch-failed", where, "a header that cannot be sent") from None
    except (*_TROUBLES, OSError) as error:
        raise Refused("fetch-failed", where, printable(str(error) or type(error).__name__)[:200]) from error
