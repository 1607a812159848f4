"""One polite pass over feeds and pages.

    what is remembered -> may it be fetched -> GET, conditional -> feed or page -> what is new -> offer with the memory

Every URL has an outcome; one that fails does not hold up the others.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from urllib.parse import urlsplit

import msgspec

from ingest.errors import Refused, Stale, TransientError
from ingest.model import Envelope
from ingest.settings import FetchSettings, SourceSettings

from .articles import LIMITS, address_of, clean_text, cut_line, is_web_address
from .contents import sized, sniff
from .dial import Resolve, system_resolve
from .entries import hint_of
from .feeds import articles_of, looks_like_feed, oldest_first
from .http import Http, Response
from .names import key_of, printable
from .offering import Item, Stopped, batches, hand_over, outcome_of
from .port import Inbox, Outcome, Readers, Stop
from .robots import Robots
from .visits import SOURCE, Visit, Visits, hash_of, mark_of, pack_seen, unpack_seen


class Manners(msgspec.Struct, frozen=True):
    """How servers are treated. Seconds."""

    pause: float = 1.0  # between two requests to one host
    unconditional: float = 86_400.0  # validators are ignored once a day: some servers never change theirs
    longest_wait: float = 86_400.0  # of a Retry-After; beyond, it is a mistake
    max_validator: int = 500  # characters of an ETag or a date that are sent back


MANNERS = Manners()
_FEED_LIKE = re.compile(r"(feed|rss|atom|rdf|\.xml)", re.IGNORECASE)


def fetch(
    urls: Sequence[str],
    *,
    inbox: Inbox,
    readers: Readers,
    settings: FetchSettings,
    limits: SourceSettings,
    stop: Stop,
    now: Callable[[], float] = time.time,
    resolve: Resolve = system_resolve,
) -> Iterator[Outcome]:
    """Fetch each URL once and offer what is new in it, one outcome an article and at least one a URL.

    `now` is in seconds since 1970. Raises Stopped, which loses nothing.
    """
    with Http(settings, resolve=resolve) as http:
        one = _Pass(http, inbox, readers, settings, limits, stop, now)
        for url in dict.fromkeys(urls):
            if stop.is_set():
                return
            try:
                yield from one.visit(url)
            except Refused as refused:
                yield Outcome(where=printable(url), fate="refused", reason=refused.reason, detail=refused.detail)


class _Pass:
    def __init__(
        self,
        http: Http,
        inbox: Inbox,
        readers: Readers,
        settings: FetchSettings,
        limits: SourceSettings,
        stop: Stop,
        now: Callable[[], float],
    ) -> None:
        self._http, self._inbox, self._readers, self._settings = http, inbox, readers, settings
        self._limits, self._stop, self._now = limits, stop, now
        self._robots = Robots(http, settings.user_agent)
        self._visits = Visits(inbox)
        self._asked: dict[str, float] = {}

    def visit(self, url: str) -> Iterator[Outcome]:
        """Raises Refused, Stopped."""
        if not is_web_address(url):
            raise Refused("fetch-failed", printable(url), "not a web address")
        visit = yield from self._remembered(url)
        now = self._now()
        if visit.not_before > now * 1000:
            wait = visit.not_before / 1000 - now
            yield Outcome(where=printable(url), fate="unchanged", detail=f"the server asked to wait {wait:.0f} s more")
            return
        feed_like = visit.is_feed or _FEED_LIKE.search(urlsplit(url).path + urlsplit(url).query) is not None
        if not feed_like:
            self._ask_robots(url)
        self._pause(url, 0.0 if feed_like else self._robots.delay(url))
        fresh = now * 1000 - visit.full_at >= MANNERS.unconditional * 1000
        response = self._http.get(url, {} if fresh else _conditions(visit))
        if response.moved:
            yield Outcome(where=printable(url), fate="warning", detail=f"moved for good to {printable(response.moved)}")
        if response.status == 304:
            yield Outcome(where=printable(url), fate="unchanged", detail="not modified")
            return
        if response.status != 200:
            yield from self._failed(url, visit, response)
            return
        after = msgspec.structs.replace(
            visit,
            etag=_validator(response, "etag"),
            modified=_validator(response, "last-modified"),
            body=hash_of(response.body),
            full_at=int(now * 1000) if fresh else visit.full_at,
            not_before=0,
            is_feed=looks_like_feed(response.body),
        )
        if after.body == visit.body:
            yield from self._offer(url, [], after)
            yield Outcome(where=printable(url), fate="unchanged", detail="the same bytes as before")
        elif after.is_feed:
            yield from self._feed(url, response, visit, after)
        else:
            if feed_like:
                self._ask_robots(url)
            for batch in batches([(printable(url), self._page(url, response))]):
                yield from self._offer(url, batch, after)

    def _remembered(self, url: str) -> Generator[Outcome, None, Visit]:
        said = False
        while True:
            try:
                found = self._visits.load(url)
                if said:
                    yield Outcome(where="inbox", fate="resumed")
                return found
            except TransientError as error:
                if not said:
                    yield Outcome(where="inbox", fate="waiting", detail=f"the store does not answer: {error}")
                said = True
                if self._stop.wait(error.retry_after or MANNERS.pause):
                    raise Stopped from error

    def _ask_robots(self, url: str) -> None:
        if not self._robots.allows(url):
            raise Refused("robots-denied", printable(url))

    def _pause(self, url: str, asked: float) -> None:
        host = urlsplit(url).netloc
        last = self._asked.get(host)
        left = 0.0 if last is None else last + max(asked, MANNERS.pause) - time.monotonic()
        if left > 0 and self._stop.wait(left):
            raise Stopped
        self._asked[host] = time.monotonic()

    def _failed(self, url: str, visit: Visit, response: Response) -> Iterator[Outcome]:
        said = {404: "not found", 410: "gone: it will not come back", 429: "too many requests"}.get(response.status, "")
        wait = response.retry_after(self._now()) if response.status in {429, 503} else None
        if wait:
            wait = min(wait, MANNERS.longest_wait)
            later = msgspec.structs.replace(visit, not_before=int((self._now() + wait) * 1000))
            yield from self._offer(url, [], later)
            said = f"{said}, asked to wait {wait:.0f} s".removeprefix(", ")
        detail = f"status {response.status}" + (f", {said}" if said else "")
        yield Outcome(where=printable(url), fate="refused", reason="fetch-failed", detail=detail)

    def _feed(self, url: str, response: Response, visit: Visit, after: Visit) -> Iterator[Outcome]:
        content_type = response.headers.get("content-type", "")
        try:
            feed = self._readers.feed(response.body, hint_of(self._settings.max_entries, content_type))
        except Refused as refused:
            named = Refused(refused.reason, printable(url), refused.detail)
            yield from self._offer(url, [(printable(url), named)], after)
            return
        articles = articles_of(feed, url, response.url, self._readers)
        if feed.left_out:
            yield Outcome(where=printable(url), fate="warning", detail=f"{feed.left_out} entries beyond the limit")
        seen = unpack_seen(visit.seen)
        marks = {article.key: mark_of(article) for article in articles}
        new = [a for a in oldest_first(articles) if seen.get(marks[a.key][0]) != marks[a.key][1]]
        items: list[Item] = [(printable(a.url or a.key), sized(a, printable(a.key), self._limits)) for a in new]
        offered: list[tuple[bytes, bytes]] = []
        cut = list(batches(items))
        for number, batch in enumerate(cut, 1):
            offered += [marks[item.key] for _, item in batch if isinstance(item, Envelope)]
            # Validators only with the last batch: after a crash between two, the feed must be read again.
            known = msgspec.structs.replace(visit, seen=pack_seen(offered, seen))
            if number == len(cut):
                known = msgspec.structs.replace(after, seen=pack_seen(marks.values(), seen))
            yield from self._offer(url, batch, known)
        if not cut:
            known = msgspec.structs.replace(after, seen=pack_seen(marks.values(), seen))
            yield from self._offer(url, [], known)
            yield Outcome(where=printable(url), fate="unchanged", detail=f"{len(articles)} entries, none new")

    def _page(self, url: str, response: Response) -> Envelope | Refused:
        where = printable(url)
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
            key=key_of(SOURCE, None, address, self._readers.canonical, None, title, text),
            source=SOURCE,
            text=text,
            url=address,
            title=title,
            published=found.published,
            author=cut_line(found.author, LIMITS.id_chars),
            language=found.language,
        )
        return sized(article, where, self._limits)

    def _offer(self, url: str, batch: list[Item], visit: Visit) -> Iterator[Outcome]:
        """Offer together with the new memory. Raises Refused where another pass over the same URL runs."""
        try:
            yield from hand_over(batch, self._inbox, self._stop, [self._visits.moving(url, visit)])
        except Stale:
            stored = yield from self._remembered(url)
            if stored != visit:
                raise Refused("fetch-failed", printable(url), "another pass over it is running") from None
            for where, item in batch:  # our own offer, whose answer was lost, was applied after all
                yield outcome_of(where, item)
        self._visits.moved(url, visit)


def _conditions(visit: Visit) -> dict[str, str]:
    stated = {"If-None-Match": visit.etag, "If-Modified-Since": visit.modified}
    return {name: value for name, value in stated.items() if value}


def _validator(response: Response, name: str) -> str:
    value = response.headers.get(name, "").strip()
    return value if len(value) <= MANNERS.max_validator and value.isprintable() and value.isascii() else ""


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
