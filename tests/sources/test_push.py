"""WebSub from a feed's poll to the inbox: a real hub on a real port, the real server, the real parser in its child."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
from local_hub import Hub
from local_web import Web
from virtual_fetching import DAY, HOUR, Bureau, rss

from ingest import serving
from ingest.inbox.envelope import decode
from ingest.model import ProgressUpdate
from ingest.normalise.urls import canonical
from ingest.settings import FetchSettings, ServeSettings, Settings
from ingest.sources.catalogue import Catalogue
from ingest.sources.leaving import LEAVING
from ingest.sources.subscriptions import FEEDS, Subscription, encode
from ingest.sources.websub import Push
from ingest.store import Store


@pytest.fixture
def hub() -> Iterator[Hub]:
    made = Hub()
    yield made
    made.close()


@pytest.fixture
def callback(store: Store, valkey: Any) -> Iterator[str]:
    """The address of a real `ingest serve` on the store."""
    stop, ready, said = threading.Event(), threading.Event(), []
    settings = Settings(store=valkey.url, serve=ServeSettings(port=0), fetch=FetchSettings(max_bytes=100_000))

    def note(line: str) -> None:
        said.append(line.partition("http://")[2].partition(";")[0])
        ready.set()

    server = threading.Thread(target=lambda: asyncio.run(serving.serve(settings, stop, note)))
    server.start()
    assert ready.wait(30)
    yield f"http://{said[0]}"
    stop.set()
    server.join()


@pytest.fixture
def bureau(store: Store, hub: Hub, callback: str) -> Iterator[Bureau]:
    web = Web()
    private = (f"127.0.0.1:{web.port}", hub.netloc)
    # The server has the real clock: the fetcher's begins there.
    yield Bureau(web, store, settings={"allow_private": private, "callback_url": callback}, at=time.time())
    web.close()


def feed(hub: Hub, topic: str, *guids: str) -> bytes:
    links = f'<a:link rel="hub" href="{hub.url}"/><a:link rel="self" href="{topic}"/>'
    head = '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel>' + links
    return rss(*guids).replace(b'<rss version="2.0"><channel>', head.encode())


def subscribed(bureau: Bureau, hub: Hub, *guids: str) -> str:
    """A feed that was polled once, found its hub, and got the challenge."""
    url = bureau.web.url("/feed")
    bureau.answers("/feed", lambda: (200, {}, feed(hub, url, *guids)))
    bureau.subscribe(url)
    bureau.run(60)
    assert len(hub.asked) == 1
    return url


def keys(bureau: Bureau) -> list[str]:
    entries: Any = bureau.store.client().xrange("sw:{main}:in")
    return [decode(fields[b"e"]).key for _, fields in entries]


def test_a_hub_that_a_feed_names_is_asked_and_believed_after_its_challenge(bureau: Bureau, hub: Hub) -> None:
    url = subscribed(bureau, hub, "a")
    asked = hub.asked[0]
    assert (asked["hub.mode"], asked["hub.topic"]) == ("subscribe", url)
    assert len(asked["hub.callback"].rpartition("/")[2]) >= 32
    answer = hub.challenge()
    assert (answer.status_code, answer.text) == (200, "<c>")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert bureau.feed(url).push.until > 0
    assert hub.challenge(**{"hub.topic": "https://other.example/"}).status_code == 404
    assert hub.challenge(**{"hub.mode": "unsubscribe"}).status_code == 404


def test_a_hub_in_the_header_is_asked_before_the_one_in_the_feed_and_stays_when_nothing_changes(
    bureau: Bureau, hub: Hub
) -> None:
    url = bureau.web.url("/feed")
    other = feed(hub, "https://daily.example/self", "a").replace(hub.url.encode(), b"https://hub.example/")
    said = {"Link": f'<{hub.url}>; rel="hub", </feed?a=1,2>; rel=self', "ETag": '"1"'}
    bureau.answers("/feed", lambda: (200, said, other))
    bureau.subscribe(url)
    bureau.run(60)
    assert [asked["hub.topic"] for asked in hub.asked] == [f"{url}?a=1,2"]
    hub.challenge()
    push = bureau.feed(url).push
    bureau.answers("/feed", lambda: (304, {"Link": "<https://hub.example/>; rel=hub"}, b""))
    bureau.run(12 * HOUR)
    assert len(bureau.web.paths()) > 1
    assert bureau.feed(url).push == push


def test_relative_addresses_of_the_hub_and_of_the_feed_start_from_where_the_feed_was_found(
    bureau: Bureau, hub: Hub
) -> None:
    url, near = bureau.web.url("/news/feed"), f"//{hub.netloc}/".encode()
    bureau.answers("/news/feed", lambda: (200, {}, feed(hub, "feed?self", "a").replace(hub.url.encode(), near)))
    bureau.subscribe(url)
    bureau.run(60)
    assert [asked["hub.topic"] for asked in hub.asked] == [f"{url}?self"]


def test_what_a_hub_delivers_is_in_the_inbox_once(bureau: Bureau, hub: Hub) -> None:
    url = subscribed(bureau, hub, "a")
    hub.challenge()
    before = keys(bureau)
    assert hub.deliver(feed(hub, url, "b", "a")).status_code == 202
    assert hub.deliver(feed(hub, url, "b", "a")).status_code == 202
    new = keys(bureau)[len(before) :]
    assert len(new) == 1
    assert new[0].endswith("b")
    bureau.answers("/feed", lambda: (200, {}, feed(hub, url, "b", "a")))
    bureau.run(HOUR)
    assert len(keys(bureau)) == len(before) + 1


def test_a_delivery_that_is_not_signed_with_our_secret_is_dropped(bureau: Bureau, hub: Hub) -> None:
    url = subscribed(bureau, hub, "a")
    hub.challenge()
    before = keys(bureau)
    assert hub.deliver(feed(hub, url, "forged"), secret="guess").status_code == 202
    assert httpx.post(hub.asked[0]["hub.callback"], content=feed(hub, url, "bare")).status_code == 202
    assert keys(bureau) == before
    assert bureau.feed(url).push.heard_at == 0


def test_nobody_subscribed_there_and_too_much_are_said(bureau: Bureau, hub: Hub, callback: str) -> None:
    subscribed(bureau, hub, "a")
    assert httpx.post(f"{callback}/websub/guess", content=b"<rss/>").status_code == 410
    assert httpx.get(f"{callback}/websub/guess?hub.challenge=x").status_code == 404
    assert hub.deliver(b"x" * 100_001).status_code == 413
    assert httpx.get(f"{callback}/").status_code == 404


def test_a_feed_that_is_delivered_is_polled_seldom_until_its_hub_misses_something(bureau: Bureau, hub: Hub) -> None:
    items = ["a"]
    url = bureau.answers("/feed", lambda: (200, {}, feed(hub, bureau.web.url("/feed"), *items)))
    bureau.subscribe(url, about=Subscription(added_at=1, longest=3 * HOUR))
    bureau.run(60)
    now = int(bureau.at * 1000)
    heard = Push("id", "secret", hub.url, url, asked_at=now, until=now + 10 * 86_400_000, heard_at=now + 1)
    bureau.change(url, push=heard)
    bureau.run(DAY)
    polls = bureau.times("/feed")
    assert min(later - earlier for earlier, later in itertools.pairwise(polls[1:])) >= 5.9 * HOUR
    items.insert(0, "missed")
    bureau.run(7 * HOUR)
    assert bureau.feed(url).push.missed_at > heard.heard_at
    bureau.run(7 * HOUR)
    polls = bureau.times("/feed")
    assert polls[-1] - polls[-2] < 4 * HOUR


def test_a_lease_is_renewed_before_it_ends(bureau: Bureau, hub: Hub) -> None:
    url = subscribed(bureau, hub, "a")
    secret = hub.asked[0]["hub.secret"]
    push = bureau.feed(url).push
    bureau.change(url, push=msgspec.structs.replace(push, until=push.asked_at + 4 * 86_400_000))
    bureau.run(3.5 * DAY)
    assert [asked["hub.secret"] for asked in hub.asked][:2] == [secret, secret]
    assert hub.asked[1]["hub.callback"] == hub.asked[0]["hub.callback"]


def leaves(hub: Hub) -> list[dict[str, str]]:
    return [asked for asked in hub.asked if asked["hub.mode"] == "unsubscribe"]


def removed(bureau: Bureau, url: str) -> None:
    Catalogue(bureau.inbox, canonical, lambda: bureau.at).remove(url)


@pytest.mark.parametrize("answer", [(404, {}, b""), (429, {"Retry-After": "86400"}, b"")])
def test_a_feed_that_fails_backs_off_also_when_its_lease_is_to_be_renewed(
    bureau: Bureau, hub: Hub, answer: tuple[int, dict[str, str], bytes]
) -> None:
    url = subscribed(bureau, hub, "a")
    now = int(bureau.at * 1000)
    bureau.change(url, push=Push("id", "s", hub.url, url, asked_at=now - 8 * 86_400_000, until=now + 2 * 86_400_000))
    bureau.answers("/feed", answer)
    polls = len(bureau.times("/feed"))
    bureau.run(2 * DAY)
    assert len(bureau.times("/feed")) - polls < 40


def test_a_feed_whose_lease_is_to_be_renewed_is_asked_no_sooner_than_it_asks_for(bureau: Bureau, hub: Hub) -> None:
    url = subscribed(bureau, hub, "a")
    now = int(bureau.at * 1000)
    bureau.change(url, push=Push("id", "s", hub.url, url, asked_at=now - 8 * 86_400_000, until=now + 2 * 86_400_000))
    slow = feed(hub, url, "a").replace(b"<item>", b"<ttl>120</ttl><item>", 1)
    bureau.answers("/feed", lambda: (200, {}, slow))
    bureau.run(1.9 * DAY)
    polls = bureau.times("/feed")
    assert len(hub.asked) > 2  # it does not come back with its challenge: the poll after its time asks it again
    assert len(polls) > 10
    assert min(later - poll for poll, later in itertools.pairwise(polls[1:])) >= 2 * HOUR


def test_what_a_hub_delivers_is_new_to_the_feed_s_habit_too(bureau: Bureau, hub: Hub) -> None:
    url = subscribed(bureau, hub, "a")
    hub.challenge()
    old = msgspec.structs.replace(bureau.feed(url).rhythm, new_at=5, quiet_at=6)
    bureau.change(url, rhythm=old)
    assert hub.deliver(feed(hub, url, "a")).status_code == 202  # nothing new
    assert (bureau.feed(url).rhythm.new_at, bureau.feed(url).rhythm.quiet_at) == (5, 6)
    assert hub.deliver(feed(hub, url, "a", "b")).status_code == 202
    assert bureau.feed(url).rhythm.new_at == bureau.feed(url).push.heard_at > 5
    assert bureau.feed(url).rhythm.quiet_at == 0
    assert bureau.feed(url).rhythm.arrivals == old.arrivals + 1
    assert bureau.feed(url).rhythm.delivered == 1
    bureau.run(7 * HOUR)
    assert bureau.feed(url).rhythm.delivered == 0  # the poll has learned of it


def test_a_feed_that_its_hub_delivers_is_polled_every_six_hours_and_reported_where_nothing_comes_either_way(
    bureau: Bureau, hub: Hub
) -> None:
    url = subscribed(bureau, hub, "a")
    now = int(bureau.at * 1000)
    habit = msgspec.structs.replace(bureau.feed(url).rhythm, arrivals=8, gap=HOUR, new_at=now, interval=DAY)
    heard = Push("id", "s", hub.url, url, asked_at=now, until=now + 30 * 86_400_000, heard_at=now + 1)
    bureau.change(url, push=heard, rhythm=habit)
    outcomes = bureau.run(5 * DAY)
    assert len([outcome.detail for outcome in outcomes if "gone quiet" in outcome.detail]) == 1
    assert len(bureau.times("/feed")) >= 19


def test_a_hub_hears_that_a_feed_was_removed_and_its_challenge_is_answered_once(bureau: Bureau, hub: Hub) -> None:
    url = subscribed(bureau, hub, "a")
    hub.challenge()
    unasked = hub.challenge(**{"hub.mode": "unsubscribe"})
    removed(bureau, url)
    early = hub.challenge(**{"hub.mode": "unsubscribe"})
    bureau.run(60)
    (left,) = leaves(hub)
    assert left == {"hub.mode": "unsubscribe", "hub.topic": url, "hub.callback": hub.asked[0]["hub.callback"]}
    assert hub.challenge(**{"hub.mode": "unsubscribe", "hub.topic": "https://other.example/"}).status_code == 404
    answer = hub.challenge(**{"hub.mode": "unsubscribe"})
    again = hub.challenge(**{"hub.mode": "unsubscribe"})
    assert (unasked.status_code, early.status_code, answer.status_code, again.status_code) == (404, 404, 200, 404)
    assert answer.text == "<c>"
    assert httpx.post(left["hub.callback"], content=feed(hub, url, "b")).status_code == 410
    bureau.run(2 * DAY)
    assert len(leaves(hub)) == 1
    assert bureau.inbox.kept(LEAVING) == {}


def test_a_hub_that_does_not_come_back_is_asked_three_times(bureau: Bureau, hub: Hub) -> None:
    url = subscribed(bureau, hub, "a")
    hub.challenge()
    removed(bureau, url)
    hub.status = 500
    bureau.run(3 * DAY)
    assert len(leaves(hub)) == 3
    assert bureau.inbox.kept(LEAVING) == {}


def test_a_feed_that_names_another_topic_leaves_the_one_before(bureau: Bureau, hub: Hub) -> None:
    url = subscribed(bureau, hub, "a")
    hub.challenge()
    bureau.answers("/feed", lambda: (200, {}, feed(hub, f"{url}?all", "a", "b")))
    bureau.run(5 * HOUR)
    assert [asked["hub.topic"] for asked in leaves(hub)] == [url]
    assert [asked["hub.topic"] for asked in hub.asked if asked["hub.mode"] == "subscribe"] == [url, f"{url}?all"]
    assert leaves(hub)[0]["hub.callback"] == hub.asked[0]["hub.callback"] != bureau.feed(url).push.id


def test_a_feed_that_its_server_ended_leaves_its_hub(bureau: Bureau, hub: Hub) -> None:
    url = subscribed(bureau, hub, "a")
    hub.challenge()
    bureau.answers("/feed", (410, {}, b""))
    said = [outcome.detail for outcome in bureau.run(5 * HOUR) if outcome.fate == "warning"]
    assert bureau.feed(url).about.muted
    assert [detail for detail in said if "subscription" in detail] == []
    assert [asked["hub.callback"] for asked in leaves(hub)] == [hub.asked[0]["hub.callback"]]


def test_a_hub_that_refuses_is_said_and_the_feed_is_polled(bureau: Bureau, hub: Hub) -> None:
    hub.status = 500
    url = bureau.answers("/feed", lambda: (200, {}, feed(hub, bureau.web.url("/feed"), "a")))
    bureau.subscribe(url)
    said = [outcome.detail for outcome in bureau.run(3 * HOUR) if outcome.fate == "warning"]
    assert len(said) == 1
    assert said[0].endswith("does not take our subscription: status 500; it is polled")
    assert len(bureau.times("/feed")) >= 2


def test_a_hub_that_ends_our_subscription_is_said_and_asked_again_hours_later(
    bureau: Bureau, hub: Hub, callback: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = subscribed(bureau, hub, "a")
    hub.challenge()
    assert hub.challenge(**{"hub.mode": "denied", "hub.topic": "https://other.example/"}).status_code == 404
    assert bureau.feed(url).push.until > 0
    answer = hub.challenge(**{"hub.mode": "denied", "hub.reason": "no more\x1b[2J of this"})
    assert (answer.status_code, answer.text) == (200, "")
    assert bureau.feed(url).push.until == 0
    said = capsys.readouterr().out
    assert "push.warning" in said
    assert f"its hub {hub.url} ends our subscription: no more\\" in said
    assert "\x1b" not in said.replace("\x1b[0m", "")
    bureau.run(5 * HOUR)
    assert len(hub.asked) == 1
    bureau.run(DAY)
    assert 2 <= len(hub.asked) <= 5


def test_a_feed_whose_hub_delivered_is_polled_at_its_own_pace_from_its_denial_on(bureau: Bureau, hub: Hub) -> None:
    url = subscribed(bureau, hub, "a")
    hub.challenge()
    now = int(bureau.at * 1000)
    push = msgspec.structs.replace(bureau.feed(url).push, heard_at=now)
    rhythm = msgspec.structs.replace(bureau.feed(url).rhythm, interval=HOUR, next_at=now + 6 * 3_600_000)
    row = encode(msgspec.structs.replace(bureau.feed(url), push=push, rhythm=rhythm))
    bureau.inbox.offer([], progress=[ProgressUpdate(FEEDS, {url: row}, due={url: rhythm.next_at})])
    assert hub.challenge(**{"hub.mode": "denied"}).status_code == 200
    polls = len(bureau.times("/feed"))
    bureau.run(1.5 * HOUR)
    assert len(bureau.times("/feed")) > polls
    hub.challenge()
    assert bureau.feed(url).push.heard_at == 0  # and it is relied on when it has delivered once more


def test_a_store_that_does_not_answer_has_the_hub_come_again(bureau: Bureau, hub: Hub, valkey: Any) -> None:
    url = subscribed(bureau, hub, "a")
    hub.challenge()
    client = valkey.client()
    password = "none that the server's clients know"
    client.config_set("requirepass", password)
    client.client_kill_filter(_type="normal", skipme=True)
    try:
        assert hub.deliver(feed(hub, url, "b")).status_code == 503
        assert hub.challenge().status_code == 503
        assert httpx.get(hub.asked[0]["hub.callback"].partition("/websub")[0] + "/health/ready").status_code == 503
    finally:
        client.config_set("requirepass", "")
        client.close()
    assert hub.deliver(feed(hub, url, "b")).status_code == 202


def test_health_is_told_to_whoever_asks(callback: str) -> None:
    assert httpx.get(f"{callback}/health/live").text == "live"
    assert "storywire_articles" in httpx.get(f"{callback}/metrics").text
    unmade = httpx.get(f"{callback}/health/ready")
    assert (unmade.status_code, unmade.text) == (200, "ready")
