"""The operator's side of the subscriptions: added, changed and removed while fetchers are at work on them.

Every write says which row it believes is there; a fetcher's poll in between makes it stale, and it is done again on the
new row. So neither overwrites the other.
"""

from __future__ import annotations

import socket
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal, get_args
from urllib.parse import urlsplit

import msgspec

from ingest.errors import Stale, UsageError

from .address import is_public
from .articles import address_of
from .leaving import given_up
from .names import printable
from .pages import CHECKS, PAGES, Page
from .pages import decode as decode_page
from .parts import about_part, forgotten
from .port import ProgressUpdate, Scheduled
from .subscriptions import FEEDS, Feed, Subscription, Unreadable, decode, encode
from .websub import Push

_TRIES = 20
"""A feed is polled once in minutes: a write that is stale so often meets a defect."""
_AT_ONCE = 500
"""Rows written in one step."""

State = Literal["new", "ok", "failing", "quiet", "muted", "unreadable"]
STATES: tuple[State, ...] = get_args(State)
"""new          not polled yet              ok      its last poll was answered
failing      its last poll failed        quiet   answered, but nothing new for long, against its habit
muted        not polled                  unreadable   what is stored of it cannot be read
"""


class Row(msgspec.Struct, frozen=True):
    """A subscription as it is stored; `feed` is None where that cannot be read. `due` is when the schedule has its next
    poll, ms; None for never, and where nobody looked."""

    name: str
    raw: bytes
    feed: Feed | None
    due: int | None = None

    @property
    def state(self) -> State:
        if self.feed is None:
            return "unreadable"
        if self.feed.about.muted:
            return "muted"
        rhythm = self.feed.rhythm
        if rhythm.failures:
            return "failing"
        return "quiet" if rhythm.quiet_at else "ok" if rhythm.answered_at and rhythm.polled_at else "new"

    @property
    def subscribed(self) -> bool:
        """Not one that was only read once, by hand."""
        return self.feed is None or self.feed.about.added_at > 0


class NotAdded(msgspec.Struct, frozen=True):
    """Why an address was not subscribed, and what to do; `there` where it is one already."""

    why: str
    there: bool = False


class Catalogue:
    """`canonical` as in `Readers`; `now` in seconds since 1970, by the store's clock; `allowed` as in `dial`."""

    def __init__(
        self,
        inbox: Scheduled,
        canonical: Callable[[str], str | None],
        now: Callable[[], float],
        allowed: Collection[str] = (),
    ) -> None:
        self._inbox, self._canonical, self._now = inbox, canonical, now
        self._allowed = frozenset(name.casefold() for name in allowed)

    def rows(self) -> list[Row]:
        """All subscriptions, by folder and name, with when they are due. Raises TransientError."""
        due = self._inbox.scheduled(FEEDS)
        return [msgspec.structs.replace(row, due=due.get(row.name)) for row in rows_of(self._inbox.kept(FEEDS))]

    def look(self, url: str) -> Row:
        """As `find`, with when it is due."""
        row = self.find(url)
        return msgspec.structs.replace(row, due=self._inbox.scheduled(FEEDS).get(row.name))

    def waiting(self, name: str) -> list[Page]:
        """The pages that entries of this feed wait for, the first that was named first."""
        soon = self._inbox.scheduled(PAGES, self._ms() + round(CHECKS.patience * 1000))
        names, pages = list(soon), []
        for at in range(0, len(names), _AT_ONCE):
            stored = self._inbox.progress(PAGES, names[at : at + _AT_ONCE])
            found = ((address, decode_page(raw)) for address, raw in stored.items())
            pages += [
                msgspec.structs.replace(page, address=page.address or address)
                for address, page in found
                if page.waits and page.entry and page.entry.source == name
            ]
        return sorted(pages, key=lambda page: (page.named_at, page.address))

    def find(self, url: str) -> Row:
        """The subscription that is named so, or canonically so. Raises UsageError."""
        raw = self._inbox.progress(FEEDS, [url]).get(url)
        if raw is not None and (row := _row(url, raw)).subscribed:
            return row
        same = self._same(url)
        for row in self.rows():
            if same and self._same(row.name) == same:
                return row
        raise UsageError(f"{printable(url)}: no such feed is subscribed; `ingest feeds list` shows them all")

    def add(self, feeds: Mapping[str, Subscription]) -> dict[str, NotAdded]:
        """Subscribe to each URL, due at once. Gives those that were not added. Raises TransientError."""
        known = self._known(self.rows())
        wrong: dict[str, NotAdded] = {}
        good: dict[str, Subscription] = {}
        for url, about in feeds.items():
            if (found := self._wrong(url, known)) is not None:
                wrong[url] = found
                continue
            known[self._same(url)] = url
            good[url] = about
        names = list(good)
        for at in range(0, len(names), _AT_ONCE):
            self._put({name: good[name] for name in names[at : at + _AT_ONCE]})
        return wrong

    def remove(self, url: str) -> str:
        """Forget a feed with all that it had seen, and what its hub knows it by; gives its name. Raises UsageError."""

        def updates(row: Row) -> list[ProgressUpdate]:
            each = [row, *self._parts(row)]
            return [update for one in each for update in forgotten(one.name, one.raw, one.feed, self._ms())]

        return self._again(lambda: self.find(url), updates).name

    def change(self, url: str, edit: Callable[[Subscription], Subscription]) -> str:
        """Change what the operator said of it; gives its name. It is due when it was. Raises UsageError."""
        return self._again(lambda: self._readable(url), lambda row: self._changed(row, edit)).name

    def mute(self, url: str, why: str) -> str:
        """Poll it no more, and say why; gives its name. Raises UsageError."""
        return self.change(url, lambda about: msgspec.structs.replace(about, muted=why))

    def unmute(self, url: str) -> str:
        """Poll it again, at once and as if it had never failed; gives its name. Raises UsageError."""

        def updates(row: Row) -> list[ProgressUpdate]:
            return [_unmuted(one, self._ms()) for one in (row, *self._parts(row))]

        return self._again(lambda: self._readable(url), updates).name

    # -- how

    def _readable(self, url: str) -> Row:
        row = self.find(url)
        if row.feed is None:
            raise UsageError(f"{printable(row.name)}: {Unreadable()}")
        return row

    def _parts(self, row: Row) -> list[Row]:
        """Of an index of sitemaps: what is said of it holds for them at once."""
        stored = self._inbox.progress(FEEDS, row.feed.parts) if row.feed else {}
        return [one for one in rows_of(stored) if one.feed is not None and one.feed.part_of == row.name]

    def _changed(self, row: Row, edit: Callable[[Subscription], Subscription]) -> list[ProgressUpdate]:
        assert row.feed is not None
        about = edit(row.feed.about)
        updates = self._said(row, about)
        for part in self._parts(row):
            assert part.feed is not None
            muted = about.muted or part.feed.about.muted  # it may have ended by itself
            updates += self._said(part, msgspec.structs.replace(about_part(about), muted=muted))
        return updates

    def _said(self, row: Row, about: Subscription) -> list[ProgressUpdate]:
        assert row.feed is not None
        feed = msgspec.structs.replace(row.feed, about=about)
        if feed.about.muted:  # a hub is told as well: it would deliver what nobody takes
            feed, left = msgspec.structs.replace(feed, push=Push()), given_up(feed.push, self._ms())
            return [_update(row.name, row.raw, feed, None), *left]
        return [msgspec.structs.replace(_update(row.name, row.raw, feed, None), due={})]

    def _again(self, look: Callable[[], Row], updates: Callable[[Row], Sequence[ProgressUpdate]]) -> Row:
        for _ in range(_TRIES):
            row = look()
            try:
                self._inbox.offer([], progress=updates(row))
                return row
            except Stale:
                continue
        raise UsageError(f"{printable(row.name)}: it changes all the time; try again")

    def _put(self, feeds: Mapping[str, Subscription]) -> None:
        """Rows that are not there, or are of feeds that were read by hand, or unreadable: those are set anew."""
        for _ in range(_TRIES):
            stored = self._inbox.progress(FEEDS, list(feeds))
            now = self._ms()
            rows = {}
            for name, about in feeds.items():
                known = _row(name, stored[name]).feed if name in stored else None
                about = msgspec.structs.replace(about, added_at=now)
                rows[name] = encode(msgspec.structs.replace(known or Feed(), about=about))
            believed = {name: stored.get(name) for name in feeds}
            due = {name: None if about.muted else now for name, about in feeds.items()}
            try:
                self._inbox.offer([], progress=[ProgressUpdate(FEEDS, rows, believed, due)])
                return
            except Stale:
                continue
        raise UsageError("the subscriptions change all the time; try again")

    def _known(self, rows: Sequence[Row]) -> dict[str, str]:
        """Every address that is read: canonical form -> name. A feed that moved is read at two."""
        readable = [row for row in rows if row.feed is not None]
        moved = {self._same(row.feed.address): row.name for row in readable if row.feed and row.feed.address}
        return moved | {self._same(row.name): row.name for row in readable}

    def _wrong(self, url: str, known: Mapping[str, str]) -> NotAdded | None:
        """In words that follow the address."""
        if address_of(url) is None or not self._same(url):
            return NotAdded("no web address; one begins with https:// or http:// and holds no password (`--access`)")
        if (there := known.get(self._same(url))) is not None:
            as_what = "" if there == url else f", as {printable(there)}"
            return NotAdded(f"it is subscribed already{as_what}; `ingest feeds change` says something else of it", True)
        if self._private(url):
            return NotAdded("the address is not public; fetch.allow_private in the settings may name its HOST:PORT")
        return None

    def _same(self, url: str) -> str:
        """What two spellings of one address have in common; whether it is http or https is no difference."""
        return (self._canonical(url) or "").partition(":")[2]

    def _private(self, url: str) -> bool:
        """Whether the address itself says that it is not public, in any spelling of a number. No name is looked up:
        where it leads is judged at each poll, when it is dialled."""
        parts = urlsplit(url)
        host = unicodedata.normalize("NFKC", parts.hostname or "").rstrip(".").casefold()
        if f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}" in self._allowed:
            return False
        if host == "localhost" or host.endswith(".localhost"):
            return True
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except (OSError, UnicodeError):
            return False
        return not all(is_public(str(entry[4][0])) for entry in found)

    def _ms(self) -> int:
        return round(self._now() * 1000)


def rows_of(kept: Mapping[str, bytes]) -> list[Row]:
    """The subscriptions among what is stored of feeds, by folder and name."""
    found = [row for row in (_row(name, raw) for name, raw in kept.items()) if row.subscribed]
    return sorted(found, key=lambda row: (row.feed.about.folder if row.feed else "", row.name))


def _row(name: str, raw: bytes) -> Row:
    try:
        return Row(name, raw, decode(raw))
    except Unreadable:
        return Row(name, raw, None)


def _unmuted(row: Row, now: int) -> ProgressUpdate:
    assert row.feed is not None
    about = msgspec.structs.replace(row.feed.about, muted="")
    rhythm = msgspec.structs.replace(row.feed.rhythm, hard=0, soft=0, temporary=0, error="", not_before=0)
    return _update(row.name, row.raw, msgspec.structs.replace(row.feed, about=about, rhythm=rhythm), now)


def _update(name: str, raw: bytes | None, feed: Feed, due: int | None) -> ProgressUpdate:
    return ProgressUpdate(FEEDS, {name: encode(feed)}, {name: raw}, {name: due})
