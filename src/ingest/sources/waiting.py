"""Which of a feed's new entries wait for their pages, and the rows by which they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from ingest.fields import bounded_key
from ingest.model import Envelope

from .entry_names import relayed
from .names import shown
from .pages import PAGES, Page, decode, encode, named
from .port import Inbox, Outcome, ProgressUpdate, Readers
from .subscriptions import Feed
from .wanted import WORTH, may_wait, wanted, worth_of

_LED = 4
"""Rows read on the way of an address: two, mostly; more where a page was forgotten, named again, and had moved."""


class Waiting:
    """`now` in seconds since 1970."""

    def __init__(
        self, inbox: Inbox, readers: Readers, now: Callable[[], float], report: Callable[[Outcome], object]
    ) -> None:
        self._inbox, self._readers, self._now, self._report = inbox, readers, now, report

    def without(
        self, name: str, feed: Feed, new: Sequence[Envelope], changed: set[str]
    ) -> tuple[list[Envelope], list[ProgressUpdate]]:
        """The articles that are offered at once, and what puts the others on the pages' schedule: for the same offer
        in which the feed forgets them. `changed` are the keys of those that the feed had before.

        Blocks. Raises TransientError.
        """
        policy = feed.about.pages if feed.about.added_at else "never"  # read by hand: nobody would come back to a page
        names = {a.key: page for a in new if may_wait(policy, a) and (page := self._page_of(a))}
        several = {page for page, entries in Counter(names.values()).items() if entries > 1}
        names = {key: page for key, page in names.items() if page not in several}
        if not names:
            return list(new), []
        rows = self._rows(names.values())
        worth = worth_of(self._inbox.progress(WORTH, [name]).get(name) if policy == "auto" else None)
        at_once, now = [], int(self._now() * 1000)
        waiting: dict[str, Page] = {}
        for article in new:
            page, known = _home(names[article.key], rows) if article.key in names else ("", None)
            if not page or (known is None and not wanted(policy, worth, article)):
                at_once.append(article)
                continue
            at = now + len(waiting)  # a millisecond apart: the oldest first
            before = waiting.get(page, known)  # another entry may have led there: the later one speaks for the page
            row = named(before, article, at, changed=article.key in changed, access=feed.about.access)
            if row is not None:
                waiting[page] = row
            detail = "waits for its page" if row and row.next_at == at else "its page is known"
            self._report(Outcome(where=shown(article.url or page), fate="unchanged", detail=detail))
        fields = {page: encode(row, page) for page, row in waiting.items()}
        due = {page: row.next_at for page, row in waiting.items()}
        update = ProgressUpdate(PAGES, fields, {page: rows.get(page) for page in waiting}, due)
        return at_once, [update] if waiting else []

    def _rows(self, names: Iterable[str]) -> dict[str, bytes]:
        """What is stored under these names, and under those that they lead to. Raises TransientError."""
        rows: dict[str, bytes] = {}
        ask = set(names)
        for _ in range(_LED):
            rows.update(self._inbox.progress(PAGES, list(ask)))
            ask = {to for name in ask if (to := decode(rows.get(name)).leads)} - rows.keys()
            if not ask:
                break
        return rows

    def _page_of(self, article: Envelope) -> str | None:
        """The name of the page that is the entry's own: not of one that several entries share. A relay's address is no
        article's, but leads to one, under whose address the page will be known."""
        page = self._readers.canonical(article.url or "")
        return page if page and (article.key == bounded_key(page) or relayed(page)) else None


def _home(name: str, rows: Mapping[str, bytes]) -> tuple[str, Page | None]:
    """The name and the row of the page that this address led to when it was asked, itself mostly; itself as one that is
    not known, where there is no row at the end."""
    at = name
    for _ in range(_LED):
        if at not in rows:
            break
        page = decode(rows[at])
        if not page.leads:
            return at, page
        at = page.leads
    return name, None
