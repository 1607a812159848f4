"""The feeds of a site, from any address of it: what it declares, what it links, what it tells robots, the usual places.

    the address itself -> <link> -> <a> that looks like one -> news sitemaps in robots.txt -> usual places

The next step is taken only where those before found nothing, and what is found is read: a link is a promise.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal
from urllib.parse import urljoin, urlsplit

import msgspec

from ingest.errors import Refused
from ingest.model import Stamp

from .articles import is_web_address
from .entries import INDEX, PAGE, Linked, Parsed, found_in, looks_like_a_feed
from .hosts import Place
from .names import shown
from .polling import Poller
from .robots import Robots
from .sitemaps import worth_reading
from .subscriptions import Visit
from .turns import Unfollowed

How = Literal["address", "declared", "linked", "robots.txt", "usual place"]


class Effort(msgspec.Struct, frozen=True):
    """How much is asked of a site that somebody is curious about."""

    requests: int = 12  # in all, robots.txt left aside: at one a second, what a person waits for
    linked: int = 3  # addresses that only look like feeds
    places: tuple[str, ...] = (  # in the order of how often a front page without a <link> has them
        "/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/news-sitemap.xml",
    )  # fmt: skip


EFFORT = Effort()


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A feed that was read. `entries` how many it has, `newest` the latest of their dates."""

    url: str
    how: How
    kind: str
    title: str = ""
    language: str | None = None
    entries: int = 0
    newest: Stamp | None = None
    hub: str = ""


class Discovered(msgspec.Struct, frozen=True, kw_only=True):
    """tried   addresses that are no feeds, each with why
    left    addresses that nobody looked at any more"""

    found: tuple[Found, ...] = ()
    tried: tuple[tuple[str, str], ...] = ()
    left: tuple[str, ...] = ()


class Discovery:
    """`place` waits for a place at the host of an address, so many seconds after the last; `leave` gives it back."""

    def __init__(
        self,
        poller: Poller,
        robots: Robots,
        place: Callable[[str, float], Awaitable[Place]],
        leave: Callable[[Place], Awaitable[None]],
        effort: Effort = EFFORT,
    ) -> None:
        self._poller, self._robots, self._place, self._leave, self._effort = poller, robots, place, leave, effort

    async def find(self, url: str, access: str = "") -> Discovered:
        """Raises Refused where the address itself cannot be read; `where` is printable. Raises Stopped."""
        if not is_web_address(url):
            raise Refused("fetch-failed", shown(url), "not a web address")
        search = _Search(url, self._effort)
        try:
            where, first = await self._look(url, access)
        except Refused as refused:
            raise Refused(refused.reason, shown(url), refused.detail) from refused
        search.spent = 1
        linked = search.take(where, "address", first)
        await self._follow(search, [one for one in linked if one.declared], "declared", access)
        if not search.found:
            likely = [one for one in linked if not one.declared][: self._effort.linked]
            await self._follow(search, likely, "linked", access)
        if not search.found:
            told = worth_reading((address, "") for address in await self._robots.sitemaps(where))
            await self._follow(search, [Linked(href=address) for address in told], "robots.txt", access)
        for path in self._effort.places:
            if not search.found:
                await self._follow(search, [Linked(href=urljoin(where, path))], "usual place", access)
        return search.result()

    async def _follow(self, search: _Search, linked: Sequence[Linked], how: How, access: str) -> None:
        """Read these, and once what they lead to: a site's page about its feeds, an index of sitemaps."""
        further: list[Linked] = []
        for one in sorted(linked, key=_of_comments):
            further += await self._one(search, one, how, access)
        for one in further:
            await self._one(search, one, how, access)

    async def _one(self, search: _Search, linked: Linked, how: How, access: str) -> list[Linked]:
        if not search.wants(linked.href):
            return []
        # Credentials are for the host that was named, and for no other that it links to.
        its = access if urlsplit(linked.href).netloc == urlsplit(search.start).netloc else ""
        try:
            where, parsed = await self._look(linked.href, its)
        except Refused as refused:
            search.tried[linked.href] = refused.detail or refused.reason
            return []
        return search.take(where, how, parsed)

    async def _look(self, url: str, access: str) -> tuple[str, Parsed]:
        """Where it was found, and what it is. A feed is an invitation; anything else is asked for as robots.txt says.
        Raises Refused, Stopped."""
        place = await self._place(url, await self._judge(url))
        try:
            poll = await self._poller.ask(url, Visit(), access, judge=self._judge)
        finally:
            await self._leave(place)
        if poll.response is None:
            raise Refused(poll.polled.reason, shown(url), poll.polled.error)
        return poll.response.url, await self._poller.look(poll.response)

    async def _judge(self, url: str) -> float:
        """As `turns.Judge`."""
        if looks_like_a_feed(url):
            return 0.0
        if not await self._robots.allows(url):
            if unheard := self._robots.unheard(url):
                raise Unfollowed("fetch-failed", shown(url), unheard)
            raise Unfollowed("robots-denied", shown(url), self._robots.unsaid(url) or "robots.txt asks not to fetch it")
        return await self._robots.delay(url)


class _Search:
    """What one search has come to."""

    def __init__(self, start: str, effort: Effort) -> None:
        self.start, self.spent, self._most = start, 0, effort.requests
        self.found: dict[str, Found] = {}
        self.tried: dict[str, str] = {}
        self._left: dict[str, None] = {}
        self._met = {start}

    def wants(self, url: str) -> bool:
        """Whether to spend a request on it."""
        if url in self._met:
            return False
        if self.spent >= self._most:
            self._left[url] = None
            return False
        self._met.add(url)
        self.spent += 1
        return True

    def take(self, where: str, how: How, parsed: Parsed) -> list[Linked]:
        """Keep a feed; of a page or an index, what it leads to."""
        self._met.add(where)
        if parsed.kind == PAGE:
            linked = found_in(parsed, where)
            if where != self.start and how != "address":
                self.tried[where] = "a page"
            return linked
        if parsed.kind == INDEX:
            self.tried[where] = "an index of sitemaps" + ("" if parsed.sitemaps else ", none of them with news")
            return [Linked(href=address) for address in parsed.sitemaps]
        stamps = [entry.published for entry in parsed.entries if entry.published]
        found = Found(
            url=where, how=how, kind=parsed.kind, title=parsed.title or "", language=parsed.language,
            entries=len(parsed.entries) + parsed.left_out, newest=max(stamps, key=lambda stamp: stamp.at, default=None),
            hub=parsed.hub,
        )  # fmt: skip
        self.found.setdefault(where, found)
        return []

    def result(self) -> Discovered:
        left = tuple(url for url in self._left if url not in self._met)
        return Discovered(found=tuple(self.found.values()), tried=tuple(self.tried.items()), left=left)


def _of_comments(linked: Linked) -> bool:
    """What readers say comes last: no newsroom subscribes to it."""
    return "comment" in f"{linked.href} {linked.title}".lower()
