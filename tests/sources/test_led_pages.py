"""Entries whose address leads to a page that has a row of its own: whose row a later poll asks for, in one step."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from fetcher_days import Days, page, rss
from source_doubles import READERS, RememberingInbox, TestClock
from virtual_fetching import DAY, HOUR

from ingest.model import Envelope, ProgressUpdate
from ingest.sources import pages
from ingest.sources.pages import PAGES, Page
from ingest.sources.subscriptions import Feed, Subscription
from ingest.sources.waiting import Waiting

FERRY = "The ferry runs again from Monday, the operator said on Tuesday."
MENDED = "The ferry runs again from Friday, the operator said on Thursday."
FEED = "https://example.org/feed"
HOME = "https://example.org/ferry"


@pytest.fixture
def led(days: Days) -> Days:
    """A feed whose only entry leads to another page; both are mended two days later."""
    days.show("/feed", (0, rss(("/short", "Ferry back"))), (2 * DAY, rss(("/short", "Ferry back"), text="Mended.")))
    days.show("/short", (0, (302, {"Location": "/news/ferry"}, b"")))
    days.show("/news/ferry", (0, page(FERRY)), (2 * DAY, page(MENDED)))
    days.follow("/feed")
    days.run(HOUR)
    assert days.page("/short").leads == days.web.url("/news/ferry")
    return days


def test_a_changed_entry_has_the_page_asked_again_that_its_address_leads_to(led: Days) -> None:
    led.run(3 * DAY)
    assert [(a.key, a.text) for a in led.offered] == [(led.web.url("/news/ferry"), text) for text in (FERRY, MENDED)]
    assert len(led.times("/short")) == 1


def test_where_that_pages_row_is_forgotten_the_entrys_address_is_asked_anew(led: Days) -> None:
    home = led.web.url("/news/ferry")
    led.inbox.offer([], progress=[ProgressUpdate(PAGES, {home: None}, due={home: None})])
    led.run(3 * DAY)
    assert [(a.key, a.text) for a in led.offered] == [(home, FERRY), (home, MENDED)]
    assert len(led.times("/short")) == 2


# -- without a web: the rows that a poll's entries come to


def entry(url: str, text: str = "Mended.", key: str = "") -> Envelope:
    return Envelope(key=key or url, source=FEED, text=text, url=url, title="Ferry", completeness="teaser")


def told(name: str) -> Page:
    """The row of a page whose text was offered, watched no more."""
    first = pages.named(None, entry(name, "In short."), 1, changed=False)
    assert first is not None
    return msgspec.structs.replace(pages.after_text(first, entry(name, FERRY), 2, 0.5), entry=None, over=True)


def polled(
    rows: dict[str, Page], new: Sequence[Envelope], changed: Sequence[Envelope] | None = None
) -> tuple[dict[str, Page], list[ProgressUpdate]]:
    """The rows that are written, decoded, once a poll brings these entries, which all changed unless said otherwise."""
    inbox = RememberingInbox()
    inbox.stored[PAGES] = {name: pages.encode(row, name) for name, row in rows.items()}
    waiting = Waiting(inbox, READERS, TestClock().now, lambda said: None)
    feed = Feed(about=Subscription(added_at=1, pages="always"))
    at_once, updates = waiting.without(FEED, feed, new, {a.key for a in (new if changed is None else changed)})
    assert at_once == []
    if updates:
        inbox.offer([], progress=updates)
    written = {name: pages.decode(raw) for update in updates for name, raw in update.fields.items()}
    return written, updates


def to(name: str) -> Page:
    return Page(leads=name, over=True)


def test_it_is_asked_as_one_whose_own_entry_changed_and_only_where_its_row_is_as_it_was_read() -> None:
    short, home = "https://example.org/s", told(HOME)
    written, (update,) = polled({short: to(HOME), HOME: home}, [entry(short)])
    own, _ = polled({HOME: home}, [entry(HOME)])
    assert list(written) == [HOME]
    assert (written[HOME].next_at, written[HOME].over) == (own[HOME].next_at, False)
    assert update.believed == {HOME: pages.encode(home, HOME)}
    assert update.due == {HOME: written[HOME].next_at}


def test_an_entry_that_did_not_change_asks_for_nothing() -> None:
    short, home = "https://example.org/s", told(HOME)
    written, _ = polled({short: to(HOME), HOME: home}, [entry(short)], changed=[])
    assert (written[HOME].shared, written[HOME].over, written[HOME].next_at) == (True, True, home.next_at)


def test_a_relays_entry_has_the_page_asked_again_too() -> None:
    written, _ = polled({"https://bit.ly/x1": to(HOME), HOME: told(HOME)}, [entry("https://bit.ly/x1", key="guid 1")])
    assert list(written) == [HOME]


def test_two_entries_that_lead_to_one_page_are_one_request_and_the_later_speaks_for_it() -> None:
    one, two = "https://example.org/1", "https://example.org/2"
    written, _ = polled({one: to(HOME), two: to(HOME), HOME: told(HOME)}, [entry(one, "One."), entry(two, "Two.")])
    assert list(written) == [HOME]
    assert written[HOME].entry == entry(two, "Two.")


@pytest.mark.parametrize("between", [0, 1, 2])
def test_an_address_is_followed_through_a_few_others(between: int) -> None:
    chain = [f"https://example.org/{n}" for n in range(between + 1)]
    rows = {name: to(home) for name, home in zip(chain, [*chain[1:], HOME], strict=True)}
    written, _ = polled({**rows, HOME: told(HOME)}, [entry(chain[0])])
    assert list(written) == [HOME]


@pytest.mark.parametrize("links", [{0: 1, 1: 0}, {0: 0}, {n: n + 1 for n in range(40)}, {0: 1}])
def test_one_that_leads_in_a_circle_or_too_far_or_nowhere_is_asked_anew(links: dict[int, int]) -> None:
    first = "https://example.org/0"
    rows = {f"https://example.org/{n}": to(f"https://example.org/{m}") for n, m in links.items()}
    written, (update,) = polled(rows, [entry(first)])
    assert list(written) == [first]
    assert (written[first].leads, written[first].waits, written[first].over) == ("", True, False)
    assert update.believed == {first: pages.encode(rows[first], first)}
