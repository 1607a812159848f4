"""How a page is asked for: with whose credentials, how often where it leads elsewhere, and while no server answers."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from fetcher_days import MINUTE, Days, page, rss
from local_web import Answer, Web
from virtual_fetching import DAY, HOUR, START

from ingest.model import ProgressUpdate
from ingest.settings import AccessSettings
from ingest.sources.pages import PAGES
from ingest.sources.subscriptions import FEEDS, Subscription
from ingest.store import Store

FERRY = "The ferry runs again from Monday, the operator said on Tuesday."


async def here(host: str, port: int) -> list[str]:
    """Every host is the test's own server."""
    return ["127.0.0.1"]


@pytest.fixture
def days(web: Web, store: Store) -> Days:
    days = Days(web, store)
    days.resolve = here
    return days


def hosts(days: Days, *names: str) -> list[str]:
    found = [f"{name}.example:{days.web.port}" for name in names]
    days.settings = {"allow_private": tuple(found)}
    return found


def shown(days: Days, path: str) -> list[str | None]:
    """What each request for a path had in its header."""
    return [headers.get("x-api-key") for asked, headers in days.web.asked if asked == path]


@pytest.mark.parametrize(("named", "key"), [("", "one"), ("first", "one"), ("second", "two")])
def test_a_page_is_shown_what_is_for_its_host_and_of_several_what_its_feed_names(
    days: Days, tmp_path: Path, named: str, key: str
) -> None:
    own, other = hosts(days, "wire", "elsewhere")
    for name, secret in (("first", "one"), ("second", "two")):
        (tmp_path / name).write_text(secret)
        days.access[name] = AccessSettings(hosts=(own,), headers={"X-Api-Key": str(tmp_path / name)})
    days.show("/feed", (0, rss((f"http://{own}/a", "Ferry back"), (f"http://{other}/b", "Port open"))))
    days.show("/a", (0, page(FERRY)))
    days.show("/b", (0, page(f"{FERRY} The port is open.")))
    days.subscribe(f"http://{own}/feed", about=Subscription(access=named, added_at=1))
    days.run(5 * MINUTE)
    assert [article.completeness for article in days.offered] == ["full", "full"]
    assert (shown(days, "/feed"), shown(days, "/a"), shown(days, "/b")) == ([key], [key], [None])


def test_an_entry_whose_page_is_at_no_public_address_is_told_at_once_and_the_page_forgotten(days: Days) -> None:
    (own,) = hosts(days, "wire")
    days.show("/feed", (0, rss((f"http://inside.example:{days.web.port}/a", "Ferry back"))))
    days.subscribe(f"http://{own}/feed", about=Subscription(added_at=1, pages="always"))
    days.run(5 * MINUTE)
    assert [article.completeness for article in days.offered] == ["teaser"]
    days.run(21 * 24 * HOUR)
    assert [outcome.detail for outcome in days.outcomes if "could not be handled" in outcome.detail] == []
    assert days.inbox.kept(PAGES) == {}
    assert "/a" not in days.web.paths()


def test_a_delay_asked_for_by_the_host_that_pages_lead_to_lies_between_their_requests(days: Days) -> None:
    relay, outlet = hosts(days, "relay", "outlet")

    def robots(headers: dict[str, str]) -> Answer:
        return 200, {}, b"User-agent: *\nCrawl-delay: 20" if headers["host"] == outlet else b""

    days.show("/robots.txt", (0, robots))
    paths = [f"/{n}" for n in range(5)]
    days.show("/feed", (0, rss(*((f"http://{relay}/to{path}", f"Title {path}") for path in paths))))
    for path in paths:
        days.show(f"/to{path}", (0, (302, {"Location": f"http://{outlet}{path}"}, b"")))
        days.show(path, (0, page(f"{FERRY} Part {path}.")))
    days.subscribe(f"http://{relay}/feed")
    days.run(10 * MINUTE)
    asked = sorted(t for path in paths for t in days.times(path))
    assert len(days.offered) == 5
    # The first two go together: before the first has come, nobody knows where pages of that host lead.
    assert all(later - earlier >= 19.9 for earlier, later in pairwise(asked[1:]))


def test_while_no_server_answers_no_look_at_a_page_is_counted(days: Days) -> None:
    names = hosts(days, *(f"h{n}" for n in range(8)))
    away = (6 * HOUR, 40 * HOUR)  # when the page's third look, after a day, is due

    async def resolve(host: str, port: int) -> list[str]:
        if away[0] < days.clock.now() - START < away[1]:
            raise OSError("no network")
        return ["127.0.0.1"]

    days.resolve = resolve
    for n, name in enumerate(names):
        days.show(f"/{n}", (0, page(f"{FERRY} Part {n}.")))
        days.show(f"/feed/{n}", (0, rss()), (HOUR, rss((f"http://{name}/{n}", f"Title {n}"))))
    days.subscribe(*(f"http://{name}/feed/{n}" for n, name in enumerate(names)))

    def checks() -> list[int]:
        return [days.row(f"http://{name}/{n}").checks for n, name in enumerate(names)]

    days.run(6 * HOUR)
    assert (len(days.offered), checks()) == (8, [2] * 8)
    days.run(34 * HOUR)
    assert checks() == [2] * 8
    assert [o.fate for o in days.outcomes if o.where == "network"] == ["waiting"]
    days.run(6 * HOUR)
    assert checks() == [3] * 8
    assert [len(days.times(f"/{n}")) for n in range(8)] == [4] * 8


DENIED = (200, {}, b"User-agent: *\nDisallow: /a")


def follow_barred(days: Days, *, ignore_robots: bool) -> None:
    """A feed whose page robots.txt bars, polled once."""
    days.show("/robots.txt", (0, DENIED))
    days.show("/feed", (0, rss(("/a", "Ferry back"))))
    days.show("/a", (0, page(FERRY)))
    days.follow("/feed", about=Subscription(ignore_robots=ignore_robots))
    days.run(5 * MINUTE)


def says(days: Days, path: str, *, ignore_robots: bool) -> None:
    """The operator, of the feed at a path."""
    url = days.web.url(path)
    days.change(url, about=msgspec.structs.replace(days.feed(url).about, ignore_robots=ignore_robots))


def test_the_word_that_robots_txt_is_heeded_again_holds_for_pages_under_way(days: Days) -> None:
    follow_barred(days, ignore_robots=True)
    assert len(days.times("/a")) == 1
    says(days, "/feed", ignore_robots=False)
    days.run(2 * DAY)
    assert (len(days.times("/a")), len(days.times("/robots.txt"))) == (1, 1)


def test_the_word_that_robots_txt_is_ignored_holds_for_pages_that_were_barred(days: Days) -> None:
    follow_barred(days, ignore_robots=False)
    says(days, "/feed", ignore_robots=True)
    days.run(2 * HOUR)
    assert [article.completeness for article in days.offered] == ["teaser", "full"]


def test_a_feed_that_was_removed_has_no_word_about_robots_txt(days: Days) -> None:
    follow_barred(days, ignore_robots=True)
    url = days.web.url("/feed")
    days.inbox.offer([], progress=[ProgressUpdate(FEEDS, {url: None}, due={url: None})])
    days.run(2 * DAY)
    assert len(days.times("/a")) == 1


@pytest.mark.parametrize(("first", "asked"), [(True, 1), (False, 0)])
def test_of_two_feeds_that_name_a_page_the_first_speaks_of_robots_txt(days: Days, first: bool, asked: int) -> None:
    days.show("/robots.txt", (0, DENIED))
    for path in ("/feed", "/other"):
        days.show(path, (0, rss(("/a", "Ferry back"))))
    days.show("/a", (0, page(FERRY)))
    days.follow("/feed", about=Subscription(ignore_robots=first))
    days.run(1 * MINUTE)
    days.follow("/other", about=Subscription(ignore_robots=not first))
    days.run(5 * MINUTE)
    assert len(days.times("/a")) == asked
