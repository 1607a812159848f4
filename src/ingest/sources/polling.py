"""One poll of one feed: ask, politely; read what came; tell what is new in it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import msgspec

from ingest.errors import Refused
from ingest.settings import FetchSettings

from .entries import INDEX, NOTHING, PAGE, Known, Parsed, found_in, hint_of
from .http import Http, Onward, Response
from .link_header import absolute, linked
from .names import shown
from .port import Readers
from .schedule import Kind, Polled
from .subscriptions import Visit
from .turns import Judge, Turns, Unfollowed
from .visits import hash_of


class Manners(msgspec.Struct, frozen=True):
    """How servers are treated. Seconds."""

    unconditional: float = 86_400.0  # without a change for a day, validators are ignored once: some never change theirs
    overdue: float = 5.0  # or when so many entries should have come by the feed's rate: by chance none did, one in 150
    distrust: float = 30 * 86_400.0  # validators that stayed the same for other bytes are not sent for so long
    read_again: float = 90 * 86_400.0  # also when nothing changed: what stays in it must be sighted again
    longest_wait: float = 86_400.0  # of a Retry-After; beyond, it is a mistake
    asked_too_much: float = 900.0  # after a 429 or 503 that names no time
    max_validator: int = 500  # characters of an ETag or a date that are sent back


MANNERS = Manners()
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_BUSY = {429, 503}
_WORDS = {
    401: "it wants credentials", 403: "forbidden", 404: "not found", 410: "gone: it will not come back",
    429: "too many requests", 451: "barred by law", 503: "unavailable",
}  # fmt: skip


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """What came of asking. `url` is where the answer was found; `response` is there where there is something to read,
    `refusal` where a server answered that there is not; `silent` where none answered."""

    polled: Polled
    visit: Visit
    url: str = ""
    response: Response | None = None
    refusal: Response | None = None
    silent: bool = False


class Poller:
    """`now` in seconds since 1970."""

    def __init__(
        self,
        http: Http,
        readers: Readers,
        settings: FetchSettings,
        now: Callable[[], float],
        turns: Turns | None = None,
    ) -> None:
        """Without `turns` redirects are followed at once: for who has no books of hosts."""
        self._http, self._readers, self._settings, self._now, self._turns = http, readers, settings, now, turns

    async def ask(
        self, address: str, visit: Visit, access: str = "", per_day: float = 0.0, judge: Judge | None = None
    ) -> Poll:
        """One request, conditional; now and then not. `access` as in `Http.get`; `per_day` new entries are expected;
        `judge` says what of redirects may be followed. Raises Deferred, TransientError: nothing came of it."""
        if self._turns is None:
            return await self._ask(address, visit, access, per_day, None)
        async with self._turns.along(address, judge) as journey:
            poll = await self._ask(address, visit, access, per_day, journey.onward)
            if journey.far and poll.polled.kind == "temporary":  # who asks for time is not whom we asked first
                journey.pause = max(0.0, poll.polled.not_before / 1000 - self._now())
                poll = msgspec.structs.replace(poll, polled=msgspec.structs.replace(poll.polled, elsewhere=True))
            return poll

    async def _ask(self, address: str, visit: Visit, access: str, per_day: float, onward: Onward | None) -> Poll:
        now = self._now()
        again = now * 1000 - visit.read_at >= MANNERS.read_again * 1000
        full = again or now * 1000 - visit.full_at >= 1000 * _trusted(per_day)
        plain = full or now * 1000 - visit.lied_at < MANNERS.distrust * 1000
        try:
            stated = {} if plain else _conditions(visit)
            response = await self._http.get(address, stated, access=access, onward=onward)
        except Refused as refused:
            kind: Kind = "soft" if refused.reason == "fetch-failed" else "hard"
            polled = Polled(kind=kind, reason=refused.reason, error=_said(refused))
            return Poll(polled=polled, visit=visit, silent=kind == "soft" and not isinstance(refused, Unfollowed))
        moved, floor = response.moved or "", _floor(response, now)
        if response.status == 304:
            return Poll(polled=Polled(kind="same", floor=floor, moved=moved), visit=visit, url=response.url)
        if response.status != 200:
            return Poll(polled=refusal(response, now), visit=visit, url=response.url, refusal=response)
        body = hash_of(response.body)
        kind = "same" if body == visit.body and not again else "fresh"
        met = Visit(
            etag=_validator(response, "etag"),
            modified=_validator(response, "last-modified"),
            body=body,
            full_at=int(now * 1000),
            read_at=int(now * 1000) if kind == "fresh" else visit.read_at,
            lied_at=visit.lied_at,
        )
        if body != visit.body and full and _conditions(visit) and _conditions(visit) == _conditions(met):
            met = msgspec.structs.replace(met, lied_at=met.full_at)
        polled = Polled(kind=kind, floor=floor, moved=moved, size=len(response.body))
        return Poll(polled=polled, visit=met, url=response.url, response=response if kind == "fresh" else None)

    async def read(self, response: Response, known: Known = NOTHING) -> Parsed:
        """The feed of an answer, or an index of sitemaps. Raises Refused, which names no place; of a page it names the
        feeds that were found in it."""
        found = await self.look(response, known)
        if why := no_feed(found, response.url):
            raise Refused("unknown-format", "feed", why)
        return found

    async def look(self, response: Response, known: Known = NOTHING) -> Parsed:
        """What an answer is: a feed, an index of sitemaps, or a page. Raises Refused."""
        hint = hint_of(self._settings.max_entries, response.headers.get("content-type", ""), known)
        found = await asyncio.to_thread(self._readers.feed, response.body, hint)
        hub, topic = (linked(response.headers, response.url, relation) for relation in ("hub", "self"))
        # What the server says goes before what the document says (WebSub, 4).
        hub, topic = hub or absolute(response.url, found.hub), topic or absolute(response.url, found.topic)
        return msgspec.structs.replace(found, hub=hub, topic=topic)


def no_feed(found: Parsed, url: str) -> str:
    """Why what was found at `url` cannot be subscribed to, in words; empty where it can."""
    if found.kind == INDEX and not found.sitemaps:
        return "an index of sitemaps, none of them with news"
    return _of_page(found, url) if found.kind == PAGE else ""


def _of_page(page: Parsed, url: str) -> str:
    named = [shown(found.href) for found in found_in(page, url) if found.declared][:3]
    return "a page, no feed" + (f"; it names these: {', '.join(named)}" if named else "")


def _said(refused: Refused) -> str:
    return refused.detail or refused.reason


def stated_wait(response: Response, now: float) -> float:
    """Seconds that a 429 or 503 asks to wait, as far as they are believed; 0 where it names none."""
    stated = response.retry_after(now) if response.status in _BUSY else None
    return min(stated or 0.0, MANNERS.longest_wait)


def refusal(response: Response, now: float) -> Polled:
    """What an answer comes to that is none, by its status; `now` in seconds since 1970."""
    status = response.status
    words = f"status {status}" + (f", {_WORDS[status]}" if status in _WORDS else "")
    if status in _BUSY:
        stated = stated_wait(response, now)
        wait = stated or MANNERS.asked_too_much
        words += f"; it asks to wait {wait:.0f} s" if stated else ""
        return Polled(kind="temporary", error=words, not_before=int((now + wait) * 1000))
    if status == 410:
        return Polled(kind="gone", error=words)
    return Polled(kind="soft" if status >= 500 or status in {408, 425} else "hard", error=words)


def _floor(response: Response, now: float) -> float:
    """Seconds that the answer says it is good for (RFC 9111): `max-age`, else `Expires`."""
    stated = _MAX_AGE.search(response.headers.get("cache-control", ""))
    if stated:
        return float(stated[1])
    expires = response.date("expires")
    return max(0.0, expires - now) if expires is not None else 0.0


def _trusted(per_day: float) -> float:
    """Seconds without a change after which validators are not believed any more."""
    return min(MANNERS.unconditional, MANNERS.overdue * 86_400 / max(per_day, 1e-3))


def _conditions(visit: Visit) -> dict[str, str]:
    stated = {"If-None-Match": visit.etag, "If-Modified-Since": visit.modified}
    return {name: value for name, value in stated.items() if value}


def _validator(response: Response, name: str) -> str:
    value = response.headers.get(name, "").strip()
    return value if len(value) <= MANNERS.max_validator and value.isprintable() and value.isascii() else ""
