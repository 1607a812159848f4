"""A page, from its turn to its next: ask, read, offer what is new together with all that is remembered of it.

    row -> robots.txt -> Poller.ask -> page_reading -> the article, or why there is none -> inbox, row, next turn

What an answer makes of the row is told in `pages`. One step of the server settles it, as a feed's poll: a fetcher that
dies before has done nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from ingest.errors import Refused, Stale
from ingest.model import Envelope
from ingest.settings import SourceSettings

from . import same_page, wanted
from .access import Access
from .articles import address_of
from .entry_names import relayed
from .hosts import host_of
from .http import Response
from .names import key_of, shown
from .offering import Item, batches, offer_once, outcome_of
from .outside import Outside
from .page_reading import Read, address_in, article_of, label_of_refusal, read_page
from .pages import (
    PAGES,
    Page,
    after_failure,
    after_gone,
    after_same,
    after_text,
    as_teaser,
    by_hand,
    content_of,
    decode,
    encode,
    leading,
    overdue,
    unheard,
    withdrawal,
)
from .patience import Patience
from .polling import Poll, Poller
from .port import Fate, Inbox, Outcome, ProgressUpdate, Readers
from .robots import Robots
from .same_page import SHOWN, Place, Sight
from .schedule import Polled
from .turns import Unfollowed
from .wanted import WORTH

_GONE = (404, 410)
_BARRED = (401, 402, 403, 451)
_NO_REQUEST = Polled(kind="same")
_READY = 2  # pages at the children's door, besides those that they read
_NO_ROBOTS = "whose robots.txt does not answer"
_MOST_LED = 2_000  # hosts whose pages lead elsewhere, where robots.txt names a delay


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer came to: the row, None to forget it; articles; other rows; and one line about it."""

    page: Page | None
    articles: Sequence[Envelope] = ()
    also: Sequence[ProgressUpdate] = ()
    worth: tuple[str, bool] | None = None  # of a first try: its feed, and whether it had more text than the entry
    fate: Fate = "unchanged"
    reason: str | None = None
    detail: str = ""


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
        self._patience, self._now, self._chance, self._report = patience, now, chance, report
        self._access, self._outside = access, outside
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
            await self._settle(name, raw, self._without(page, "its page did not come in time"))
            return _NO_REQUEST
        address = page.address or name
        if not page.no_robots:
            if not await self._robots.allows(address):
                silent = self._robots.silent(address)
                await self._settle(name, raw, self._silent(page) if silent else self._barred(page, "robots-denied"))
                return _NO_REQUEST
            if (delay := self.spacing(address)) > spaced:
                # Its place at the host was asked for before that was known: it asks for another.
                later = msgspec.structs.replace(page, next_at=self._ms())
                said = f"robots.txt asks for {delay:g} s between two requests"
                await self._settle(name, raw, Settled(page=later, detail=said))
                return _NO_REQUEST
        # The name counts where several accesses are for one host; no other host's page has a use for it.
        access = "" if self._access.wrong_with(address, page.access) else page.access
        poll = await self._poller.ask(address, page.visit, access, judge=None if page.no_robots else self.judge)
        if poll.silent and self._outside.silent(address):
            await self._settle(name, raw, self._silent(page))
            return poll.polled
        if not poll.silent:
            self._outside.answered()
        return await self.take(name, raw, poll)

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
            settled = await self._told_too_soon(name, page, poll) or self._unread(name, page, poll)
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
        if response.url == asked or page.no_robots:
            return None
        allowed = await self._robots.allows(response.url)
        if (delay := self._robots.known_delay(response.url)) and here != there:
            self._led[here] = delay
            if len(self._led) > _MOST_LED:
                del self._led[next(iter(self._led))]
        if allowed:
            return None
        if self._robots.silent(response.url):
            return self._failed(page, "fetch-failed", f"it leads to {there}, {_NO_ROBOTS}")
        return self._barred(page, "robots-denied", f"of {there}, to which it leads")

    # -- what an answer comes to

    def _unread(self, name: str, page: Page, poll: Poll) -> Settled:
        now, chance, polled = self._ms(), self._chance(), poll.polled
        if polled.kind == "same" and page.offered == "full":
            return Settled(page=after_same(page, now, chance), detail="not modified")
        if polled.kind == "same":
            return self._barred(page, page.reason or "no-text", "not modified")
        status = poll.refusal.status if poll.refusal else 0
        if status in _GONE and page.told:
            return self._gone(name, page, polled.error)
        label = label_of_refusal(page.address or name, poll.refusal) if poll.refusal and status not in _GONE else None
        if label or status in _BARRED or polled.reason != "fetch-failed":
            return self._barred(page, label or polled.reason, polled.error)
        return self._failed(page, polled.reason, polled.error)

    async def _read(self, name: str, page: Page, response: Response) -> Settled:
        if relayed(name) and relayed(response.url):
            return self._barred(page, "no-text", "it leads to no other page by itself")
        try:
            async with self._reading:
                read = await asyncio.to_thread(
                    read_page, page.address or name, response, self._readers, self._limits
                )
        except Refused as refused:
            return self._barred(page, refused.reason, refused.detail)
        host, home = host_of(response.url), self._home(name, page, response, read)
        seen, there = await self._patience.through(lambda: (self._row(SHOWN, host), self._row(PAGES, home)))
        sight = same_page.noted(seen, read.text, self._place(name, page, response, read), self._ms())
        settled = self._beside_others(name, page, sight)
        if settled is None:
            page = msgspec.structs.replace(page, mark=sight.mark)
            settled = self._judged(name, page, response, read, home, there)
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
        if poll.polled.kind != "same" or page.offered != "full" or not page.mark:
            return None
        seen = await self._patience.through(lambda: self._row(SHOWN, host_of(poll.url)))
        return self._taken_back(name, page) if same_page.believed(seen, page.mark) else None

    def _beside_others(self, name: str, page: Page, sight: Sight) -> Settled | None:
        """What comes of a page whose text stands at other addresses as well; None of one that is judged for itself."""
        if page.offered == "full" and page.mark == sight.mark:
            return self._taken_back(name, page) if sight.believed else None
        return self._barred(page, "same-page") if sight.same else None

    def _taken_back(self, name: str, page: Page) -> Settled | None:
        """The entry in place of what was taken for its page's text, which is withdrawn."""
        if page.entry is None or not (page.entry.title or page.entry.text):
            return None
        said = "its text stands at its host under many titles"
        # Where the entry was told before its page came, it stands again: its page was there.
        entry = msgspec.structs.replace(page.entry, from_page=True)
        after = as_teaser(msgspec.structs.replace(page, reason="same-page"), self._ms(), self._chance())
        return Settled(page=after, articles=[withdrawal(page, name, said), entry], detail=f"as its feed has it; {said}")

    def _judged(
        self, name: str, page: Page, response: Response, read: Read, home: str, there: bytes | None
    ) -> Settled:
        """What a text comes to. `there` is the row of its `home`."""
        text = page.entry.text if page.entry else ""
        if not page.told and len(read.text) < len(text):
            return self._barred(page, "no-text", "the feed's entry says more than its page")
        settled = self._of_article(name, page, response, read, home, there)
        return msgspec.structs.replace(settled, worth=_worth(page, read.text))

    def _of_article(
        self, name: str, page: Page, response: Response, read: Read, home: str, there: bytes | None
    ) -> Settled:
        now, chance = self._ms(), self._chance()
        key = page.key or key_of(PAGES, None, name, self._readers.canonical, None, read.title, read.text)
        article = article_of(read, response, page.entry, key, PAGES, self._readers)
        article = msgspec.structs.replace(article, from_page=True, backfill=article.backfill and not page.told)
        if home and (moved := self._moved(home, there, page, response, article)):
            return moved
        after = after_text(page, article, now, chance)
        if page.offered == "full" and after.text == page.text:
            return Settled(page=after, detail="the same text")
        return Settled(page=after, articles=[article])

    def _moved(
        self, home: str, raw: bytes | None, page: Page, response: Response, article: Envelope
    ) -> Settled | None:
        """Where the address led to a page that is known by another: its row goes on from here, or stands already."""
        known = decode(raw)
        to = leading(page, home, self._ms())
        if raw is not None and known.offered:
            if known.text == content_of(article):
                return Settled(page=to, detail=f"the same as {shown(home)}")
            # Another text under one canonical link: edited since, or the link is wrong on every page of the site.
            # Under its own address it is judged for what it is; under that one it could be lost.
            return None
        here = msgspec.structs.replace(page, address=response.url if address_of(response.url) else page.address)
        article = msgspec.structs.replace(
            article, key=key_of(PAGES, None, home, self._readers.canonical, None, article.title, article.text)
        )
        row = encode(by_hand(after_text(here, article, self._ms(), self._chance()), self._ms()), home)
        update = ProgressUpdate(PAGES, {home: row}, {home: raw}, {home: decode(row).next_at})
        return Settled(page=to, articles=[article], also=[update])

    def _gone(self, name: str, page: Page, error: str) -> Settled:
        after = after_gone(page, self._ms(), self._chance())
        if page.offered == "withdrawn":
            return Settled(page=after, detail=f"{error}, as before")
        if after.offered != "withdrawn":
            return Settled(page=after, fate="warning", detail=f"{error}; asked again before that is believed")
        return Settled(page=after, articles=[withdrawal(page, name, error)])

    def _barred(self, page: Page, reason: str, detail: str = "") -> Settled:
        """The page is there for others than us, or is no article."""
        failed = after_failure(page, reason, self._ms(), self._chance(), barred=True)
        if page.told or not page.entry:  # its entry has no text of its own any more
            return Settled(page=failed, fate="refused", reason=reason, detail=detail)
        said = f"{reason}: {detail}" if detail else reason
        teaser = self._without(msgspec.structs.replace(page, reason=reason), said, failed)
        return msgspec.structs.replace(teaser, worth=_worth(page, None))

    def _silent(self, page: Page) -> Settled:
        """Its server did not answer, not even what robots may do; that is the page's doing only where others do."""
        if not self._outside.lost:
            return self._failed(page, "fetch-failed", "its server does not answer")
        after = unheard(page, self._ms(), self._chance())
        return Settled(page=after, detail="no server answers; asked again soon")

    def _failed(self, page: Page, reason: str, detail: str) -> Settled:
        failed = after_failure(page, reason, self._ms(), self._chance())
        if page.offered == "teaser":
            return self._without(page, detail, failed)
        if page.waits:
            return Settled(page=failed, detail=f"its page is asked for again; {detail}")
        return Settled(page=failed, fate="refused", reason=reason, detail=detail)

    def _without(self, page: Page, detail: str, after: Page | None = None) -> Settled:
        """The feed's entry in place of its page, unless it was offered before."""
        after = after or page
        if page.entry is None or (page.offered == "teaser" and content_of(page.entry) == page.text):
            return Settled(page=after, detail=f"as its feed has it; {detail}")
        offered = as_teaser(msgspec.structs.replace(after, entry=page.entry), self._ms(), self._chance())
        if after.over:
            offered = msgspec.structs.replace(offered, entry=None)
        return Settled(page=offered, articles=[page.entry], detail=f"as its feed has it; {detail}")

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


def _worth(page: Page, text: str | None) -> tuple[str, bool] | None:
    """What the first try of an entry's page says about its feed's pages. `text` of the page, None without one."""
    if page.entry is None or not page.waits:
        return None
    return page.entry.source, text is not None and wanted.has_more(text, page.entry.text)

