"""Hubs are asked politely as well: spaced, and not while they ask for time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import parse_qsl

import pytest
from local_web import Answer, Web
from virtual_fetching import DAY, HOUR, Bureau, rss

from ingest.sources.fetcher import Tact
from ingest.sources.leaving import LEAVING, given_up
from ingest.sources.websub import Push
from ingest.store import Store

MANY = 8
COARSE = Tact(look=300.0, renewed=600.0, lease=1200.0)


async def here(host: str, port: int) -> list[str]:
    """Every host is the test's own server."""
    return ["127.0.0.1"]


@pytest.fixture
def bureau(store: Store) -> Iterator[Bureau]:
    web = Web()
    private = tuple(f"{name}.example:{web.port}" for name in (*(f"h{n}" for n in range(MANY)), "hub"))
    settings = {"allow_private": private, "callback_url": "https://our.example"}
    # A busy machine takes long to answer; that must not pass for the time between two requests.
    yield Bureau(web, store, tact=Tact(), resolve=here, settings=settings, pace=0.05)
    web.close()


def at(bureau: Bureau, host: str, path: str) -> str:
    return f"http://{host}.example:{bureau.web.port}{path}"


def feeds(bureau: Bureau, hub: str = "hub") -> list[str]:
    """One at each host, all with one hub."""
    links = f'<a:link rel="hub" href="{at(bureau, hub, "/hub")}"/>'
    head = '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel>' + links
    body = rss("a").replace(b'<rss version="2.0"><channel>', head.encode())
    for n in range(MANY):
        bureau.answers(f"/feed/{n}", (200, {}, body))
    return [at(bureau, f"h{n}", f"/feed/{n}") for n in range(MANY)]


def topics(bureau: Bureau) -> list[str]:
    """What the hub was asked for."""
    return [dict(parse_qsl(body.decode()))["hub.topic"] for body in bureau.web.posted]


@pytest.mark.parametrize("fetchers", [1, 2])
def test_feeds_that_name_one_hub_ask_it_one_after_the_other(bureau: Bureau, fetchers: int) -> None:
    bureau.answers("/hub", (202, {}, b""))
    urls = feeds(bureau)
    bureau.subscribe(*urls)
    bureau.run(5 * HOUR, fetchers)
    assert sorted(topics(bureau)) == sorted(urls)
    gaps = [later - earlier for earlier, later in pairwise(sorted(bureau.times("/hub")))]
    assert min(gaps) > 0.8, gaps


def test_a_hub_that_asks_for_time_is_asked_again_not_before_and_that_is_said(bureau: Bureau) -> None:
    bureau.answers("/hub", (429, {"Retry-After": "36000"}, b""))
    bureau.subscribe(feeds(bureau)[0])
    bureau.tact = COARSE
    said = [outcome.detail for outcome in bureau.run(9.9 * HOUR) if outcome.fate == "warning"]
    assert len(bureau.times("/hub")) == 1
    assert [detail.endswith("too many requests; it asks to wait 36000 s; it is polled") for detail in said] == [True]
    bureau.run(20 * HOUR)
    assert 2 <= len(bureau.times("/hub")) <= 3


@pytest.mark.parametrize("fetchers", [1, 2])
def test_a_hub_that_asks_one_feed_for_time_gets_it_from_all(bureau: Bureau, fetchers: int) -> None:
    def answer() -> Answer:
        return (202, {}, b"") if len(bureau.times("/hub")) > 1 else (503, {"Retry-After": "1800"}, b"")

    bureau.answers("/hub", answer)
    urls = feeds(bureau)
    bureau.subscribe(*urls)
    bureau.run(1790, fetchers)
    assert len(bureau.times("/hub")) == 1
    bureau.run(5 * HOUR, fetchers)
    assert set(topics(bureau)) >= set(urls) - set(topics(bureau)[:1])


def test_a_hub_at_the_feed_s_own_host_has_the_host_left_alone(bureau: Bureau) -> None:
    bureau.answers("/hub", (429, {"Retry-After": "1800"}, b""))
    bureau.subscribe(feeds(bureau, hub="h0")[0])
    bureau.run(10)
    bureau.answers("/own", (200, {}, rss("own")))
    bureau.subscribe(at(bureau, "h0", "/own"))
    bureau.run(1700)
    assert (len(bureau.times("/hub")), bureau.times("/own")) == (1, [])
    bureau.run(300)
    assert len(bureau.times("/own")) == 1


def test_a_hub_that_is_left_and_asks_for_time_is_left_alone(bureau: Bureau) -> None:
    bureau.answers("/hub", (429, {"Retry-After": "36000"}, b""))
    now = int(bureau.at * 1000)
    for name in ("one", "two"):
        push = Push(name, "s", at(bureau, "hub", "/hub"), "https://feed.example/", until=now + 30 * 86_400_000)
        bureau.inbox.offer([], progress=given_up(push, now))
    bureau.run(0.9 * HOUR)
    assert len(bureau.times("/hub")) == 1
    bureau.tact = COARSE
    bureau.run(9 * HOUR)
    assert len(bureau.times("/hub")) == 2  # each once
    bureau.run(3 * DAY)
    assert len(bureau.times("/hub")) == 6
    assert bureau.inbox.kept(LEAVING) == {}
