from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from local_web import Web
from source_doubles import READERS, ImpatientStop, RememberingInbox, TestClock

from ingest.errors import TransientError
from ingest.fetching import assemble
from ingest.ledger.keys import Keys
from ingest.model import Envelope
from ingest.settings import FetchSettings, Settings
from ingest.sources import pages, subscriptions
from ingest.sources.http import Http
from ingest.sources.pages import PAGES, Page
from ingest.sources.port import Outcome
from ingest.sources.subscriptions import FEEDS, Feed, Subscription
from ingest.store import Store

PAGE = b"<html><body><p>The ferry runs.</p></body></html>"


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


Run = Callable[..., list[Outcome]]


@pytest.fixture
def run(inbox: RememberingInbox, stop: ImpatientStop, clock: TestClock, store: Store, web: Web) -> Run:
    def running(*urls: str, **settings: object) -> list[Outcome]:
        limits = {"allow_private": (f"127.0.0.1:{web.port}", "127.0.0.1:1"), "deadline_seconds": 5, **settings}
        found = FetchSettings(**limits)  # type: ignore[arg-type]  # settings of several types
        return asyncio.run(one_pass(urls, found, inbox, stop, clock, store))

    return running


async def one_pass(
    urls: tuple[str, ...],
    settings: FetchSettings,
    inbox: RememberingInbox,
    stop: ImpatientStop,
    clock: TestClock,
    store: Store,
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    async with Http(settings) as http:
        built = assemble(
            Settings(fetch=settings),
            http=http,
            inbox=inbox,
            client=store.client(),
            keys=Keys("main"),
            readers=READERS,
            clock=clock,
            stop=stop,
            report=outcomes.append,
        )
        await built.one_pass.run(urls)
    return outcomes


def item(n: int, text: str = "Text.") -> str:
    date = f"Tue, 18 Jun 2024 09:{n % 60:02}:00 GMT"
    inside = f"<guid>g{n}</guid><title>Title {n}</title><description>{text}</description><pubDate>{date}</pubDate>"
    return f"<item>{inside}</item>"


def rss(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>Daily</title>{"".join(items)}</channel></rss>'.encode()


def fates(outcomes: list[Outcome]) -> list[tuple[str, str | None]]:
    return [(o.fate, o.reason) for o in outcomes]


def test_a_feed_is_offered_oldest_first_and_only_once(web: Web, run: Run, inbox: RememberingInbox) -> None:
    url = web.url("/feed")
    web.routes["/feed"] = (200, {}, rss(item(3), item(2), item(1)))
    assert fates(run(url)) == [("accepted", None)] * 3
    assert inbox.keys == [f"{url}#g{n}" for n in (1, 2, 3)]
    assert fates(run(url)) == [("unchanged", None)]
    web.routes["/feed"] = (200, {}, rss(item(4), item(3), item(2, "Text, corrected."), item(1)))
    run(url)
    assert inbox.keys[3:] == [f"{url}#g2", f"{url}#g4"]
    web.routes["/feed"] = (200, {}, rss(item(4)))
    assert "none new" in run(url)[0].detail
    web.routes["/feed"] = (200, {}, rss(item(1), item(3), item(4)))
    assert "none new" in run(url)[0].detail


def test_validators_are_sent_back_and_not_modified_is_an_answer(web: Web, run: Run, clock: TestClock) -> None:
    url = web.url("/feed")

    def answer(headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if headers.get("if-none-match") == 'W/"v1"':
            return 304, {}, b""
        return 200, {"ETag": 'W/"v1"', "Last-Modified": "Tue, 18 Jun 2024 09:00:00 GMT"}, rss(item(1))

    web.routes["/feed"] = answer
    run(url)
    assert run(url)[0].detail == "not modified"
    assert web.asked[1][1]["if-modified-since"] == "Tue, 18 Jun 2024 09:00:00 GMT"
    clock.at += 86_401
    assert run(url)[0].detail == "not modified"
    assert "if-none-match" not in web.asked[2][1]


def test_a_page_is_an_article_under_its_canonical_address(web: Web, run: Run, inbox: RememberingInbox) -> None:
    web.routes["/a?utm=1"] = (200, {"Content-Type": "text/html"}, PAGE)
    assert fates(run(web.url("/a?utm=1"))) == [("accepted", None)]
    article = inbox.articles[0]
    assert (article.key, article.url) == (web.url("/a"), web.url("/a?utm=1"))
    assert (article.text, article.outlet, article.source) == ("The ferry runs.", None, "pages")
    assert run(web.url("/a?utm=1"))[0].fate == "unchanged"
    web.routes["/a?utm=1"] = (200, {}, PAGE.replace(b"runs", b"stands"))
    run(web.url("/a?utm=1"))
    assert [a.key for a in inbox.articles] == [web.url("/a")] * 2


def test_the_header_tells_the_encoding_of_a_page_that_does_not(web: Web, run: Run, inbox: RememberingInbox) -> None:
    web.routes["/a"] = (200, {"Content-Type": "text/html; charset=windows-1251"}, "<html><p>Паром</p>".encode("cp1251"))
    run(web.url("/a"))
    assert inbox.articles[0].text == "Паром"


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [((200, {}, b"User-agent: *\nDisallow: /private"), True), ((200, {}, b"User-agent: *\nDisallow: /"), False),
     ((200, {}, b"\xef\xbb\xbfUser-agent: *\nDisallow: /"), False),
     ((200, {}, b"User-agent: storywire\nDisallow: /a\n\nUser-agent: *\nAllow: /"), False),
     ((404, {}, b""), True), ((403, {}, b""), True), ((500, {}, b""), False), ((200, {}, b"\xff\xfe garbage"), True)],
)  # fmt: skip
def test_a_page_is_fetched_only_as_robots_txt_allows(
    web: Web, run: Run, robots: tuple[int, dict[str, str], bytes], allowed: bool
) -> None:
    web.routes["/robots.txt"] = robots
    web.routes["/a"] = (200, {}, PAGE)
    assert fates(run(web.url("/a"))) == ([("accepted", None)] if allowed else [("refused", "robots-denied")])
    assert ("/a" in web.paths()) is allowed


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Of this process's own time: what takes more is ended."""

    def end(number: int, frame: object) -> None:
        raise AssertionError(f"more than {seconds:g} s")

    former = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, former)


def test_a_robots_txt_takes_little_time_however_many_stars_its_patterns_have(web: Web, run: Run) -> None:
    web.routes["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /*a*a*a*a*a*a*a*a*b")
    path = "/" + 4_000 * "a"
    web.routes[path] = (200, {}, PAGE)
    with at_most(5.0):
        assert fates(run(web.url(path))) == [("accepted", None)]


def test_a_server_that_does_not_answer_is_no_word_of_its_robots_txt(run: Run) -> None:
    (outcome,) = run("http://127.0.0.1:1/a")
    assert (outcome.reason, outcome.detail) == ("fetch-failed", "Connection refused")


def test_a_page_read_by_hand_is_asked_by_its_feed_s_word_about_robots_txt(
    web: Web, run: Run, inbox: RememberingInbox
) -> None:
    web.routes["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /")
    web.routes["/a"] = (200, {}, PAGE)
    entry = Envelope(key=web.url("/a"), source="feed", text="", url=web.url("/a"))
    inbox.stored[PAGES] = {web.url("/a"): pages.encode(Page(entry=entry, offered="teaser"))}
    assert fates(run(web.url("/a"))) == [("refused", "robots-denied")]
    inbox.stored[FEEDS] = {"feed": subscriptions.encode(Feed(about=Subscription(ignore_robots=True)))}
    assert fates(run(web.url("/a"))) == [("accepted", None)]
    assert web.paths() == ["/robots.txt", "/a"]


def test_robots_txt_is_asked_once_and_not_for_feeds(web: Web, run: Run, inbox: RememberingInbox) -> None:
    web.routes["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /feed\nCrawl-delay: 7")
    web.routes["/feed"] = (200, {}, rss(item(1)))
    web.routes["/a"] = web.routes["/b"] = (200, {}, PAGE)
    run(web.url("/feed"), web.url("/a"), web.url("/b"))
    assert web.paths() == ["/feed", "/robots.txt", "/a", "/b"]
    web.routes["/feed"] = (200, {}, PAGE)  # a page where a feed was is an error of the feed, and no article
    assert fates(run(web.url("/feed"))) == [("refused", "unknown-format")]


def test_a_page_where_a_feed_was_is_told_with_the_feeds_that_it_names(web: Web, run: Run) -> None:
    web.routes["/feed"] = (200, {}, rss(item(1)))
    run(web.url("/feed"))
    links = '<link rel="alternate" type="application/rss+xml" href="/rss.xml"><a href="/more/feed">RSS</a>'
    web.routes["/feed"] = (200, {}, f"<html><head>{links}</head></html>".encode())
    (outcome,) = run(web.url("/feed"))
    assert outcome.detail == f"a page, no feed; it names these: {web.url('/rss.xml')}"


def test_a_host_gets_pauses(web: Web, run: Run, clock: TestClock) -> None:
    web.routes["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 7")
    web.routes["/a"] = web.routes["/b"] = (200, {}, PAGE)
    run(web.url("/a"), web.url("/b"))
    assert clock.waited == [7.0]


def test_a_server_that_asks_to_wait_is_left_alone_until_then(web: Web, run: Run, clock: TestClock) -> None:
    web.routes["/feed"] = (429, {"Retry-After": "600"}, b"")
    assert run(web.url("/feed"))[0].detail == "status 429, too many requests; it asks to wait 600 s"
    web.routes["/feed"] = (200, {}, rss(item(1)))
    assert run(web.url("/feed"))[0].detail == "the server asked to wait 600 s more"
    assert len(web.asked) == 1
    clock.at += 601
    assert run(web.url("/feed"))[0].fate == "accepted"


def test_what_goes_wrong_is_said_of_its_url_and_the_rest_goes_on(web: Web, run: Run, inbox: RememberingInbox) -> None:
    for path, status in (("/feed/404", 404), ("/feed/410", 410), ("/feed/500", 500)):
        web.routes[path] = (status, {}, b"")
    web.routes["/feed/pdf"] = (200, {"Content-Type": "application/rss+xml"}, b"%PDF-1.7")
    web.routes["/feed/empty"] = (200, {}, b"")
    web.routes["/feed/big"] = (200, {}, b"x" * 2_000_000)
    web.routes["/feed/lie"] = (200, {"Content-Type": "text/html"}, rss(item(1)))
    web.routes["/feed/broken"] = (
        200,
        {},
        b'<rss version="2.0"><channel><item><guid>x</guid><title>Half &nonsense; <b></title></item>',
    )
    paths = ["404", "410", "500", "pdf", "empty", "big", "nothing", "lie", "broken"]
    urls = [web.url(f"/feed/{path}") for path in paths]
    outcomes = run(*urls, "http://127.0.0.1:1/feed", "nonsense", max_bytes=1_000_000)
    assert fates(outcomes) == [
        ("refused", "fetch-failed"), ("refused", "fetch-failed"), ("refused", "fetch-failed"),
        ("refused", "unknown-format"), ("refused", "empty"), ("refused", "too-large"), ("refused", "fetch-failed"),
        ("accepted", None), ("accepted", None), ("refused", "fetch-failed"), ("refused", "fetch-failed"),
    ]  # fmt: skip
    assert "gone" in outcomes[1].detail
    assert inbox.refused == 2


def test_a_feed_that_moved_for_good_is_told_and_keeps_its_keys(web: Web, run: Run, inbox: RememberingInbox) -> None:
    web.routes["/feed"] = (301, {"Location": "/new/feed"}, b"")
    web.routes["/new/feed"] = (200, {}, rss(item(1)))
    outcomes = run(web.url("/feed"))
    assert [o.fate for o in outcomes] == ["warning", "accepted"]
    assert outcomes[0].detail.endswith("/new/feed")
    assert inbox.keys == [f"{web.url('/feed')}#g1"]


def test_a_large_feed_interrupted_goes_on_where_it_was(
    web: Web, run: Run, inbox: RememberingInbox, stop: ImpatientStop
) -> None:
    web.routes["/feed"] = (200, {"ETag": '"1"'}, rss(*(item(n) for n in range(150))))

    def crash() -> None:
        if len(inbox.offers) == 1:
            raise RuntimeError("killed")

    inbox.before = crash
    with pytest.raises(RuntimeError):
        run(web.url("/feed"))
    inbox.before = lambda: None
    run(web.url("/feed"))
    assert "if-none-match" not in web.asked[1][1]
    assert len(inbox.keys) == len(set(inbox.keys)) == 150


def test_entries_beyond_the_limit_are_said(web: Web, run: Run) -> None:
    web.routes["/feed"] = (200, {}, rss(*(item(n) for n in range(20))))
    outcomes = run(web.url("/feed"), max_entries=5)
    assert outcomes[0].detail == "15 entries beyond the limit"
    assert len(outcomes) == 6


def test_an_answer_that_was_lost_is_found_to_have_been_applied(web: Web, run: Run, inbox: RememberingInbox) -> None:
    def lose() -> None:
        inbox.after = lambda: None
        raise TransientError("connection reset", 0.01)

    inbox.after = lose
    web.routes["/feed"] = (200, {}, rss(item(1)))
    assert [o.fate for o in run(web.url("/feed"))] == ["waiting", "resumed", "accepted"]
    assert len(inbox.keys) == 1


def test_private_addresses_are_refused_by_default(web: Web, run: Run) -> None:
    assert fates(run(web.url("/feed"), web.url("/a"), allow_private=())) == [("refused", "blocked-address")] * 2
    assert web.asked == []


def test_a_feed_that_never_changes_is_read_again_now_and_then_so_that_its_entries_are_sighted(
    web: Web, run: Run, inbox: RememberingInbox, clock: TestClock
) -> None:
    web.routes["/feed"] = (200, {"ETag": '"1"'}, rss(item(1)))
    accepted = []
    for _ in range(26):  # two years
        accepted += [o for o in run(web.url("/feed")) if o.fate == "accepted"]
        clock.at += 28 * 86_400
    assert len(accepted) == 4
    assert len(set(inbox.keys)) == 1
    assert [a.backfill for a in inbox.articles] == [True] * 4


def test_what_a_feed_has_at_its_first_poll_is_backfill_and_what_comes_later_is_not(
    web: Web, run: Run, inbox: RememberingInbox
) -> None:
    url = web.url("/feed")
    web.routes["/feed"] = (503, {}, b"")
    run(url)
    web.routes["/feed"] = (200, {}, b"<html>maintenance</html>")
    run(web.url("/feed?2"))
    for path, items in [("/feed?2", (1,)), ("/feed?2", (2, 1)), ("/feed?2", (3, 2))]:
        web.routes[path] = (200, {}, rss(*map(item, items)))
        run(web.url(path))
    assert [(a.id, a.backfill) for a in inbox.articles] == [("g1", True), ("g2", False), ("g3", False)]


def test_a_page_that_leads_to_another_host_is_read_as_that_one_allows(
    web: Web, run: Run, inbox: RememberingInbox
) -> None:
    other = f"localhost:{web.port}"
    allow = (f"127.0.0.1:{web.port}", other)

    def robots(headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        return (200, {}, b"User-agent: *\nDisallow: /a") if headers["host"] == other else (404, {}, b"")

    web.routes["/robots.txt"] = robots
    web.routes["/a"] = web.routes["/b"] = (200, {}, PAGE)
    web.routes["/to-a"] = (302, {"Location": f"http://{other}/a"}, b"")
    web.routes["/to-b"] = (302, {"Location": f"http://{other}/b"}, b"")
    outcomes = run(web.url("/to-a"), web.url("/to-b"), allow_private=allow)
    assert fates(outcomes) == [("refused", "robots-denied"), ("accepted", None)]
    assert inbox.keys == [f"http://{other}/b"]
