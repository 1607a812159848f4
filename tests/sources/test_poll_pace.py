"""How often a feed is asked, and with which validators."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from itertools import count, pairwise

import msgspec
import pytest
from local_web import Answer, Web
from source_doubles import READERS
from virtual_fetching import DAY, HOUR, KEYS, START, Bureau, rss

from ingest.sources.entries import Parsed
from ingest.sources.hosts import Hosts
from ingest.sources.polling import MANNERS
from ingest.sources.schedule import PACE, Polled, Rhythm, after, delivered, unheard
from ingest.store import Store

FAR, PAST = formatdate(START + 40_000, usegmt=True), formatdate(START - 40_000, usegmt=True)


@pytest.fixture
def bureau(web: Web, store: Store) -> Bureau:
    return Bureau(web, store)


@pytest.mark.parametrize("status", [200, 304])
@pytest.mark.parametrize(
    ("headers", "wait"),
    [({"Cache-Control": "max-age=40000"}, 40_000), ({"Cache-Control": 'public, Max-Age="40000"'}, 40_000),
     ({"Cache-Control": "max-age=9999999"}, PACE.longest_floor), ({"Expires": FAR}, 40_000),
     ({"Cache-Control": "max-age=60", "Expires": FAR}, 0), ({"Cache-Control": "s-maxage=40000"}, 0),
     ({"Cache-Control": "max-age=soon"}, 0), ({"Expires": PAST}, 0), ({"Expires": "0"}, 0), ({}, 0)],
)  # fmt: skip
def test_a_feed_is_not_asked_before_its_answer_is_stale_but_for_a_day_at_most(
    bureau: Bureau, headers: Mapping[str, str], wait: float, status: int
) -> None:
    url = bureau.answers("/feed", (status, dict(headers), rss("a") if status == 200 else b""))
    bureau.subscribe(url)
    bureau.run(30)
    due = bureau.due(url)
    assert due is not None
    assert wait <= due <= wait + 30 if wait else due < 10_000


def test_the_wait_is_spread_by_a_tenth_to_both_sides() -> None:
    waits = [after(Rhythm(interval=7200.0), Polled(kind="same"), 0, chance).next_at for chance in (0.0, 0.5, 1.0)]
    assert waits[1] > 0
    assert waits[0] == pytest.approx(waits[1] * (1 - PACE.jitter))
    assert waits[2] == pytest.approx(waits[1] * (1 + PACE.jitter))
    assert 0.05 <= PACE.jitter <= 0.2


def test_the_rate_of_a_feed_is_the_same_whether_polls_or_its_hub_bring_what_is_new() -> None:
    hour = 3_600_000
    polled = brought = after(Rhythm(), Polled(kind="fresh", new=10, span=DAY), 0, 0.5)
    for at, new in zip(range(6 * hour, 400 * hour, 6 * hour), [3, 0, 5, 1] * 20, strict=False):
        polled = after(polled, Polled(kind="fresh", known=10 - new, new=new), at, 0.5)
        brought = delivered(delivered(brought, new // 2, at - 2 * hour), new - new // 2, at - hour)
        brought = after(brought, Polled(kind="fresh", known=10), at, 0.5)
    assert brought.per_day == polled.per_day > 5
    assert brought.interval == polled.interval < PACE.longest
    assert brought.arrivals > polled.arrivals  # what comes at once comes in more parts
    assert brought.gap < polled.gap
    assert brought.new_at == polled.new_at - hour


def test_a_delivery_without_news_changes_no_habit() -> None:
    habit = Rhythm(gap=HOUR, arrivals=8, new_at=5, quiet_at=6, delivered=2)
    assert delivered(habit, 0, 7) == habit


@pytest.mark.parametrize("hours", [6, 48])
def test_a_network_of_ours_that_is_away_puts_a_failing_feed_off_no_longer_than_its_own_outage_does(hours: int) -> None:
    """Such a feed has failed often, as it is asked often: by its failures alone it would wait for a month."""
    failing, now = Rhythm(interval=HOUR, answered_at=1, soft=24), round(hours * HOUR * 1000)
    wait = unheard(failing, now, 0.5).next_at - now
    assert wait == pytest.approx(max(1, hours * PACE.outage_share) * HOUR * 1000, rel=0.01)
    assert unheard(msgspec.structs.replace(failing, soft=0), now, 0.5).next_at - now <= 2000 * PACE.unheard


def test_a_feed_of_a_hundred_items_an_hour_is_asked_every_ten_minutes_at_most(bureau: Bureau) -> None:
    numbers = count()
    url = bureau.answers("/feed", lambda: (200, {}, rss(*(str(next(numbers)) for _ in range(40)))))
    bureau.subscribe(url)
    bureau.run(2 * DAY)
    gaps = [later - at for at, later in pairwise(bureau.times("/feed"))]
    assert min(gaps) >= PACE.shortest == 600
    assert gaps[-1] <= 600 * (1 + PACE.jitter) + 10


def test_a_feed_without_anything_new_is_asked_daily(bureau: Bureau) -> None:
    bureau.subscribe(bureau.answers("/feed", (200, {}, rss("a"))))
    bureau.run(30 * DAY)
    gaps = [later - at for at, later in pairwise(bureau.times("/feed"))]
    assert PACE.longest == DAY
    assert DAY / 2 < max(gaps) <= DAY * (1 + PACE.jitter) + 600


def test_validators_that_lied_are_not_sent_for_thirty_days(bureau: Bureau) -> None:
    """The server says "not modified" to its one ETag whatever has come."""
    asked: list[tuple[float, bool]] = []

    def answer(headers: dict[str, str]) -> Answer:
        since, conditional = bureau.clock.now() - START, "if-none-match" in headers
        asked.append((since, conditional))
        return (304, {}, b"") if conditional else (200, {"ETag": '"1"'}, rss(*map(str, range(int(since // HOUR) + 1))))

    bureau.web.routes["/feed"] = answer
    bureau.subscribe(bureau.web.url("/feed"))
    bureau.run(25 * DAY)
    met = next(at for at, conditional in asked[1:] if not conditional)  # the first time that it was doubted
    assert MANNERS.distrust == 30 * DAY
    assert met <= MANNERS.unconditional + 2 * DAY
    assert any(conditional for at, conditional in asked if at < met)
    assert len(asked) > 50
    assert not any(conditional for at, conditional in asked if at > met)


def test_the_same_bytes_under_a_new_etag_are_not_read_again(bureau: Bureau) -> None:
    read, numbers = [], count()

    def reading(data: bytes, hint: str | None) -> Parsed:
        read.append(data)
        return READERS.feed(data, hint)

    bureau.readers = msgspec.structs.replace(READERS, feed=reading)
    bureau.subscribe(bureau.answers("/feed", lambda: (200, {"ETag": f'"{next(numbers)}"'}, rss("a"))))
    bureau.run(5 * DAY)
    assert len(bureau.asked) > 4
    assert len(read) == 1


def test_a_host_with_all_its_places_taken_gives_none_until_one_is_given_back(store: Store) -> None:
    hosts = Hosts(store.client(), KEYS, lambda: START, most=2, longest=30.0)
    first, second, third = hosts.ask([("https://daily.example/", 0.0)] * 3, patience=5.0)
    assert (first.granted, second.granted, third.granted) == (True, True, False)
    assert hosts.ask([("https://other.example/", 0.0)], patience=5.0)[0].granted
    hosts.leave([(first, 0.0)])
    again, more = hosts.ask([("https://daily.example/", 0.0)] * 2, patience=5.0)
    assert (again.granted, more.granted) == (True, False)


def test_a_place_is_free_when_its_lease_ends_unless_it_is_kept_and_for_no_longer_than_a_request_lasts(
    store: Store,
) -> None:
    clock = [START]
    hosts = Hosts(store.client(), KEYS, lambda: clock[0], most=1, longest=21.0)

    def free(after: float) -> bool:
        clock[0] = START + after
        [place] = hosts.ask([("https://daily.example/", 0.0)], patience=0.0, lease=0.001)
        return place.granted

    [place] = hosts.ask([("https://daily.example/", 0.0)], patience=5.0, lease=9.0)
    clock[0] = START + 8
    hosts.keep([place], 9.0)
    assert [free(8.9), free(16.9)] == [False, False]
    hosts.keep([place], 9.0)
    assert [free(20.9), free(21.1)] == [False, True]


def test_a_place_that_was_lost_is_not_taken_again_by_who_had_it(store: Store) -> None:
    clock = [START]
    hosts = Hosts(store.client(), KEYS, lambda: clock[0], most=1, longest=21.0)
    [late] = hosts.ask([("https://daily.example/", 0.0)], patience=5.0, lease=9.0)
    clock[0] = START + 9.1
    [other] = hosts.ask([("https://daily.example/", 0.0)], patience=5.0, lease=9.0)
    hosts.leave([(other, 0.0)])
    hosts.keep([late], 9.0)
    assert hosts.ask([("https://daily.example/", 0.0)], patience=5.0)[0].granted


def test_a_place_in_some_seconds_is_not_free_before_its_request_begins(store: Store) -> None:
    clock = [START]
    hosts = Hosts(store.client(), KEYS, lambda: clock[0], most=1, longest=21.0)
    [first] = hosts.ask([("https://daily.example/", 4.0)], patience=5.0, lease=9.0)
    hosts.leave([(first, 0.0)])
    [soon] = hosts.ask([("https://daily.example/", 0.0)], patience=5.0)
    assert (soon.granted, soon.wait) == (True, 4.0)
    clock[0] = START + 24.9
    assert not hosts.ask([("https://daily.example/", 0.0)], patience=5.0)[0].granted
    clock[0] = START + 25.1
    assert hosts.ask([("https://daily.example/", 0.0)], patience=5.0)[0].granted
