"""What fetchers do when a feed, the inbox or they themselves fail."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from email.utils import formatdate
from typing import Any

import msgspec
import pytest
from local_web import Web
from source_doubles import READERS
from virtual_fetching import DAY, HOUR, KEYS, START, Bureau, rss

from ingest import fetching, serving, wiring
from ingest.errors import Pressure, TransientError
from ingest.model import Envelope, ProgressUpdate
from ingest.settings import ServeSettings, Settings
from ingest.sources.entries import Parsed
from ingest.sources.fetcher import Tact
from ingest.sources.pages import PAGES, Page
from ingest.sources.port import Outcome
from ingest.sources.subscriptions import FEEDS, Subscription, Unreadable
from ingest.store import Store


@pytest.fixture
def bureau(store: Store) -> Iterator[Bureau]:
    web = Web()
    yield Bureau(web, store)
    web.close()


def said(bureau: Bureau, fate: str) -> list[str]:
    return [f"{o.where}: {o.detail}" for o in bureau.outcomes if o.fate == fate]


def test_a_defect_in_the_work_on_one_feed_is_said_and_stops_no_other(bureau: Bureau) -> None:
    def read(data: bytes, hint: str | None) -> Parsed:
        if b"poison" in data:
            raise KeyError("made up")
        return READERS.feed(data, hint)

    bureau.readers = msgspec.structs.replace(READERS, feed=read)
    bad, good = bureau.answers("/bad", (200, {}, rss("poison"))), bureau.answers("/good", (200, {}, rss("a")))
    bureau.subscribe(bad, good)
    bureau.run(HOUR)
    assert 2 <= len(bureau.times("/bad")) <= 5  # tried again, and not at once
    told = said(bureau, "warning")
    assert told[0].startswith(f"{bad}: it could not be handled: KeyError: 'made up' (test_fetcher_troubles.py:")
    assert told[0].endswith("tried again in 15 min")
    assert len(told) == len(bureau.times("/bad"))
    assert len(bureau.times("/good")) >= 1
    assert bureau.articles() == 1


def test_a_subscription_that_cannot_be_read_is_named_again_and_again_and_left_as_it_is(bureau: Bureau) -> None:
    url = bureau.answers("/feed", (200, {}, rss("a")))
    bureau.subscribe(url)
    odd = b"\x93\xc1no row"
    bureau.inbox.offer([], progress=[ProgressUpdate(FEEDS, {url: odd})])
    bureau.run(HOUR)
    assert len(said(bureau, "warning")) >= 3
    assert f"{url}: it could not be handled: Unreadable" in said(bureau, "warning")[0]
    assert bureau.inbox.kept(FEEDS) == {url: odd}
    assert bureau.due(url) is not None
    with pytest.raises(Unreadable):
        bureau.feed(url)


def test_of_a_damaged_row_what_the_operator_said_is_kept(bureau: Bureau) -> None:
    url = bureau.answers("/feed", (200, {}, rss("a")))
    about = Subscription(title="Harbour", folder="Local", added_at=5, ignore_robots=True)
    bureau.subscribe(url)
    row = msgspec.msgpack.encode([about, "no rhythm"])
    bureau.inbox.offer([], progress=[ProgressUpdate(FEEDS, {url: row})])
    bureau.run(60)
    assert bureau.feed(url).about == about
    assert bureau.articles() == 1
    assert bureau.due(url) is not None


def test_an_address_that_cannot_be_taken_apart_is_said_and_stops_nothing_else(bureau: Bureau) -> None:
    url = bureau.answers("/feed", (200, {}, rss("a")))
    now = int(bureau.at * 1000)
    row = msgspec.msgpack.encode(Page(address="http://[made up/", next_at=now))
    bureau.inbox.offer([], progress=[ProgressUpdate(PAGES, {"odd": row}, due={"odd": now})])
    bureau.subscribe(url)
    bureau.run(HOUR)
    assert said(bureau, "warning")[0].startswith("odd: it could not be handled: ValueError")
    assert bureau.articles() == 1


class Troubled:
    """An inbox that takes no articles for a while; `left` how often it still refuses."""

    def __init__(self, inbox: Any, left: int, error: TransientError) -> None:
        self._inbox, self.left, self._error = inbox, left, error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inbox, name)

    def offer(
        self, offers: Sequence[Envelope], *, refused: int = 0, progress: Sequence[ProgressUpdate] = ()
    ) -> object:
        if offers and self.left:
            self.left -= 1
            raise self._error
        return self._inbox.offer(offers, refused=refused, progress=progress)


@pytest.mark.parametrize("error", [Pressure("5 articles wait", 1.0), TransientError("no answer")])
def test_a_full_inbox_or_a_store_away_is_waited_for_and_said_once_and_nothing_is_asked_twice(
    bureau: Bureau, error: TransientError
) -> None:
    bureau.settings, bureau.tact = {"host_seconds": 0.01}, Tact()
    urls = [bureau.answers(f"/{n}", (200, {}, rss(f"a{n}"))) for n in range(12)]
    bureau.subscribe(*urls)
    bureau.inbox = Troubled(bureau.inbox, 40, error)
    bureau.run(590)
    where = "inbox" if isinstance(error, Pressure) else "store"
    assert [(o.where, o.fate) for o in bureau.outcomes if o.fate in {"waiting", "resumed"}] == [
        (where, "waiting"), (where, "resumed"),
    ]  # fmt: skip
    assert bureau.articles() == 12
    assert sorted(path for _, path in bureau.asked) == sorted(f"/{n}" for n in range(12))


def test_a_fetcher_stopped_before_a_full_inbox_has_settled_nothing(bureau: Bureau) -> None:
    bureau.tact = Tact()
    url = bureau.answers("/feed", (200, {}, rss("a")))
    bureau.subscribe(url)
    inbox = bureau.inbox
    bureau.inbox = Troubled(inbox, 1_000_000, Pressure("full", 1.0))
    bureau.run(60)
    assert bureau.articles() == 0
    assert bureau.feed(url).rhythm.polled_at == 0
    bureau.inbox = inbox
    bureau.run(60)
    assert bureau.articles() == 1


def test_a_permanent_redirect_is_believed_after_days_and_taken_back_when_the_new_place_fails(bureau: Bureau) -> None:
    old = bureau.answers("/old", (301, {"Location": "/new"}, b""))
    new = bureau.answers("/new", (200, {}, rss("a")))
    bureau.subscribe(old)
    bureau.run(4 * DAY)
    assert bureau.feed(old).address == ""
    bureau.run(5 * DAY)
    assert bureau.feed(old).address == new
    asked = len(bureau.times("/old"))
    bureau.run(4 * DAY)
    assert len(bureau.times("/old")) == asked
    bureau.answers("/new", (404, {}, b""))
    bureau.answers("/old", (200, {}, rss("a", "b")))
    bureau.run(10 * DAY)
    assert bureau.feed(old).address == ""
    assert bureau.feed(old).rhythm.failures == 0
    assert bureau.articles() == 2


def test_a_redirect_of_one_day_is_not_believed_because_its_server_fails_ever_after(bureau: Bureau) -> None:
    old = bureau.answers("/old", (301, {"Location": "/new"}, b""))
    bureau.answers("/new", (200, {}, rss("a")))
    bureau.subscribe(old)
    bureau.run(DAY)
    assert bureau.feed(old).rhythm.moved_times > 1
    bureau.answers("/old", (500, {}, b""))
    bureau.run(9 * DAY)
    assert bureau.feed(old).address == ""


def test_a_new_place_that_answers_no_more_is_left_after_a_few_tries(bureau: Bureau) -> None:
    url, gone = bureau.answers("/feed", (200, {}, rss("a"))), bureau.answers("/moved", (500, {}, b""))
    bureau.subscribe(url)
    bureau.run(60)
    bureau.change(url, address=gone)
    bureau.run(2 * DAY)
    assert len(bureau.times("/moved")) == 3
    assert bureau.feed(url).rhythm.error == ""


def test_gone_is_believed_and_polled_no_more(bureau: Bureau) -> None:
    url = bureau.answers("/feed", (410, {}, b""))
    bureau.subscribe(url)
    bureau.tact = Tact(look=DAY, renewed=DAY, lease=2 * DAY)
    bureau.run(90 * DAY)
    assert len(bureau.asked) == 1
    assert "410" in bureau.feed(url).about.muted
    assert bureau.due(url) is None


@pytest.mark.parametrize(("status", "counted"), [(404, "hard"), (500, "soft"), (503, "temporary")])
def test_a_feed_that_fails_is_asked_ever_less_and_never_forgotten(bureau: Bureau, status: int, counted: str) -> None:
    url = bureau.answers("/feed", (status, {}, b""))
    bureau.subscribe(url)
    bureau.tact = Tact(look=DAY, renewed=DAY, lease=2 * DAY)
    bureau.run(365 * DAY)
    times, rhythm = bureau.times("/feed"), bureau.feed(url).rhythm
    assert 10 < len(times) < 60
    assert times[-1] - times[-2] <= 31 * DAY
    assert times[-1] > 330 * DAY
    assert {kind: getattr(rhythm, kind) for kind in ("hard", "soft", "temporary")} == {
        "hard": 0, "soft": 0, "temporary": 0, counted: len(times)
    }  # fmt: skip
    bureau.answers("/feed", (200, {}, rss("a")))
    bureau.run(40 * DAY)
    assert bureau.articles() == 1
    assert bureau.feed(url).rhythm.failures == 0


def test_a_wait_may_be_asked_for_as_a_date_too(bureau: Bureau) -> None:
    until = formatdate(START + 2 * HOUR, usegmt=True)
    url = bureau.answers("/feed", (429, {"Retry-After": until}, b""))
    bureau.subscribe(url)
    bureau.run(4 * HOUR)
    assert bureau.times("/feed")[1] >= 2 * HOUR


def test_what_cannot_be_read_is_an_error_also_where_the_server_says_not_modified(bureau: Bureau) -> None:
    seen: list[Any] = []

    def answer(headers: Any) -> Any:
        seen.append(headers.get("if-none-match"))
        return (304, {}, b"") if headers.get("if-none-match") == '"bad"' else (200, {"ETag": '"bad"'}, b"<html>")

    bureau.web.routes["/feed"] = answer
    url = bureau.web.url("/feed")
    bureau.subscribe(url)
    bureau.run(6 * HOUR)
    assert len(seen) > 1
    assert bureau.feed(url).rhythm.hard == len(seen)


def test_a_feed_gone_quiet_against_its_habit_is_reported_once(bureau: Bureau) -> None:
    fresh = iter(range(10_000))
    url = bureau.answers("/feed", lambda: (200, {}, rss(f"a{next(fresh)}")))
    bureau.subscribe(url)
    bureau.run(DAY)
    bureau.answers("/feed", (200, {}, rss("a0")))
    bureau.run(20 * DAY)
    assert len([line for line in said(bureau, "warning") if "gone quiet" in line]) == 1
    assert bureau.feed(url).rhythm.quiet_at


def test_a_feed_muted_or_removed_while_it_is_polled_stays_so(bureau: Bureau) -> None:
    def muting() -> Any:
        row = bureau.feed(url)
        about = msgspec.structs.replace(row.about, muted="for now")
        bureau.change(url, about=about)
        bureau.store.client().zrem(KEYS.due(FEEDS), url)
        return 200, {}, rss("a")

    url = bureau.answers("/feed", muting)
    bureau.subscribe(url)
    bureau.run(5 * HOUR)
    assert len(bureau.asked) == 1
    assert bureau.feed(url).about.muted == "for now"
    assert bureau.due(url) is None


def test_a_night_without_a_network_is_no_failure_of_any_feed(bureau: Bureau) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        if bureau.clock.now() < START + 10 * HOUR:
            raise OSError("no network")
        return ["127.0.0.1"]

    bureau.resolve, bureau.tact = resolve, Tact(look=60.0, renewed=60.0, lease=120.0)
    hosts = [f"h{n}.example.org:{bureau.web.port}" for n in range(8)]
    bureau.settings = {"allow_private": tuple(hosts)}
    bureau.answers("/feed", (200, {}, rss("a")))
    urls = [f"http://{host}/feed" for host in hosts]
    bureau.subscribe(*urls)
    bureau.run(10 * HOUR + 1200)
    assert [o.fate for o in bureau.outcomes if o.where == "network"] == ["waiting", "resumed"]
    answered = [url for url in urls if bureau.feed(url).rhythm.answered_at]
    assert len(answered) >= 4  # all but those that failed before it was clear
    assert bureau.articles() == len(answered)
    assert max(bureau.feed(url).rhythm.failures for url in urls) <= 1


def test_who_is_told_to_stop_waits_no_longer_for_a_store_that_hangs(valkey: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(fetching, "_LEAVING", 0.1)
    server, stop = valkey.client().info("server")["process_id"], threading.Event()

    async def run() -> None:
        with wiring.opened(Settings(store=valkey.url)) as installation:
            installation.intake()
            async with fetching.fetching(installation, READERS, stop, lambda outcome: None) as built:
                os.kill(server, signal.SIGSTOP)
                asyncio.get_running_loop().call_later(0.1, stop.set)  # the first look is under way
                await asyncio.wait_for(built.fetcher.run(), 20)
                built.tally.outcome(Outcome(where="a", fate="accepted"))  # to be written at the end

    try:
        asyncio.run(run())
    finally:
        os.kill(server, signal.SIGCONT)


@pytest.mark.parametrize("path", ["/health/ready", "/metrics"])
def test_a_server_that_is_told_to_stop_waits_no_longer_for_a_store_that_hangs(
    valkey: Any, monkeypatch: Any, path: str
) -> None:
    monkeypatch.setattr(fetching, "_LEAVING", 0.1)
    server, stop = valkey.client().info("server")["process_id"], threading.Event()
    statuses: list[int] = []
    asking: list[threading.Thread] = []

    def ask(line: str) -> None:
        host, _, port = line.partition("http://")[2].partition(";")[0].partition(":")
        with closing(http.client.HTTPConnection(host, int(port), timeout=20)) as connection:
            connection.request("GET", "/health/live")
            assert connection.getresponse().read() == b"live"
            os.kill(server, signal.SIGSTOP)
            threading.Timer(0.5, stop.set).start()  # the question has come by then
            connection.request("GET", path)
            statuses.append(connection.getresponse().status)

    def say(line: str) -> None:
        asking.append(threading.Thread(target=ask, args=(line,)))
        asking[0].start()

    settings = Settings(store=valkey.url, serve=ServeSettings(port=0))
    try:
        asyncio.run(asyncio.wait_for(serving.serve(settings, stop, say), 20))
    finally:
        os.kill(server, signal.SIGCONT)
    asking[0].join(20)
    assert statuses == [503]
