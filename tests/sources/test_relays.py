"""Entries whose link is a shortener's or an aggregator's: the article is where that leads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fetcher_days import Days, page
from local_web import Answer, Web
from virtual_fetching import DAY, HOUR, START

from ingest.store import Store

FERRY = "The ferry runs again from Monday, the operator said on Tuesday."


async def resolve(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


@pytest.fixture
def days(store: Store) -> Iterator[Days]:
    web = Web()
    private = tuple(f"{host}:{web.port}" for host in ("127.0.0.1", "bit.ly", "feeds.feedburner.com", "apple.news"))
    yield Days(web, store, settings={"allow_private": private}, resolve=resolve)
    web.close()


def by(days: Days, relay: str, path: str) -> str:
    return f"http://{relay}:{days.web.port}{path}"


def rss(*entries: tuple[str, str, str], text: str = "In short.") -> Answer:
    """A feed of (link, guid, title), each with a teaser."""
    items = "".join(
        f"<item><link>{link}</link><guid isPermaLink='false'>{guid}</guid><title>{title}</title>"
        f"<description>{text}</description></item>"
        for link, guid, title in entries
    )
    return 200, {}, f'<rss version="2.0"><channel><title>Daily</title>{items}</channel></rss>'.encode()


def test_a_relays_entry_is_the_article_that_it_leads_to_and_another_feed_joins_it(days: Days) -> None:
    short = by(days, "bit.ly", "/x1")
    days.show("/social", (0, rss((short, "guid 1", "Ferry back"))))
    days.show("/daily", (0, rss()), (HOUR, rss((days.web.url("/news/ferry"), "guid 2", "Ferry back"))))
    days.show("/burned", (0, rss()), (2 * HOUR, rss((short, "guid 3", "Ferry back"))))
    days.show("/x1", (0, (301, {"Location": days.web.url("/news/ferry?utm_source=social")}, b"")))
    days.show("/news/ferry", (0, page(FERRY)))
    days.web.routes["/news/ferry?utm_source=social"] = days.web.routes["/news/ferry"]
    days.follow("/social", "/daily", "/burned")
    days.run(2 * DAY)
    (article,) = days.offered
    assert (article.key, article.text) == (days.web.url("/news/ferry"), FERRY)
    assert article.url == days.web.url("/news/ferry?utm_source=social")
    assert len(days.times("/x1")) == 1
    assert [len(days.times(feed)) > 1 for feed in ("/daily", "/burned")] == [True, True]


def test_a_relay_that_leads_nowhere_is_no_article_and_its_entry_goes_as_it_is(days: Days) -> None:
    days.show("/feed", (0, rss((by(days, "apple.news", "/A1"), "guid 1", "Ferry back"))))
    days.show("/A1", (0, page("Open this story in the app. " * 20)))
    days.follow("/feed")
    days.run(2 * DAY)
    (article,) = days.offered
    assert (article.key, article.text) == (f"{days.web.url('/feed')}#guid 1", "In short.")


def test_entries_that_share_a_relays_address_are_entries_each(days: Days) -> None:
    short = by(days, "bit.ly", "/live")
    days.show("/feed", (0, rss((short, "guid 1", "Ferry back"), (short, "guid 2", "Port open"))))
    days.show("/live", (0, (301, {"Location": days.web.url("/news/ferry")}, b"")))
    days.show("/news/ferry", (0, page(FERRY)))
    days.follow("/feed")
    days.run(HOUR)
    assert sorted(a.key.rpartition("#")[2] for a in days.offered) == ["guid 1", "guid 2"]


def test_a_relay_that_does_not_want_to_be_read_is_not(days: Days) -> None:
    days.show("/feed", (0, rss((by(days, "bit.ly", "/x1"), "guid 1", "Ferry back"))))
    days.show("/robots.txt", (0, (200, {}, b"User-agent: *\nDisallow: /x1")))
    days.show("/x1", (0, (301, {"Location": days.web.url("/news/ferry")}, b"")))
    days.show("/news/ferry", (0, page(FERRY)))
    days.follow("/feed")
    days.run(HOUR)
    (article,) = days.offered
    assert (article.text, days.times("/x1")) == ("In short.", [])


def test_a_page_behind_a_relay_whose_robots_txt_does_not_answer_for_a_while_is_asked_for_again(days: Days) -> None:
    days.show("/feed", (0, rss((by(days, "bit.ly", "/x1"), "guid 1", "Ferry back"))))
    days.show("/x1", (0, (301, {"Location": days.web.url("/news/ferry")}, b"")))
    days.show("/news/ferry", (0, page(FERRY)))
    asked: list[float] = []

    def robots(headers: dict[str, str]) -> Answer:
        if headers["host"].startswith("127.0.0.1"):
            asked.append(days.clock.now() - START)
            if asked[-1] < 600:
                return 200, {"X-Endless": "x" * 200_000}, b""  # more than is read of an answer's head
        return 200, {}, b""

    days.show("/robots.txt", (0, robots))
    days.follow("/feed")
    days.run(HOUR)
    assert asked[0] < 600 < asked[-1]
    assert [(a.text, a.completeness) for a in days.offered] == [(FERRY, "full")]
