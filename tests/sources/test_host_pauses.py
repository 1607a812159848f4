"""What a fetcher does at a host that asks for a pause; days of it in virtual time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from fetcher_days import MINUTE, Days, page
from fetcher_days import rss as teasers
from local_web import Answer, Web
from virtual_fetching import DAY, HOUR, Bureau, rss

from ingest.sources.fetcher import Tact
from ingest.store import Store

ROUGH = Tact(look=300.0, renewed=600.0, lease=1200.0)


@pytest.fixture
def bureau(store: Store) -> Iterator[Bureau]:
    web = Web()
    yield Bureau(web, store, tact=Tact())
    web.close()


@pytest.mark.parametrize(("fetchers", "requests"), [(1, 20), (2, 1)])
def test_no_request_follows_a_host_s_word_not_even_one_that_had_its_place(
    bureau: Bureau, fetchers: int, requests: int
) -> None:
    bureau.settings = {"requests": requests}
    busy = (429, {"Retry-After": "60"}, b"")
    bureau.subscribe(*(bureau.answers(f"/{n}", busy) for n in range(10)))
    bureau.run(59, fetchers=fetchers)
    assert len(bureau.asked) == 1
    bureau.run(60, fetchers=fetchers)
    assert len(bureau.asked) == 2


@pytest.mark.parametrize(("fetchers", "requests"), [(1, 20), (2, 1)])
def test_first_due_is_first_asked_where_a_host_answers_once_an_hour(
    bureau: Bureau, fetchers: int, requests: int
) -> None:
    answered = [-HOUR]

    def answer() -> Answer:
        now = bureau.asked[-1][0]
        if now - answered[-1] < HOUR:
            return 429, {"Retry-After": str(int(answered[-1] + HOUR - now) + 1)}, b""
        answered.append(now)
        return 200, {}, rss("a")

    paths = [f"/{n}" for n in range(12)]
    bureau.settings, bureau.tact = {"requests": requests}, ROUGH
    bureau.subscribe(*(bureau.answers(path, answer) for path in paths))
    bureau.run(12 * HOUR, fetchers=fetchers)
    order = [path for _, path in bureau.asked]
    assert sorted(order[:12]) == sorted(paths)
    assert len(answered) > 11


def test_no_feed_of_a_host_that_always_asks_for_time_is_asked_more_than_others(bureau: Bureau) -> None:
    bureau.tact = ROUGH
    busy = (429, {"Retry-After": "3600"}, b"")
    bureau.subscribe(*(bureau.answers(f"/{n}", busy) for n in range(10)))
    bureau.run(DAY)
    counts = Counter(path for _, path in bureau.asked)
    assert len(bureau.asked) >= 23
    assert max(counts.values()) - min(counts[f"/{n}"] for n in range(10)) <= 1


@pytest.mark.parametrize("fetchers", [1, 2])
@pytest.mark.parametrize("status", [429, 503])
def test_a_robots_txt_that_asks_for_time_has_its_host_left_alone(
    web: Web, store: Store, status: int, fetchers: int
) -> None:
    days = Days(web, store)
    days.show("/robots.txt", (0, (status, {"Retry-After": "1800"}, b"")))
    days.show("/feed", (0, teasers(("/a", "Ferry back"))))
    days.show("/other", (0, teasers(("/b", "Port open"))))
    days.follow("/feed")
    days.run(MINUTE, fetchers)
    days.follow("/other")
    days.run(28 * MINUTE, fetchers)
    assert (len(days.times("/robots.txt")), days.times("/other")) == (1, [])
    days.run(5 * MINUTE, fetchers)
    assert len(days.times("/other")) == 1


def test_a_robots_txt_that_asks_for_hours_is_not_asked_before(web: Web, store: Store) -> None:
    days = Days(web, store)
    days.show("/robots.txt", (0, (429, {"Retry-After": "14400"}, b"")), (4 * HOUR, (404, {}, b"")))
    days.show("/feed", (0, teasers(("/a", "Ferry back"))))
    days.show("/a", (0, page()))
    days.follow("/feed")
    days.run(3.9 * HOUR)
    assert (len(days.times("/robots.txt")), days.times("/a")) == (1, [])
    assert [a.completeness for a in days.offered] == ["teaser"]
    assert any(
        "robots.txt answers with status 429, too many requests; it asks to wait 14400 s" in str(outcome)
        for outcome in days.outcomes
    )
    days.run(8 * HOUR)
    assert (len(days.times("/robots.txt")), len(days.offered)) == (2, 2)
