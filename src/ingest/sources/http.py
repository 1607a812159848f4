"""One request at a time, to servers that may be hostile: bounded in time, bytes and hops, verified where it is TLS.

    address -> its access -> dial, guarded -> headers -> body, unpacked -> a redirect? again, from the start

Cookies and `<meta refresh>` do not exist here; a proxy does only where the operator names one. `way` leads to the
server, `exchange` is what is said there, `coding` what it unpacks to. A connection is used once: a kept one would
outlive the check of its address, and a feed is asked seldom.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urljoin

import h11
import msgspec

from ingest.errors import Refused
from ingest.settings import FetchSettings

from .access import NOBODY, Access
from .coding import ACCEPTED, Body
from .dial import Resolve, system_resolve
from .exchange import Exchange
from .names import printable, shown, stated
from .target import Target, target_of
from .way import Way


class HttpLimits(msgspec.Struct, frozen=True):
    """Of what no honest server comes near to."""

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
_IN_FRONT, _ANYWHERE = "".join(map(chr, range(0x21))), str.maketrans("", "", "\t\r\n")
"""What URL parsers leave out; who looks at a scheme must as well."""
_LISTS = {"cache-control", "content-encoding", "link"}
"""Headers that may come in several lines; of others the last counts."""


Onward = Callable[[str], Awaitable[None]]
"""Called before a redirect is followed to this address; it may wait, which is no time of the request, and may raise."""


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
        seconds = self.headers.get("retry-after", "").strip()
        if seconds.isdecimal() and len(seconds) < 10:
            return float(seconds)
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
        self._settings, self._access = settings, access
        self._way = Way(settings, resolve, LIMITS.head)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held between requests."""

    async def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, access: str = "", onward: Onward | None = None
    ) -> Response:
        """Follow `url` to its answer, whatever the status. `access` names its credentials; those whose hosts match are
        used where it names none.

        Raises Refused: `fetch-failed`, `blocked-address`, `too-large`; `where` is `url`. And what `onward` raises.
        """
        return await self._ask(url, _Asked("GET", headers or {}, access=access), onward)

    async def post(
        self,
        url: str,
        form: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        *,
        onward: Onward | None = None,
    ) -> Response:
        """Send a form. A redirect is followed where it keeps the method (307, 308), and any other is the answer. Raises
        as `get` does; shows no credentials to anybody."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self._ask(url, _Asked("POST", {**kind, **(headers or {})}, urlencode(form).encode()), onward)

    async def _ask(self, url: str, asked: _Asked, onward: Onward | None = None) -> Response:
        seconds = self._settings.deadline_seconds
        try:
            async with asyncio.timeout(seconds) as limit:
                return await self._follow(url, asked, limit, onward)
        except TimeoutError:
            raise Refused("fetch-failed", shown(url), f"no complete answer within {seconds:g} s") from None

    async def _follow(self, url: str, asked: _Asked, limit: asyncio.Timeout, onward: Onward | None) -> Response:
        begun = place = _as_parsed(url)
        moved = True
        for hop in range(self._settings.max_redirects + 1):
            with _said_of(url):
                response = await self._hop(place, asked, first=not hop)
            if not _leads_on(asked.method, response.status, response.headers):
                return msgspec.structs.replace(response, moved=place if moved and place != begun else None)
            moved = moved and response.status in _MOVED
            following = _joined(place, response.headers["location"], url)
            if place[:6].lower() == "https:" and following[:6].lower() != "https:":
                raise Refused("fetch-failed", shown(url), "redirected from https to less")
            place = following
            if onward is not None and hop < self._settings.max_redirects:
                with _standing_still(limit):
                    await onward(place)
        raise Refused("fetch-failed", shown(url), f"more than {self._settings.max_redirects} redirects")

    async def _hop(self, url: str, asked: _Asked, *, first: bool) -> Response:
        target = target_of(url)
        safe = target.secure or self._way.ours(target)
        get = asked.method == "GET"
        shows = self._access.of(target.host, target.port, asked.access, must=first) if get and safe else None
        headers = self._headers(target, asked, shows.headers if shows else {})
        exchange = Exchange(asked.method, self._way.spoken_of(target), headers, asked.content or b"")
        certificate = shows.certificate if shows else None
        with closing(await self._way.connection(target)) as connection:
            head = await exchange.head(await self._way.stream(connection, target, certificate))
            received = _received(head)
            connection.meter.allow(self._settings.max_bytes, "too-large", "more on the wire than its limit")
            empty = head.status_code in _BODILESS or _leads_on(asked.method, head.status_code, received)
            body = b"" if empty else await self._body(exchange, received.get("content-encoding", ""))
        return Response(url=url, status=head.status_code, headers=received, body=body)

    def _headers(self, target: Target, asked: _Asked, shown: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
        """The last of a name alone, whatever its case."""
        found = {
            "host": ("Host", target.authority),
            "user-agent": ("User-Agent", self._settings.user_agent),
            "accept": ("Accept", "*/*"),
            "accept-encoding": ("Accept-Encoding", ACCEPTED),
            "connection": ("Connection", "close"),  # who keeps none must say so (RFC 9112, 9.3)
        }
        if asked.content is not None:
            found["content-length"] = ("Content-Length", str(len(asked.content)))
        for group in (asked.headers, shown):
            for name, value in group.items():
                found[name.lower()] = name, value
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in found.values()]

    async def _body(self, exchange: Exchange, coding: str) -> bytes:
        body, parts = Body(coding, self._settings.max_bytes), 0
        while (part := await exchange.part()) is not None:
            parts += 1
            if parts > LIMITS.parts:
                raise Refused("too-large", "", f"in more than {LIMITS.parts} pieces")
            body.add(part)
        return body.finish()


def _leads_on(method: str, status: int, headers: Mapping[str, str]) -> bool:
    return status in (_REDIRECTS if method == "GET" else _SAME_METHOD) and "location" in headers


def _received(head: h11.Response) -> dict[str, str]:
    """The headers, names in small letters. Raises Refused, where they are too many."""
    lines = head.headers.raw_items()
    if len(lines) > LIMITS.headers or sum(len(name) + len(value) for name, value in lines) > LIMITS.header_bytes:
        raise Refused("fetch-failed", "", f"more than {LIMITS.headers} headers or {LIMITS.header_bytes} bytes of them")
    found: dict[str, str] = {}
    for raw, value in lines:
        name, said = raw.decode("latin-1").lower(), value.decode("latin-1")
        found[name] = f"{found[name]}, {said}" if name in _LISTS and name in found else said
    return found


def _as_parsed(url: str) -> str:
    return url.lstrip(_IN_FRONT).translate(_ANYWHERE)


def _joined(place: str, location: str, url: str) -> str:
    """Where a redirect of `url` leads. Raises Refused."""
    try:
        return urljoin(place, _as_parsed(stated(location)))
    except ValueError:
        raise Refused("fetch-failed", shown(url), "redirected to no valid address") from None


@contextmanager
def _standing_still(limit: asyncio.Timeout) -> Iterator[None]:
    """What time passes in here is not the server's."""
    loop, ends = asyncio.get_running_loop(), limit.when()
    left = ends - loop.time() if ends is not None else None
    limit.reschedule(None)
    try:
        yield
    finally:
        limit.reschedule(None if left is None else loop.time() + left)


@contextmanager
def _said_of(url: str) -> Iterator[None]:
    """Every way in which a server does not answer, as a refusal of the URL that was asked for."""
    try:
        yield
    except Refused as refused:
        raise Refused(refused.reason, shown(url), f"{refused.where}: {refused.detail}".removeprefix(": ")) from refused
    except (h11.LocalProtocolError, UnicodeEncodeError):  # it quotes the header, which may be a password
        raise Refused("fetch-failed", shown(url), "a header that cannot be sent") from None
    except (h11.RemoteProtocolError, OSError) as error:
        raise Refused("fetch-failed", shown(url), printable(_words(error))[:200]) from error


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    if isinstance(error, ssl.SSLError) and error.reason:
        return "TLS: " + error.reason.replace("_", " ").lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
