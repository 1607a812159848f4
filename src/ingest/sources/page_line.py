"""A page, from its turn to its next: ask, read, offer what is new together with all that is remembered of it.

    row -> robots.txt -> Poller.ask -> page_reading -> page_answers -> inbox, row, next turn

What an answer comes to is told in `page_answers`, what it makes of the row in `pages`. One step of the server settles
it, as a feed's poll: a fetcher that dies before has done nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from ingest.errors import Refused, Stale
from ingest.settings import SourceSettings

from . import same_page, subscriptions, wanted
from .access import Access
from .entry_names import relayed
from .hosts import host_of
from .http import Response
from .names import shown
from .offering import Item, batches, offer_once, outcome_of
from .outside import Outside
from .page_answers import Answers, Settled
from .page_reading import Read, address_in, read_page
from .pages import (
    PAGES,
    Page,
    by_hand,
    decode,
    encode,
    overdue,
)
from .patience import Patience
from .polling import Poll, Poller
from .port import Inbox, Outcome, ProgressUpdate, Readers
from .robots import Robots
from .same_page import SHOWN, Place
from .schedule import Polled
from .turns import Unfollowed
from .wanted import WORTH

_NO_REQUEST = Polled(kind="same")
_READY = 2  # pages at the children's door, besides those that they read
_NO_ROBOTS = "whose robots.txt does not answer"
_MOST_LED = 2_000  # hosts whose pages lead elsewhere, where robots.txt names a delay


class PageLine:
    """What the fetcher does with pages. `now` in seconds since 1970; `chance` in 0..1 spreads their requests."""

    source = PAGES

    def __init__(
        self,
        *,
        inbox: Inbox,
        poller: Poller,
        robots: Robots,
        access: Access,
        readers: Readers,
        limits: SourceSettings,
        patience: Patience,
        outside: Outside,
        now: Callable[[], float],
        chance: Callable[[], float],
        report: Callable[[Outcome], object],
    ) -> None:
        self._inbox, self._poller, self._robots, self._readers, self._limits = inbox, poller, robots, readers, limits
        self._patience, self._now, self._report = patience, now, report
        self._access, self._outside = access, outside
        self._answers = Answers(readers, self._ms, chance)
        self._led: dict[str, float] = {}  # host -> seconds that the host wants to which the last of its pages led
        # While a child reads a page, the next stands ready for it, and the one before is labelled. Not more: a loop has
        # four threads more than processors, and feeds are read in them as well.
        self._reading = asyncio.Semaphore(readers.at_once + _READY)

    def name(self, url: str) -> str:
        """The name of the row of the page at this address."""
        return self._readers.canonical(url) or url

    def address(self, name: str, raw: bytes) -> str:
        """Where to ask; empty where nothing is asked: a teaser has waited long enough, a row is to be forgotten."""
        page = decode(raw)
        return "" if page.over or overdue(page, self._ms()) else page.address or name

    def spacing(self, address: str) -> float:
        """Seconds that robots.txt wants between two requests, as far as it was asked: that of this host, and that of
        the one to which it led: a relay's requests are all another's."""
        return max(self._robots.known_delay(address), self._led.get(host_of(address), 0.0))

    def first_due(self, raw: bytes) -> int:
        return decode(raw).next_at

    async def work(self, name: str, raw: bytes, spaced: float) -> Polled:
        """One request, and all that comes of it. Raises Stopped, TransientError; then the page is due again."""
        page = decode(raw)
        if page.over:
            await self._settle(name, raw, Settled(page=None))
            return _NO_REQUEST
        if overdue(page, self._ms()):
            await self._settle(name, raw, self._answers.without(page, "its page did not come in time"))
            return _NO_REQUEST
        address = page.address or name
        ignored = await self.ignores_robots(page)
        if not ignored:
            if (denied := await self._not_asked(page, address)) is not None:
                await self._settle(name, raw, denied)
                return _NO_REQUEST
            if (delay := self.spacing(address)) > spaced:
                # Its place at the host was asked for before that was known: it asks for another.
                later = msgspec.structs.replace(page, next_at=self._ms())
                said = f"robots.txt asks for {delay:g} s between two requests"
                await self._settle(name, raw, Settled(page=later, detail=said))
                return _NO_REQUEST
        # The name counts where several accesses are for one host; no other host's page has a use for it.
        access = "" if self._access.wrong_with(address, page.access) else page.access
        poll = await self._poller.ask(address, page.visit, access, judge=None if ignored else self.judge)
        if poll.silent and self._outside.silent(address):
            await self._settle(name, raw, self._answers.silent(page, lost=self._outside.lost))
            return poll.polled
        if not poll.silent:
            self._outside.answered()
        return await self.take(name, raw, poll)

    async def ignores_robots(self, page: Page) -> bool:
        """The operator's word, as it is now, of the feed that named the page first. There is none of a feed that was
        removed or cannot be read, nor of a page that no feed names. Raises Stopped, TransientError."""
        if page.entry is None:
            return False
        feed = page.entry.source
        raw = await self._patience.through(lambda: self._row(subscriptions.FEEDS, feed))
        try:
            return subscriptions.decode(raw).about.ignore_robots
        except subscriptions.Unreadable:
            return False

    async def _not_asked(self, page: Page, address: str) -> Settled | None:
        """What comes of a page that is not asked for: robots.txt denies it, or its host does not answer, or is none
        that is asked."""
        try:
            if await self._robots.allows(address):
                return None
        except Refused as refused:  # no public address
            return self._answers.barred(page, refused.reason, refused.detail)
        if self._robots.silent(address):
            return self._answers.silent(page, lost=self._outside.lost)
        return self._answers.barred(page, "robots-denied", self._robots.unsaid(address))

    async def judge(self, address: str) -> float:
        """As `turns.Judge`. Raises Unfollowed, where robots.txt denies the address or does not answer."""
        if await self._robots.allows(address):
            return self._robots.known_delay(address)
        host = host_of(address)
        if self._robots.silent(address):
            raise Unfollowed("fetch-failed", shown(address), f"it leads to {host}, {_NO_ROBOTS}")
        raise Unfollowed("robots-denied", shown(address), f"of {host}, to which it leads")

    async def take(self, name: str, raw: bytes | None, poll: Poll, *, asked: str = "") -> Polled:
        """All that comes of an answer. `raw` is the row as stored; `asked` the address, of a page read by hand."""
        before = decode(raw)
        before = msgspec.structs.replace(before, address=before.address or asked)
        page = msgspec.structs.replace(before, visit=poll.visit)
        if poll.response is None:
            settled = await self._told_too_soon(name, page, poll) or self._answers.unread(name, page, poll)
        else:
            # What is not read is not visited: the next answer must not be taken for the same as one that was.
            denied = await self._denied(before.address or name, before, poll.response)
            settled = denied or await self._read(name, page, poll.response)
        worth_keeping = settled.page if raw or settled.articles else None
        after = by_hand(worth_keeping, self._ms()) if worth_keeping else None
        settled = msgspec.structs.replace(settled, page=after)
        await self._settle(name, raw, settled)
        return poll.polled

    async def _denied(self, asked: str, page: Page, response: Response) -> Settled | None:
        """What comes of a page that turned out to be at another address, whose host does not want it read, or does not
        say: where that was not known before it was asked."""
        here, there = host_of(asked), host_of(response.url)
        self._led.pop(here, None)
        if response.url == asked or await self.ignores_robots(page):
            return None
        allowed = await self._robots.allows(response.url)
        if (delay := self._robots.known_delay(response.url)) and here != there:
            self._led[here] = delay
            if len(self._led) > _MOST_LED:
                del self._led[next(iter(self._led))]
        if allowed:
            return None
        if self._robots.silent(response.url):
            return self._answers.failed(page, "fetch-failed", f"it leads to {there}, {_NO_ROBOTS}")
        return self._answers.barred(page, "robots-denied", f"of {there}, to which it leads")

    async def _read(self, name: str, page: Page, response: Response) -> Settled:
        if relayed(name) and relayed(response.url):
            return self._answers.barred(page, "no-text", "it leads to no other page by itself")
        try:
            async with self._reading:
                read = await asyncio.to_thread(
                    read_page, page.address or name, response, self._readers, self._limits
                )
        except Refused as refused:
            return self._answers.barred(page, refused.reason, refused.detail)
        host, home = host_of(response.url), self._home(name, page, response, read)
        seen, there = await self._patience.through(lambda: (self._row(SHOWN, host), self._row(PAGES, home)))
        sight = same_page.noted(seen, read.text, self._place(name, page, response, read), self._ms())
        settled = self._answers.beside_others(name, page, sight)
        if settled is None:
            page = msgspec.structs.replace(page, mark=sight.mark)
            settled = self._answers.text(name, page, response, read, home, there)
        return msgspec.structs.replace(settled, also=[*settled.also, ProgressUpdate(SHOWN, {host: sight.row})])

    def _row(self, source: str, name: str) -> bytes | None:
        return self._inbox.progress(source, [name]).get(name) if name else None

    def _place(self, name: str, page: Page, response: Response, read: Read) -> Place:
        says = address_in(read, response) or response.url
        feed, title = (page.entry.source, page.entry.title or "") if page.entry else ("", "")
        return Place(asked=name, says=self._readers.canonical(says) or says, feed=feed, title=title)

    def _home(self, name: str, page: Page, response: Response, read: Read) -> str:
        """The name under which a page that is read for the first time wants to be known, where that is another."""
        if page.offered:
            return ""
        home = self._readers.canonical(address_in(read, response) or "")
        return home if home and home != name else ""

    async def _told_too_soon(self, name: str, page: Page, poll: Poll) -> Settled | None:
        """What comes of a page that has not changed, where its text was seen all over its host meanwhile."""
        if poll.polled.kind != "same" or page.offered != "full" or page.entry is None:
            return None
        seen = await self._patience.through(lambda: self._row(SHOWN, host_of(poll.url)))
        believed = same_page.believed(seen, page.mark, page.entry.source)
        return self._answers.taken_back(name, page) if believed else None

    # -- settling it

    async def _settle(self, name: str, raw: bytes | None, settled: Settled) -> None:
        where, page = shown(name), settled.page
        row = encode(page, name) if page else None
        update = ProgressUpdate(PAGES, {name: row}, {name: raw}, {name: page.next_at if page else None})
        items: list[Item] = []
        if settled.articles:
            items = [(where, article) for article in settled.articles]
        elif raw is None and settled.reason:  # read by hand, and refused: counted, as every input is
            items = [(where, Refused(settled.reason, where, settled.detail))]
        batch = next(batches(items), [])
        said = Outcome(where=where, fate=settled.fate, reason=settled.reason, detail=settled.detail)
        try:
            await self._patience.through(lambda: self._offer(batch, [update, *settled.also], settled.worth))
        except Stale:
            stored = await self._patience.through(lambda: self._inbox.progress(PAGES, [name]).get(name))
            if stored != row:
                self._report(Outcome(where=where, fate="unchanged", detail="another fetcher is at it"))
                return
            # our own offer, whose answer was lost, was applied after all
        if batch:
            said = outcome_of(*batch[-1])
            said = msgspec.structs.replace(said, detail=said.detail or settled.detail)
        if batch or page is not None or raw is None:  # that a row is forgotten is no news
            self._report(said)

    def _offer(self, batch: list[Item], updates: list[ProgressUpdate], worth: tuple[str, bool] | None) -> None:
        if worth:
            feed, more = worth
            updates.append(ProgressUpdate(WORTH, {feed: wanted.noted(self._row(WORTH, feed), more)}))
        offer_once(batch, self._inbox, updates)

    def _ms(self) -> int:
        return round(self._now() * 1000)
