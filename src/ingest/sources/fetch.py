"""One polite pass over feeds and pages that somebody names, whatever the schedule says.

    what is remembered -> may it be fetched -> GET, conditional -> feed or page -> what is new -> offer with the memory

Every URL has an outcome; one that fails does not hold up the others.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from ingest.errors import Refused

from . import pages, subscriptions
from .articles import is_web_address
from .clerk import Clerk
from .feed_line import FeedLine
from .feeds import looks_like_feed
from .hosts import Hosts, Place
from .names import shown
from .offering import Stopped
from .page_line import PageLine
from .pages import PAGES
from .polling import Poller
from .port import Fate, Inbox, Outcome, Stop
from .robots import Robots
from .subscriptions import FEEDS

_PATIENCE = 30.0
"""Seconds that a place at a host is waited for before it is asked for anew."""
_FEED_LIKE = re.compile(r"(feed|rss|atom|rdf|\.xml)", re.IGNORECASE)


class Pass:
    """One pass; its parts are those of the fetcher that never ends."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        poller: Poller,
        robots: Robots,
        hosts: Hosts,
        feeds: FeedLine,
        pages: PageLine,
        stop: Stop,
        clerk: Clerk,
        spacing: float,
        now: Callable[[], float],
        wait: Callable[[float], Awaitable[None]],
        report: Callable[[Outcome], object],
    ) -> None:
        self._inbox, self._poller, self._robots, self._hosts = inbox, poller, robots, hosts
        self._feeds, self._pages, self._stop, self._clerk, self._spacing = feeds, pages, stop, clerk, spacing
        self._now, self._wait, self._report = now, wait, report

    async def run(self, urls: Sequence[str]) -> None:
        """Fetch each URL once and offer what is new in it. Raises Stopped, which loses nothing."""
        for url in dict.fromkeys(urls):
            if self._stop.is_set():
                return
            try:
                await self._visit(url)
            except Refused as refused:
                self._say(url, "refused", refused.detail, refused.reason)
            except subscriptions.Unreadable as error:
                self._say(url, "refused", str(error), "unreadable")

    async def _visit(self, url: str) -> None:
        if not is_web_address(url):
            raise Refused("fetch-failed", shown(url), "not a web address")
        name = self._pages.name(url)
        feed, page = await self._clerk.call(lambda: (self._stored(FEEDS, url), self._stored(PAGES, name)))
        row = subscriptions.decode(feed)
        wait = row.rhythm.not_before / 1000 - self._now()
        if wait > 0:
            self._say(url, "unchanged", f"the server asked to wait {wait:.0f} s more")
            return
        feed_like = bool(feed) or _FEED_LIKE.search(urlsplit(url).path + urlsplit(url).query) is not None
        ignored = feed_like or await self._pages.ignores_robots(pages.decode(page))
        if not ignored:
            await self._ask_robots(url)
        place = await self.place(url, 0.0 if ignored else await self._robots.delay(url))
        try:
            visit = row.visit if feed else pages.decode(page).visit
            judge = None if ignored else self._pages.judge
            poll = await self._poller.ask(row.address or url, visit, row.about.access, judge=judge)
            if poll.polled.moved:
                self._say(url, "warning", f"moved for good to {shown(poll.polled.moved)}")
            if feed or (poll.response and looks_like_feed(poll.response.body)) or (not poll.response and feed_like):
                await self._feeds.take(url, feed, poll)
                return
            if feed_like:
                await self._ask_robots(url)
            await self._pages.take(name, page, poll, asked=url)
        finally:
            await self.leave(place)

    def _stored(self, source: str, name: str) -> bytes | None:
        return self._inbox.progress(source, [name]).get(name)

    async def _ask_robots(self, url: str) -> None:
        if not await self._robots.allows(url):
            unheard = self._robots.unheard(url)
            reason = "fetch-failed" if unheard else "robots-denied"
            raise Refused(reason, shown(url), unheard or self._robots.unsaid(url))

    async def place(self, url: str, asked: float) -> Place:
        """A place at the host, waited for. Raises Stopped."""
        wishes = [(url, max(asked, self._spacing))]
        while True:
            [place] = await self._clerk.call(lambda: self._hosts.ask(wishes, _PATIENCE))
            await self._wait(place.wait)
            if self._stop.is_set():
                raise Stopped
            if place.granted:
                return place

    async def leave(self, place: Place) -> None:
        """The request is over."""
        await self._clerk.call(lambda: self._hosts.leave([(place, 0.0)]))

    def _say(self, url: str, fate: Fate, detail: str = "", reason: str | None = None) -> None:
        self._report(Outcome(where=shown(url), fate=fate, reason=reason, detail=detail))
