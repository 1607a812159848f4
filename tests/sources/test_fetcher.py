"""Fetchers on a real schedule, on a real server; the web is a local one, the clock is the test's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from local_web import Web
from source_doubles import READERS, ImpatientStop
from virtual_time import VirtualClock, run_virtually

from ingest.fetching import assemble
from ingest.inbox.redis import RedisInbox
from ingest.ledger.keys import Keys
from ingest.model import ProgressUpdate
from ingest.settings import FetchSettings, Settings
from ingest.sources.fetcher import Tact
from ingest.sources.http import Http
from ingest.sources.port import Outcome
from ingest.sources.subscriptions import FEEDS, Feed, Subscription, decode, encode
from ingest.store import Store

KEYS = Keys("main")


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.close()


@pytest.fixture
def inbox(store: Store) -> RedisInbox:
    return RedisInbox(store.client(), KEYS)


def subscribe(inbox: RedisInbox, now: float, *urls: str) -> None:
    row = encode(Feed(about=Subscription(added_at=1)))
    due = dict.fromkeys(urls, int(now * 1000))
    inbox.offer([], progress=[ProgressUpdate(FEEDS, dict.fromkeys(urls, row), due=due)])


class Span(ImpatientStop):
    """Stops when the clock has gone so far."""

    def __init__(self, clock: VirtualClock, seconds: float) -> None:
        super().__init__()
        self._clock, self._until = clock, START + seconds

    def is_set(self) -> bool:
        return self._clock.now() >= self._until


START = 1_718_700_000.0


def fetch_for(seconds: float, web: Web, inbox: RedisInbox, store: Store, *urls: str) -> list[Outcome]:
    """What a fetcher says in a span of time that passes in no time."""
    outcomes: list[Outcome] = []

    async def run() -> None:
        clock = VirtualClock(START)
        clock.begin()
        subscribe(inbox, START, *urls)
        settings = FetchSettings(allow_private=(f"127.0.0.1:{web.port}",))
        async with Http(settings) as http:
            built = assemble(
                Settings(fetch=settings),
                http=http,
                inbox=inbox,
                client=store.client(),
                keys=KEYS,
                readers=READERS,
                clock=clock,
                stop=Span(clock, seconds),
                report=outcomes.append,
                tact=Tact(look=600.0, renewed=600.0, lease=1200.0),
            )
            await built.fetcher.run()

    run_virtually(run())
    return outcomes


def rss(*guids: str) -> bytes:
    items = "".join(f"<item><guid>{g}</guid><title>Title {g}</title></item>" for g in guids)
    return f'<rss version="2.0"><channel><title>Daily</title>{items}</channel></rss>'.encode()


def test_a_subscribed_feed_is_polled_again_and_again(web: Web, inbox: RedisInbox, store: Store) -> None:
    url = web.url("/feed")
    web.routes["/feed"] = (200, {"ETag": '"1"'}, rss("a", "b"))
    outcomes = fetch_for(6 * 3600, web, inbox, store, url)
    assert [o.fate for o in outcomes if o.fate != "unchanged"] == ["accepted", "accepted"]
    assert 3 <= len(web.asked) <= 8
    assert decode(inbox.kept(FEEDS)[url]).rhythm.interval > 1800
    assert store.client().xlen(KEYS.inbox) == 2
