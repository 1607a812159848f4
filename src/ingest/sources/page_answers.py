"""What an answer for a page comes to: its row, what is offered, and one line about it. Asks and stores nothing.

    its status, or that nothing changed -> `unread`        no article, whatever its status -> `barred`
    its text, beside those of its host -> `beside_others`, else `text`
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from ingest.model import Envelope

from . import wanted
from .articles import address_of
from .hosts import host_of
from .http import Response
from .names import key_of, shown
from .page_reading import Read, article_of, label_of_refusal
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
    unheard,
    withdrawal,
)
from .polling import Poll
from .port import Fate, ProgressUpdate, Readers
from .same_page import Sight

_GONE = (404, 410)
_BARRED = (401, 402, 403, 451)


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer came to: the row, None to forget it; articles; other rows; and one line about it."""

    page: Page | None
    articles: Sequence[Envelope] = ()
    also: Sequence[ProgressUpdate] = ()
    worth: tuple[str, bool] | None = None  # of a first try: its feed, and whether it had more text than the entry
    fate: Fate = "unchanged"
    reason: str | None = None
    detail: str = ""


class Answers:
    """`now` in ms since 1970; `chance` in 0..1 spreads what is asked next."""

    def __init__(self, readers: Readers, now: Callable[[], int], chance: Callable[[], float]) -> None:
        self._readers, self._now, self._chance = readers, now, chance

    def unread(self, name: str, page: Page, poll: Poll) -> Settled:
        """What comes of an answer with nothing to read."""
        now, chance, polled = self._now(), self._chance(), poll.polled
        if polled.kind == "same" and page.offered == "full":
            return Settled(page=after_same(page, now, chance), detail="not modified")
        if polled.kind == "same":
            return self.barred(page, page.reason or "no-text", "not modified")
        status = poll.refusal.status if poll.refusal else 0
        if status in _GONE and page.told:
            return self._gone(name, page, polled.error)
        label = label_of_refusal(page.address or name, poll.refusal) if poll.refusal and status not in _GONE else None
        if label or status in _BARRED or polled.reason != "fetch-failed":
            return self.barred(page, label or polled.reason, polled.error)
        return self.failed(page, polled.reason, polled.error)

    def beside_others(self, name: str, page: Page, sight: Sight) -> Settled | None:
        """What comes of a page whose text stands at other addresses as well; None of one that is judged for itself."""
        if page.offered == "full" and page.mark == sight.mark:
            return self.taken_back(name, page) if sight.believed else None
        again = page.reason == "same-page" and page.mark == sight.mark  # its host's row may have forgotten it
        if not (sight.same or again):
            return None
        return self.barred(page if page.told else msgspec.structs.replace(page, mark=sight.mark), "same-page")

    def taken_back(self, name: str, page: Page) -> Settled | None:
        """The entry in place of what was taken for its page's text, which is withdrawn."""
        if page.entry is None or page.shared or not (page.entry.title or page.entry.text):
            return None
        said = "its text stands at its host under many titles"
        # Where the entry was told before its page came, it stands again: its page was there.
        entry = msgspec.structs.replace(page.entry, from_page=True)
        after = as_teaser(msgspec.structs.replace(page, reason="same-page"), self._now(), self._chance())
        return Settled(page=after, articles=[withdrawal(page, name, said), entry], detail=f"as its feed has it; {said}")

    def text(
        self, name: str, page: Page, response: Response, read: Read, home: str, there: bytes | None
    ) -> Settled:
        """What a text comes to. `there` is the row of its `home`."""
        text = page.entry.text if page.entry else ""
        if not page.told and len(read.text) < len(text):
            return self.barred(page, "no-text", "the feed's entry says more than its page")
        settled = self._of_article(name, page, response, read, home, there)
        return msgspec.structs.replace(settled, worth=_worth(page, read.text))

    def _of_article(
        self, name: str, page: Page, response: Response, read: Read, home: str, there: bytes | None
    ) -> Settled:
        now, chance = self._now(), self._chance()
        key = page.key or key_of(PAGES, None, name, self._readers.canonical, None, read.title, read.text)
        article = article_of(read, response, page.entry, key, PAGES, self._readers)
        article = msgspec.structs.replace(article, from_page=True, backfill=article.backfill and not page.told)
        if home and (moved := self._moved(name, home, there, page, response, article)):
            return moved
        after = after_text(page, article, now, chance)
        if page.offered == "full" and after.text == page.text:
            return Settled(page=after, detail="the same text")
        return Settled(page=after, articles=[article])

    def _moved(
        self, name: str, home: str, raw: bytes | None, page: Page, response: Response, article: Envelope
    ) -> Settled | None:
        """Where the address led to a page that is known by another: its row goes on from here, or stands already."""
        known = decode(raw)
        to = leading(page, home, self._now())
        if raw is not None and known.offered:
            if known.text == content_of(article) and not _gate(page, name, known, response):
                return Settled(page=to, detail=f"the same as {shown(home)}")
            # Another text under one canonical link: edited since, or the link is wrong on every page of the site.
            # Under its own address it is judged for what it is; under that one it could be lost.
            return None
        here = msgspec.structs.replace(page, address=response.url if address_of(response.url) else page.address)
        article = msgspec.structs.replace(
            article, key=key_of(PAGES, None, home, self._readers.canonical, None, article.title, article.text)
        )
        row = encode(by_hand(after_text(here, article, self._now(), self._chance()), self._now()), home)
        update = ProgressUpdate(PAGES, {home: row}, {home: raw}, {home: decode(row).next_at})
        return Settled(page=to, articles=[article], also=[update])

    def _gone(self, name: str, page: Page, error: str) -> Settled:
        after = after_gone(page, self._now(), self._chance())
        if page.offered == "withdrawn":
            return Settled(page=after, detail=f"{error}, as before")
        if after.offered != "withdrawn":
            return Settled(page=after, fate="warning", detail=f"{error}; asked again before that is believed")
        return Settled(page=after, articles=[withdrawal(page, name, error)])

    def barred(self, page: Page, reason: str, detail: str = "") -> Settled:
        """The page is there for others than us, or is no article."""
        failed = after_failure(page, reason, self._now(), self._chance(), barred=True)
        if page.told or not page.entry:
            return Settled(page=failed, fate="refused", reason=reason, detail=detail)
        said = f"{reason}: {detail}" if detail else reason
        teaser = self.without(msgspec.structs.replace(page, reason=reason), said, failed)
        return msgspec.structs.replace(teaser, worth=_worth(page, None))

    def silent(self, page: Page, *, lost: bool) -> Settled:
        """Its server did not answer, not even what robots may do; that is the page's doing only where others do: where
        our network is not `lost`."""
        if not lost:
            return self.failed(page, "fetch-failed", "its server does not answer")
        after = unheard(page, self._now(), self._chance())
        return Settled(page=after, detail="no server answers; asked again soon")

    def failed(self, page: Page, reason: str, detail: str) -> Settled:
        """It may be there in a minute."""
        failed = after_failure(page, reason, self._now(), self._chance())
        if page.offered == "teaser":
            return self.without(page, detail, failed)
        if page.waits:
            return Settled(page=failed, detail=f"its page is asked for again; {detail}")
        return Settled(page=failed, fate="refused", reason=reason, detail=detail)

    def without(self, page: Page, detail: str, after: Page | None = None) -> Settled:
        """The feed's entry in place of its page, unless it was offered before. `after` is the row, where the try was
        counted."""
        after = after or page
        if page.entry is None or (page.offered == "teaser" and content_of(page.entry) == page.text):
            return Settled(page=after, detail=f"as its feed has it; {detail}")
        offered = as_teaser(msgspec.structs.replace(after, entry=page.entry), self._now(), self._chance())
        if after.over:
            offered = msgspec.structs.replace(offered, entry=None)
        return Settled(page=offered, articles=[page.entry], detail=f"as its feed has it; {detail}")


def _gate(page: Page, name: str, known: Page, response: Response) -> bool:
    """Whether a site leads entries of two feeds, under titles of their own, to one text: it may be no article."""
    here, there = page.entry, known.entry
    if here is None or there is None or here.source == there.source or here.title == there.title:
        return False
    return host_of(page.address or name) == host_of(response.url)


def _worth(page: Page, text: str | None) -> tuple[str, bool] | None:
    """What the first try of an entry's page says about its feed's pages. `text` of the page, None without one."""
    if page.entry is None or not page.waits:
        return None
    return page.entry.source, text is not None and wanted.has_more(text, page.entry.text)
