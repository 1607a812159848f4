"""Fetchers on a real schedule, on a real server; the web is a local one, the clock is the test's."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import msgspec
import pytest
from local_web import Web
from source_doubles import READERS
from virtual_fetching import HOUR, START, Bureau, rss

from ingest.errors import TransientError
from ingest.model import ProgressUpdate
from ingest.sources.entries import Parsed
from ingest.sources.fetcher import Tact
from ingest.sources.hosts import Hosts, Place, host_of
from ingest.sources.pages import PAGES, Page, encode
from ingest.sources.subscriptions import Subscription
from ingest.store import Store


@pytest.fixture
def bureau(store: Store) -> Iterator[Bureau]:
    web = Web()
    yield Bureau(web, store)
    web.close()


def test_a_subscribed_feed_is_polled_again_and_again(bureau: Bureau) -> None:
    url = bureau.answers("/feed", (200, {"ETag": '"1"'}, rss("a", "b")))
    bureau.subscribe(url)
    outcomes = bureau.run(8 * HOUR)
    assert [o.fate for o in outcomes if o.fate != "unchanged"] == ["accepted", "accepted"]
    assert 3 <= len(bureau.asked) <= 8
    assert bureau.feed(url).rhythm.interval > 1800
    assert bureau.articles() == 2


def test_of_a_feed_that_changes_only_the_new_is_read(bureau: Bureau) -> None:
    read: list[tuple[int, int]] = []

    def reading(data: bytes, hint: str | None) -> Parsed:
        parsed = READERS.feed(data, hint)
        read.append((sum(entry.known for entry in parsed.entries), len(parsed.entries)))
        return parsed

    guids, editions = "abcdefghijkl", itertools.count(1)
    bureau.readers = msgspec.structs.replace(READERS, feed=reading)
    url = bureau.answers("/feed", lambda: (200, {}, rss(*guids[: min(next(editions) + 2, 12)])))
    bureau.subscribe(url)
    bureau.run(24 * HOUR)
    assert len(read) >= 3
    assert read[0] == (0, 3)
    assert all(known == many - 1 for known, many in read[1:])
    assert bureau.articles() == read[-1][1]
    assert bureau.feed(url).rhythm.answered_at


def test_an_address_that_comes_to_be_shared_makes_the_fetcher_read_all(bureau: Bureau) -> None:
    bodies = iter([shared("a"), shared("a", "b")])
    last = shared("a", "b", "c")
    url = bureau.answers("/feed", lambda: (200, {}, next(bodies, last)))
    bureau.subscribe(url, about=Subscription(added_at=1, pages="never"))
    bureau.run(24 * HOUR)
    assert len(bureau.times("/feed")) >= 3
    assert bureau.articles() == 3
    assert not [o for o in bureau.outcomes if o.fate == "warning"]


def shared(*guids: str) -> bytes:
    """Entries of one address."""
    items = (
        f"<item><guid isPermaLink='false'>{g}</guid><link>http://live.example/all</link><title>{g}</title></item>"
        for g in guids
    )
    return f'<rss version="2.0"><channel><title>Live</title>{"".join(items)}</channel></rss>'.encode()


def test_two_fetchers_share_a_schedule_and_poll_nothing_twice(bureau: Bureau) -> None:
    bureau.tact = Tact()
    bureau.settings = {"host_seconds": 0.2, "requests": 4}
    paths = [f"/{n}" for n in range(12)]
    bureau.subscribe(*(bureau.answers(path, (200, {}, rss(path))) for path in paths))
    bureau.run(900, fetchers=2)
    assert sorted(path for _, path in bureau.asked) == sorted(paths)
    assert bureau.articles() == len(paths)


def test_a_request_that_lasts_longer_than_its_lease_keeps_its_feed_and_its_place_at_the_host(bureau: Bureau) -> None:
    asked: list[float] = []

    async def slow(host: str, port: int) -> list[str]:
        asked.append(bureau.clock.now() - START)
        await bureau.clock.wait(18.0)
        return [host]

    bureau.tact, bureau.resolve = Tact(), slow
    bureau.settings = {"host_seconds": 0.2, "host_requests": 1}
    bureau.subscribe(*(bureau.answers(path, (200, {}, rss(path))) for path in ("/a", "/b")))
    bureau.run(60, fetchers=2)
    assert sorted(path for _, path in bureau.asked) == ["/a", "/b"]
    assert len(asked) == 2
    assert 18.0 <= asked[1] < 22.0


def test_one_host_is_asked_at_intervals_whoever_asks(bureau: Bureau) -> None:
    bureau.tact, bureau.settings = Tact(), {"host_seconds": 20.0}
    bureau.subscribe(*(bureau.answers(f"/{n}", (200, {}, rss(str(n)))) for n in range(12)))
    bureau.run(500, fetchers=2)
    times = sorted(at for at, _ in bureau.asked)
    assert len(times) == 12
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert min(gaps) > 10  # 20 s, less what a request takes to get there
    assert times[-1] < 300


def test_pages_get_their_turn_where_feeds_are_far_behind(bureau: Bureau) -> None:
    bureau.tact, bureau.settings = Tact(), {"host_seconds": 0.01, "host_requests": 50, "requests": 2}
    bureau.subscribe(*(bureau.answers(f"/{n}", (200, {}, rss(str(n)))) for n in range(40)))
    page = bureau.answers("/page", (200, {"Content-Type": "text/html"}, b"<p>The ferry runs again.</p>"))
    now = int(bureau.at * 1000)
    row = encode(Page(address=page, next_at=now), page)
    bureau.inbox.offer([], progress=[ProgressUpdate(PAGES, {page: row}, due={page: now})])
    bureau.run(300)
    assert len({path for _, path in bureau.asked}) == 41
    assert [path for _, path in bureau.asked].index("/page") < 20


def test_who_stops_leaves_what_was_under_way_due_at_once(bureau: Bureau) -> None:
    bureau.tact = Tact(look=0.5)
    url = bureau.answers("/feed", (429, {"Retry-After": "30"}, b""))
    other = bureau.answers("/other", (200, {}, rss("a")))
    bureau.subscribe(url)
    bureau.run(1)
    bureau.subscribe(other)
    bureau.run(2)  # it waits for its place at the host, or on the schedule, when the fetcher is stopped
    assert bureau.times("/other") == []
    due = bureau.due(other)
    assert due is not None
    assert due <= 32
    bureau.run(60)
    assert len(bureau.times("/other")) == 1


def test_a_host_that_asks_for_time_is_left_alone_with_all_its_feeds(bureau: Bureau) -> None:
    busy = bureau.answers("/busy", (503, {"Retry-After": "3600"}, b""))
    bureau.subscribe(busy)
    bureau.run(10)
    bureau.subscribe(bureau.answers("/calm", (200, {}, rss("a"))))
    bureau.tact = Tact()
    bureau.run(6 * HOUR)
    first = bureau.times("/calm")[0]
    assert 3600 <= first < bureau.times("/busy")[1]
    assert len(bureau.times("/calm")) >= 2  # one that always asks for time does not stop the others for good


def test_a_host_that_asks_for_time_while_the_store_is_away_is_left_alone_all_the_same(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave, failures = Hosts.leave, [TransientError("away"), TransientError("away")]

    def failing(self: Hosts, left: Sequence[tuple[Place, float]]) -> None:
        if any(pause for _, pause in left) and failures:
            raise failures.pop()
        leave(self, left)

    monkeypatch.setattr(Hosts, "leave", failing)
    bureau.tact = Tact()
    bureau.subscribe(bureau.answers("/busy", (503, {"Retry-After": "3600"}, b"")))
    bureau.run(10)
    bureau.subscribe(bureau.answers("/calm", (200, {}, rss("a"))))
    bureau.run(2 * HOUR)
    assert failures == []
    assert 3600 <= bureau.times("/calm")[0] < 4000


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://a.example/feed", "a.example"),
        ("https://u:p@A.Example.:443/", "a.example"),
        ("http://a.example:80", "a.example"),
        ("https://a.example:80/", "a.example:80"),
        ("http://a.example.:8080/", "a.example:8080"),
        ("http://[::1]:8080/", "[::1]:8080"),
        ("http://[::1/", ""),
        ("http://a.example:port/", ""),
        ("", ""),
    ],
)
def test_one_host_is_one_however_it_is_spelt(url: str, host: str) -> None:
    assert host_of(url) == host


def test_a_shorter_wait_of_one_answer_does_not_end_the_longer_of_another(bureau: Bureau) -> None:
    bureau.tact = Tact()
    answers = iter(["3600", "60"])
    paths = ["/1", "/2"]
    bureau.settings = {"host_seconds": 1e-4}  # both are under way when the first answers
    bureau.subscribe(*(bureau.answers(path, lambda: (429, {"Retry-After": next(answers)}, b"")) for path in paths))
    bureau.run(30)
    assert len(bureau.asked) == 2
    bureau.subscribe(bureau.answers("/3", (200, {}, rss("a"))))
    bureau.run(600)
    assert bureau.times("/3") == []
