"""Redirects to other hosts: each request there waits for its turn, and asks nothing that robots.txt denies."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from fetcher_days import page
from fetcher_days import rss as teasers
from local_web import Web
from virtual_fetching import HOUR, KEYS, START, Bureau, rss

from ingest.settings import FetchSettings
from ingest.sources.fetcher import Tact
from ingest.sources.hosts import Hosts
from ingest.store import Store

FERRY = "The ferry runs again from Monday, the operator said on Tuesday."
MANY = 12


async def here(host: str, port: int) -> list[str]:
    """Every host is the test's own server."""
    return ["127.0.0.1"]


@pytest.fixture
def bureau(store: Store) -> Iterator[Bureau]:
    web = Web()
    names = (*(f"h{n}.example" for n in range(MANY)), "far.example", "127.0.0.1")
    private = tuple(f"{name}:{web.port}" for name in names)
    # A busy machine takes long to answer; that must not pass for the time between two requests.
    yield Bureau(web, store, tact=Tact(), resolve=here, settings={"allow_private": private}, pace=0.05)
    web.close()


def at(bureau: Bureau, host: str, path: str) -> str:
    return f"http://{host}.example:{bureau.web.port}{path}"


def leading(bureau: Bureau, status: int = 302) -> list[str]:
    """Feeds of as many hosts, each of which leads to a place of its own at one host."""
    for n in range(MANY):
        bureau.answers(f"/feed/{n}", (status, {"Location": at(bureau, "far", f"/at/{n}")}, b""))
    return [at(bureau, f"h{n}", f"/feed/{n}") for n in range(MANY)]


@pytest.mark.parametrize("fetchers", [1, 2])
def test_feeds_that_lead_to_one_host_ask_it_one_after_the_other(bureau: Bureau, fetchers: int) -> None:
    for n in range(MANY):
        bureau.answers(f"/at/{n}", (200, {}, rss(f"guid {n}")))
    bureau.subscribe(*leading(bureau))
    bureau.run(120, fetchers)
    asked = sorted(moment for moment, path in bureau.asked if path.startswith("/at/"))
    assert len(asked) == bureau.articles() == MANY
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert min(gaps) > 0.95, gaps
    # Who has no turn soon is put off by as much as those before it take, and asks once more, not again and again.
    assert len(bureau.asked) - len(asked) <= 2 * MANY


def test_a_host_that_is_led_to_and_asks_for_time_is_left_alone_and_not_those_that_lead_there(bureau: Bureau) -> None:
    for n in range(MANY):
        bureau.answers(f"/at/{n}", (503, {"Retry-After": "1800"}, b""))
    first, *others = leading(bureau)
    bureau.subscribe(first)
    bureau.run(10)
    bureau.subscribe(*others, at(bureau, "h0", "/own"))
    bureau.answers("/own", (200, {}, rss("own")))
    bureau.run(1200)
    assert [path for _, path in bureau.asked if path.startswith("/at/")] == ["/at/0"]
    assert bureau.articles() == 1
    assert all(bureau.feed(feed).rhythm.failures == 0 for feed in others)


def test_a_host_that_is_led_to_gets_no_request_more_than_those_under_way_and_an_hour_of_peace(bureau: Bureau) -> None:
    for n in range(MANY):
        bureau.answers(f"/at/{n}", (503, {"Retry-After": "36000"}, b""))
    bureau.subscribe(*leading(bureau))
    bureau.tact = Tact(look=60.0, renewed=600.0, lease=1200.0)
    bureau.run(HOUR)
    assert len([path for _, path in bureau.asked if path.startswith("/at/")]) == 1
    bureau.run(600)
    assert len([path for _, path in bureau.asked if path.startswith("/at/")]) == 2


def test_time_spent_in_waiting_for_a_turn_is_not_the_servers(bureau: Bureau) -> None:
    bureau.settings["deadline_seconds"] = 3.0
    for n in range(MANY):
        bureau.answers(f"/at/{n}", (200, {}, rss(f"guid {n}")))
    bureau.subscribe(*leading(bureau))
    said = bureau.run(120)
    assert bureau.articles() == MANY
    assert [outcome for outcome in said if outcome.fate == "refused"] == []


@pytest.mark.parametrize(("denied", "host"), [("/private", "h0"), ("/", "far")])
def test_a_page_does_not_follow_to_where_robots_txt_denies_it(bureau: Bureau, denied: str, host: str) -> None:
    target = at(bureau, host, "/private/a")
    bureau.answers("/feed", teasers(("/a", "Ferry back")))
    bureau.answers("/a", (302, {"Location": target}, b""))
    bureau.answers("/private/a", page(FERRY))
    rules = f"User-agent: *\nDisallow: {denied}".encode()

    def robots(headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        return 200, {}, rules if headers["host"].startswith(host) else b""

    bureau.web.routes["/robots.txt"] = robots
    bureau.subscribe(at(bureau, "h0", "/feed"))
    said = bureau.run(HOUR)
    assert bureau.times("/a") != []
    assert bureau.times("/private/a") == []
    assert bureau.articles() == 1
    assert any("robots-denied" in outcome.detail for outcome in said)


def test_back_to_a_host_that_was_asked_on_the_way_needs_no_turn(bureau: Bureau) -> None:
    bureau.answers("/feed", (302, {"Location": at(bureau, "far", "/login")}, b""))
    bureau.answers("/login", (302, {"Location": at(bureau, "h0", "/real")}, b""))
    bureau.answers("/real", (200, {}, rss("a")))
    bureau.subscribe(at(bureau, "h0", "/feed"))
    bureau.run(60)
    assert bureau.articles() == 1
    assert [path for _, path in bureau.asked] == ["/feed", "/login", "/real"]


@pytest.mark.parametrize("way", [("h0", "far", "h0"), ("h0", "far", "h1", "far")])
def test_the_host_that_asks_for_time_is_left_alone_wherever_else_the_way_went(
    bureau: Bureau, way: tuple[str, ...]
) -> None:
    for n, host in enumerate(way[1:]):
        bureau.answers(f"/{n}", (302, {"Location": at(bureau, host, f"/{n + 1}")}, b""))
    bureau.answers(f"/{len(way) - 1}", (503, {"Retry-After": "1800"}, b""))
    bureau.subscribe(at(bureau, way[0], "/0"))
    bureau.run(10)
    for host in set(way):
        bureau.answers(f"/of/{host}", (200, {}, rss(host)))
    bureau.subscribe(*(at(bureau, host, f"/of/{host}") for host in set(way)))
    bureau.run(1200)
    assert {host for host in way if bureau.times(f"/of/{host}")} == {*way} - {way[-1]}


def test_who_leads_to_a_busy_host_asks_its_own_again_only_now_and_then(bureau: Bureau) -> None:
    bureau.answers("/at/0", (200, {}, rss("guid")))
    most, busy = FetchSettings().host_requests, 40.0
    hosts = Hosts(bureau.store.client(), KEYS, lambda: START, most=most, longest=busy)
    assert all(place.granted for place in hosts.ask([(at(bureau, "far", "/"), 0.0)] * most, patience=5.0))
    bureau.subscribe(leading(bureau)[0])
    bureau.run(120)
    asked = [path for _, path in bureau.asked]
    assert (asked.count("/at/0"), bureau.articles()) == (1, 1)
    assert bureau.times("/at/0")[0] >= busy  # only then a place is free
    assert asked.count("/feed/0") <= busy / 5 + 1
