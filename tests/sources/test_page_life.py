"""A page's life, from the feed that names it to its last re-check, on a real schedule."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from fetcher_days import MINUTE, Days, page, rss
from local_web import Answer, Web
from source_doubles import READERS, read_page
from virtual_fetching import DAY, HOUR

from ingest.model import Extracted
from ingest.sources.pages import CHECKS
from ingest.sources.subscriptions import Subscription
from ingest.sources.visits import hash_of
from ingest.sources.wanted import LEARNING
from ingest.store import Store

FERRY = "The ferry runs again from Monday, the operator said on Tuesday."


def near(times: list[float], *expected: float) -> bool:
    """Within the jitter, and the seconds that requests to one host are apart."""
    return len(times) == len(expected) and all(abs(t - e) <= 0.11 * e + 5 for t, e in zip(times, expected, strict=True))


def since_first(times: list[float]) -> list[float]:
    return [at - times[0] for at in times]


def test_an_entry_goes_with_the_text_of_its_page_and_the_feeds_title_date_and_outlet(days: Days) -> None:
    days.show("/feed", (0, rss(("/a", "Ferry back"))))
    days.show("/a", (0, page(FERRY)))
    days.follow("/feed", about=Subscription(outlet="Ferry News"))
    days.run(5 * MINUTE)
    (article,) = days.offered
    assert (article.text, article.completeness, article.backfill) == (FERRY, "full", True)
    assert (article.key, article.source) == (days.web.url("/a"), days.web.url("/feed"))
    assert (article.outlet, article.published.at if article.published else 0) == ("Ferry News", 1718701200000)
    assert [path for path in days.web.paths() if path != "/robots.txt"] == ["/feed", "/a"]


def test_a_page_is_asked_again_after_minutes_an_hour_a_day_and_three_and_then_forgotten(days: Days) -> None:
    def answer(headers: dict[str, str]) -> Answer:
        return (304, {}, b"") if headers.get("if-none-match") == '"1"' else page(FERRY, ETag='"1"')

    days.show("/feed", (0, rss()), (HOUR, rss(("/a", "Ferry back"))))
    days.show("/a", (0, answer))
    days.follow("/feed")
    days.run(14 * DAY)
    day = 600 + 3600 + DAY
    assert near(since_first(days.times("/a")), 0, 600, 600 + 3600, day, day + 3 * DAY)
    conditions = [headers.get("if-none-match") for path, headers in days.web.asked if path == "/a"]
    assert conditions[:3] == [None, '"1"', '"1"']
    assert len(days.offered) == 1
    assert days.page("/a").named_at == 0, "its row outlives its use"


def test_a_page_that_was_old_when_its_feed_was_first_read_is_not_watched_by_the_minute(days: Days) -> None:
    days.show("/feed", (0, rss(("/a", "Ferry back"))))
    days.show("/a", (0, page(FERRY)))
    days.follow("/feed")
    days.run(12 * DAY)
    assert near(since_first(days.times("/a")), 0, DAY, 4 * DAY)


def test_a_changed_text_is_a_new_version_and_blanks_are_not(days: Days) -> None:
    more = page(f"{FERRY} Tickets cost 12.")
    answers = [page(FERRY), page(FERRY.replace(" again ", "  again\n")), more]
    days.show("/feed", (0, rss()), (HOUR, rss(("/a", "Ferry back"))))
    days.show("/a", (0, lambda headers: answers.pop(0) if len(answers) > 1 else answers[0]))
    days.follow("/feed")
    days.run(8 * DAY)
    assert [article.text for article in days.offered] == [FERRY, f"{FERRY} Tickets cost 12."]
    assert len({article.key for article in days.offered}) == 1
    assert [article.outlet for article in days.offered] == ["Daily", "Daily"]
    times = days.times("/a")
    assert near([times[3] - times[2]], 600), "it is not watched again"


def test_a_page_that_never_stands_still_is_asked_a_bounded_number_of_times(days: Days) -> None:
    days.show("/feed", (0, rss(("/a", "Live"))))
    days.show("/a", (0, lambda headers: page(f"{FERRY} It is {days.clock.now():.0f} now.")))
    days.follow("/feed")
    days.run(14 * DAY)
    assert len(days.times("/a")) <= 1 + CHECKS.near + len(CHECKS.again)


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_gone_for_hours_withdraws_its_article_once_and_is_asked_for_some_days_more(
    days: Days, status: int
) -> None:
    days.show("/feed", (0, rss()), (HOUR, rss(("/a", "Ferry back"))))
    days.show("/a", (0, page(FERRY)), (DAY, (status, {}, b"")))
    days.follow("/feed")
    days.run(14 * DAY)
    article, withdrawal = days.offered
    assert withdrawal.withdraws is not None
    assert (withdrawal.withdraws.by, withdrawal.key, withdrawal.text) == ("gone", article.key, "")
    waits = [later - at for at, later in pairwise(days.times("/a"))]
    assert all(near([wait], asked) for wait, asked in zip(waits[-4:], CHECKS.gone + CHECKS.back, strict=True))
    assert any("asked again before" in line for line in days.said("warning"))
    assert days.page("/a").offered == ""  # forgotten, long after the last request


def test_a_page_that_was_gone_and_is_back_is_offered_again_with_the_text_that_it_had(days: Days) -> None:
    days.show("/feed", (0, rss()), (HOUR, rss(("/a", "Ferry back"))))
    days.show("/a", (0, page(FERRY)), (DAY, (404, {}, b"")), (2.5 * DAY, page(FERRY)))
    days.follow("/feed")
    days.run(9 * DAY)
    first, withdrawal, back = days.offered
    assert withdrawal.withdraws is not None
    assert (back.key, back.text, back.title, back.from_page) == (first.key, FERRY, first.title, True)


@pytest.mark.parametrize("answer", [(403, {}, b""), (451, {}, b""), page("")])
def test_nothing_is_said_of_a_withdrawn_page_that_is_there_but_not_for_us(days: Days, answer: Answer) -> None:
    """Its entry has lost its text to that of the page: offered, it would be an article without one."""
    days.show("/feed", (0, rss()), (HOUR, rss(("/a", "Ferry back"))))
    days.show("/a", (0, page(FERRY)), (DAY, (404, {}, b"")), (2.5 * DAY, answer))
    days.follow("/feed")
    days.run(12 * DAY)
    article, withdrawal = days.offered
    assert (article.text, withdrawal.withdraws is not None) == (FERRY, True)


def test_an_evening_without_a_sites_pages_takes_none_of_its_articles_back(days: Days) -> None:
    """Its hours are those of the re-checks, which are spread: as many as an evening holds find nothing."""
    answers = [page(FERRY)] * 3 + [(404, {}, b"")] * len(CHECKS.gone) + [page(FERRY)]
    days.show("/feed", (0, rss()), (HOUR, rss(("/a", "Ferry back"))))
    days.show("/a", (0, lambda headers: answers.pop(0) if len(answers) > 1 else answers[0]))
    days.follow("/feed")
    days.run(9 * DAY)
    assert len(answers) == 1
    assert len(days.offered) == 1
    assert len(days.said("warning")) == len(CHECKS.gone)


def test_a_page_missing_once_is_not_withdrawn(days: Days) -> None:
    days.show("/feed", (0, rss(("/a", "Ferry back"))))
    answers = [page(FERRY), (404, {}, b""), page(FERRY), (410, {}, b""), page(FERRY)]
    days.show("/a", (0, lambda headers: answers.pop(0)))
    days.follow("/feed")
    days.run(9 * DAY)
    assert answers == []
    assert len(days.offered) == 1


def test_a_teaser_waits_an_hour_for_a_page_that_fails_and_is_replaced_when_it_comes(days: Days) -> None:
    days.show("/feed", (0, rss(("/a", "Ferry back"))))
    days.show("/a", (0, (503, {}, b"")), (90 * MINUTE, page(FERRY)))
    days.follow("/feed")
    days.run(55 * MINUTE)
    assert days.offered == []
    assert len(days.times("/a")) >= 3
    days.run(10 * MINUTE)
    assert [(a.text, a.title, a.completeness) for a in days.offered] == [("In short.", "Ferry back", "teaser")]
    days.run(3 * HOUR)
    assert [(a.text, a.completeness) for a in days.offered[1:]] == [(FERRY, "full")]
    assert len({a.key for a in days.offered}) == 1


def test_a_teaser_does_not_wait_for_a_page_that_robots_txt_denies(days: Days) -> None:
    days.show("/robots.txt", (0, (200, {}, b"User-agent: *\nDisallow: /a")))
    days.show("/feed", (0, rss(("/a", "Ferry back"), ("/b", "Port open"))))
    days.show("/b", (0, page(FERRY)))
    days.follow("/feed")
    days.run(5 * MINUTE)
    assert sorted((a.title, a.completeness) for a in days.offered) == [("A page", "full"), ("Ferry back", "teaser")]
    assert days.times("/a") == []


def test_the_operators_word_goes_before_robots_txt(days: Days) -> None:
    days.show("/robots.txt", (0, (200, {}, b"User-agent: *\nDisallow: /")))
    days.show("/feed", (0, rss(("/a", "Ferry back"))))
    days.show("/a", (0, page(FERRY)))
    days.follow("/feed", about=Subscription(ignore_robots=True))
    days.run(5 * MINUTE)
    assert [a.completeness for a in days.offered] == ["full"]
    assert days.times("/robots.txt") == []


def test_the_delay_that_robots_txt_asks_for_lies_between_pages(days: Days) -> None:
    days.show("/robots.txt", (0, (200, {}, b"User-agent: *\nCrawl-delay: 20")))
    paths = [f"/{n}" for n in range(5)]
    days.show("/feed", (0, rss(*((path, f"Title {path}") for path in paths))))
    for path in paths:
        days.show(path, (0, page(f"{FERRY} Part {path}.")))
    days.follow("/feed")
    days.run(10 * MINUTE)
    asked = sorted(t for path in paths for t in days.times(path))
    assert len(days.offered) == 5
    assert all(later - earlier >= 19.9 for earlier, later in pairwise(asked))


def test_a_page_that_is_no_article_is_no_version_of_it(days: Days) -> None:
    challenge = (403, {"cf-mitigated": "challenge"}, b"<html><body><p>One moment.</p></body></html>")
    days.show("/feed", (0, rss(("/a", "Ferry back"), ("/b", "Port open"))))
    days.show("/a", (0, challenge))
    days.show("/b", (0, page(FERRY)), (HOUR, (200, *challenge[1:])))
    days.follow("/feed")
    days.run(6 * DAY)
    assert sorted((a.title, a.text) for a in days.offered) == [("A page", FERRY), ("Ferry back", "In short.")]
    assert any("bot-challenge" in line for line in days.said("refused"))


def test_ten_feeds_that_name_a_page_fetch_it_once(days: Days) -> None:
    feeds = [f"/feed{n}" for n in range(10)]
    for feed in feeds:
        days.show(feed, (0, rss((f"/a?from={feed[1:]}", f"Ferry back, says {feed}"))))
        days.show(f"/a?from={feed[1:]}", (0, page(FERRY)))
    days.follow(*feeds)
    days.run(30 * MINUTE)
    assert sum(path.startswith("/a") for path in days.web.paths()) == 1
    assert [(a.text, a.completeness) for a in days.offered] == [(FERRY, "full")]


def test_a_feed_whose_pages_say_no_more_is_read_without_them(days: Days) -> None:
    days.show("/robots.txt", (0, (200, {}, b"User-agent: *\nDisallow: /n")))
    first = [(f"/n{n}", f"Title {n}") for n in range(9)]
    # One in ten is tried all the same, by its address, in which the test's port stands.
    late = next(path for path in map("/n/late{}".format, range(99)) if hash_of(days.web.url(path))[0] % LEARNING.probe)
    days.show("/feed", (0, rss(*first)), (HOUR, rss((late, "Late"))))
    days.follow("/feed")
    days.run(3 * HOUR)
    assert sum("waits for its page" in line for line in days.said("unchanged")) == 9, "the late one waited too"
    assert [a.title for a in days.offered][-1] == "Late"


@pytest.mark.parametrize("offer", range(3))
def test_an_offer_that_breaks_loses_no_entry_and_doubles_none(days: Days, offer: int) -> None:
    days.show("/feed", (0, rss(("/a", "Ferry back"), ("/b", "Port open"))))
    days.show("/a", (0, page(f"{FERRY} One.")))
    days.show("/b", (0, page(f"{FERRY} Two.")))
    days.follow("/feed")
    real, count = days.inbox.offer, 0

    def offering(*given: object, **more: object) -> object:
        nonlocal count
        count += 1
        if count == offer + 1:
            raise RuntimeError("broken")
        return real(*given, **more)

    days.inbox.offer = offering
    days.run(HOUR / 2)
    assert count > offer
    assert sorted(a.text for a in days.offered) == [f"{FERRY} One.", f"{FERRY} Two."]


def test_an_address_that_leads_to_another_is_one_article_with_it(days: Days) -> None:
    days.show("/feed", (0, rss(("/short", "Ferry back"), ("/news/ferry", "Ferry back"))))
    days.show("/short", (0, (302, {"Location": "/news/ferry"}, b"")))
    days.show("/news/ferry", (0, page(FERRY)))
    days.follow("/feed")
    days.run(6 * DAY)
    assert [a.key for a in days.offered] == [days.web.url("/news/ferry")]
    assert len(days.times("/short")) == 1, "it is watched under both addresses"


def test_one_canonical_link_on_every_page_of_a_site_loses_no_article(web: Web, store: Store) -> None:
    def front(data: bytes, url: str | None) -> Extracted:
        return msgspec.structs.replace(read_page(data, url), url=web.url("/news"))

    days = Days(web, store, msgspec.structs.replace(READERS, html=front))
    days.show("/feed", (0, rss(("/a", "Ferry back"), ("/b", "Port open"))))
    days.show("/a", (0, page(f"{FERRY} One.")))
    days.show("/b", (0, page(f"{FERRY} Two.")))
    days.follow("/feed")
    days.run(HOUR)
    assert sorted(a.text for a in days.offered) == [f"{FERRY} One.", f"{FERRY} Two."]
    assert len({a.key for a in days.offered}) == 2


def test_a_page_whose_entry_says_more_is_not_taken_for_the_article(days: Days) -> None:
    text = "The ferry runs again from Monday. " * 4
    days.show("/feed", (0, rss(("/a", "Ferry back"), text=text)))
    days.show("/a", (0, page("Subscribe to read on.")))
    days.follow("/feed")
    days.run(HOUR / 4)
    assert [(a.text, a.completeness) for a in days.offered] == [(text.strip(), "teaser")]


def test_what_a_fetcher_left_between_feed_and_page_is_done_by_the_next(days: Days) -> None:
    days.show("/feed", (0, rss(("/a", "Ferry back"))))
    days.show("/a", (0, page(FERRY)))
    days.follow("/feed")
    days.run(2)
    assert (days.offered, days.times("/a")) == ([], [])
    days.run(MINUTE)
    assert [a.text for a in days.offered] == [FERRY]
    assert len(days.times("/feed")) == 1


def test_a_key_in_the_address_of_a_feed_is_in_no_line_that_is_said(days: Days) -> None:
    feed, entries = "/feed?api_key=S3CRET", rss(("/a?token=S3CRET", "Ferry"), ("", "Bridge"))
    days.show(feed, (0, entries), (HOUR, (404, {}, b"")), (2 * HOUR, (200, {}, b"no feed")), (DAY, (410, {}, b"")))
    days.show("/a?token=S3CRET", (0, page()), (HOUR, (403, {}, b"")))
    days.follow(feed)
    days.run(3 * DAY)
    said = [str(outcome) for outcome in days.outcomes]
    assert {outcome.fate for outcome in days.outcomes} >= {"accepted", "unchanged", "refused", "warning"}
    assert not [line for line in said if "S3CRET" in line]
    assert any("/feed?api_key=***" in line for line in said)
