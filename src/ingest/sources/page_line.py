"""A page, from its turn to its next."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import msgspec

from ingest.errors import Refused, Stale
from ingest.model import Envelope
from ingest.settings import SourceSettings

from .articles import LIMITS, address_of, clean_text, cut_line
from .contents import sized, sniff
from .http import Response
from .names import key_of, printable
from .offering import batches, hand_over
from .polling import Poll
from .port import Inbox, Outcome, ProgressUpdate, Readers, Stop
from .schedule import Polled
from .subscriptions import Visit

PAGES = "pages"
"""The source under which rows and schedule are kept."""


class Page(msgspec.Struct, frozen=True, array_like=True):
    """What is kept of a page, under its address."""

    visit: Visit = Visit()


def decode(raw: bytes | None) -> Page:
    try:
        return msgspec.msgpack.decode(raw, type=Page) if raw else Page()
    except msgspec.DecodeError:
        return Page()


class PageLine:
    """What the fetcher does with pages."""

    source = PAGES

    def __init__(
        self, *, inbox: Inbox, readers: Readers, limits: SourceSettings, stop: Stop, report: Callable[[Outcome], object]
    ) -> None:
        self._inbox, self._readers, self._limits, self._stop, self._report = inbox, readers, limits, stop, report

    async def take(self, name: str, raw: bytes | None, poll: Poll) -> Polled:
        """All that comes of an answer. Raises Refused, Stopped."""
        if poll.polled.kind not in {"fresh", "same"}:
            raise Refused(poll.polled.reason, printable(name), poll.polled.error)
        await asyncio.to_thread(self._read, name, raw, poll)
        return poll.polled

    def _read(self, name: str, raw: bytes | None, poll: Poll) -> None:
        where = printable(name)
        row = msgspec.msgpack.encode(Page(poll.visit))
        update = ProgressUpdate(PAGES, {name: row}, {name: raw})
        items = [(where, self._page(name, poll.response))] if poll.response else []
        try:
            for batch in list(batches(items)) or [[]]:
                for outcome in hand_over(batch, self._inbox, self._stop, [update]):
                    self._report(outcome)
        except Stale:
            if self._inbox.progress(PAGES, [name]).get(name) != row:
                raise Refused("fetch-failed", where, "another pass over it is running") from None
        if not items:
            self._report(Outcome(where=where, fate="unchanged", detail="not modified"))

    def _page(self, name: str, response: Response) -> Envelope | Refused:
        where = printable(name)
        try:
            if sniff(response.body[:4096], "page.html") != "html":
                return Refused("unknown-format", where, "neither a feed nor a page")
            found = self._readers.html(_utf8(response), response.url)
        except Refused as refused:
            return Refused(refused.reason, where, refused.detail)
        text, title = clean_text(found.text), cut_line(found.title, LIMITS.title_chars)
        if not text.strip():
            return Refused("no-text", where)
        address = address_of(found.url) or address_of(response.url)
        article = Envelope(
            key=key_of(PAGES, None, address, self._readers.canonical, None, title, text),
            source=PAGES,
            text=text,
            url=address,
            title=title,
            published=found.published,
            author=cut_line(found.author, LIMITS.id_chars),
            language=found.language,
        )
        return sized(article, where, self._limits)


def _utf8(response: Response) -> bytes:
    """The page as UTF-8 where only the header says what it is in; else as it came, and the page itself says."""
    found = re.search(r"charset=[\"']?([\w.:-]+)", response.headers.get("content-type", ""), re.IGNORECASE)
    try:
        response.body.decode("utf-8")
        return response.body
    except UnicodeDecodeError:
        pass
    try:
        return response.body.decode(found[1]).encode("utf-8") if found else response.body
    except (LookupError, ValueError):
        return response.body
