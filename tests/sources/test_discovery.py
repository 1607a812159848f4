from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from local_web import Web
from source_doubles import READERS, ImpatientStop, RememberingInbox, TestClock
from test_fetch import PAGE, item, rss

from ingest.errors import Refused
from ingest.fetching import assemble
from ingest.ledger.keys import Keys
from ingest.settings import FetchSettings, Settings
from ingest.sources.discovery import EFFORT, Discovered
from ingest.sources.http import Http
from ingest.store import Store

NEWS = b"""<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://a.example/1</loc><news:news>
<news:title>One</news:title><news:publication_date>2024-06-18</news:publication_date></news:news></url></urlset>"""


Find = Callable[[str], Discovered]


@pytest.fixture
def find(web: Web, store: Store) -> Find:
    async def finding(path: str) -> Discovered:
        settings = FetchSettings(allow_private=(f"127.0.0.1:{web.port}",), deadline_seconds=5)
        async with Http(settings) as http:
            built = assemble(
                Settings(fetch=settings),
                http=http,
                inbox=RememberingInbox(),
                client=store.client(),
                keys=Keys("main"),
                readers=READERS,
                clock=TestClock(),
                stop=ImpatientStop(),
                report=lambda outcome: None,
            )
            return await built.discovery.find(web.url(path))

    return lambda path: asyncio.run(finding(path))


def page(head: str = "", body: str = "") -> tuple[int, dict[str, str], bytes]:
    return (
        200,
        {"Content-Type": "text/html"},
        f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode(),
    )


def link(href: str, title: str = "") -> str:
    return f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'


def test_a_feed_is_itself_what_is_found_with_one_request(web: Web, find: Find) -> None:
    web.routes["/feed"] = (200, {}, rss(item(1), item(2)))
    (found,) = find("/feed").found
    assert (found.url, found.how, found.kind, found.title, found.entries) == (
        web.url("/feed"), "address", "RSS 2.0", "Daily", 2,
    )  # fmt: skip
    assert found.newest is not None
    assert web.paths() == ["/feed"]


def test_what_a_page_declares_is_read_and_comments_come_last(web: Web, find: Find) -> None:
    declared = link("/comments/feed", "Comments") + link("all.rss", "All") + link("/gone.rss")
    web.routes["/news/"] = page(declared, '<a href="/other/feed">RSS</a>')
    web.routes["/news/all.rss"] = web.routes["/comments/feed"] = (200, {}, rss(item(1)))
    result = find("/news/")
    assert [(found.url, found.how) for found in result.found] == [
        (web.url("/news/all.rss"), "declared"), (web.url("/comments/feed"), "declared"),
    ]  # fmt: skip
    assert result.tried == ((web.url("/gone.rss"), "status 404, not found"),)
    assert web.paths() == ["/robots.txt", "/news/", "/news/all.rss", "/gone.rss", "/comments/feed"]


def test_links_that_look_like_feeds_are_followed_to_a_page_about_them(web: Web, find: Find) -> None:
    web.routes["/"] = page(body='<a href="/rss">Our feeds</a> <a href="/about">About</a>')
    web.routes["/rss"] = page(body='<a href="/politics.rss">Politics</a><a href="/sport.rss">Sport</a>')
    web.routes["/politics.rss"] = web.routes["/sport.rss"] = (200, {}, rss(item(1)))
    result = find("/")
    assert [found.url for found in result.found] == [web.url("/politics.rss"), web.url("/sport.rss")]
    assert "/about" not in web.paths()


def test_a_site_that_only_tells_robots_has_its_news_sitemaps_found(web: Web, find: Find) -> None:
    web.routes["/robots.txt"] = (
        200,
        {},
        f"Sitemap: {web.url('/all.xml')}\nSitemap: {web.url('/news-index.xml')}".encode(),
    )
    web.routes["/"] = (200, {}, PAGE)
    inside = (
        f"<sitemap><loc>{web.url('/news-1.xml')}</loc></sitemap><sitemap><loc>{web.url('/old-1.xml')}</loc></sitemap>"
    )
    web.routes["/news-index.xml"] = (200, {}, f"<sitemapindex>{inside}</sitemapindex>".encode())
    web.routes["/news-1.xml"] = (200, {}, NEWS)
    (found,) = find("/").found
    assert (found.url, found.how, found.kind) == (web.url("/news-1.xml"), "robots.txt", "news sitemap")
    assert web.paths() == ["/robots.txt", "/", "/news-index.xml", "/news-1.xml"]


def test_the_usual_places_come_last_and_end_with_the_first_feed(web: Web, find: Find) -> None:
    web.routes["/"] = (200, {}, PAGE)
    web.routes["/rss.xml"] = web.routes["/atom.xml"] = (200, {}, rss(item(1)))
    (found,) = find("/").found
    assert (found.url, found.how) == (web.url("/rss.xml"), "usual place")
    assert web.paths() == ["/robots.txt", "/", "/feed", "/rss", "/rss.xml"]


def test_a_site_full_of_feeds_is_not_asked_for_all_of_them(web: Web, find: Find) -> None:
    web.routes["/"] = page("".join(link(f"/{n}.rss") for n in range(20)))
    for n in range(20):
        web.routes[f"/{n}.rss"] = (200, {}, rss(item(n)))
    result = find("/")
    assert len(web.asked) == EFFORT.requests + 1  # and robots.txt
    assert (len(result.found), len(result.left)) == (EFFORT.requests - 1, 20 - EFFORT.requests + 1)


def test_a_page_that_leads_to_where_robots_may_not_read_is_not_followed_and_one_that_leads_to_a_feed_is(
    web: Web, find: Find
) -> None:
    web.routes["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private\nDisallow: /feed")
    web.routes["/"] = (302, {"Location": "/private/home"}, b"")
    web.routes["/old"] = (302, {"Location": "/feed.xml"}, b"")
    web.routes["/feed.xml"] = (200, {}, rss(item(1)))
    with pytest.raises(Refused, match="robots-denied"):
        find("/")
    assert web.paths() == ["/robots.txt", "/"]
    assert find("/old").found[0].url == web.url("/feed.xml")


def test_a_page_that_robots_may_not_read_is_not_read(web: Web, find: Find) -> None:
    web.routes["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /")
    web.routes["/"] = page(link("/feed"))
    with pytest.raises(Refused, match="robots-denied"):
        find("/")
    assert web.paths() == ["/robots.txt"]


def test_a_robots_txt_that_cannot_be_read_asks_for_nothing(web: Web, find: Find) -> None:
    web.routes["/robots.txt"] = (503, {}, b"")
    with pytest.raises(Refused) as refused:
        find("/")
    assert refused.value.reason == "robots-denied"
    assert refused.value.detail == "robots.txt answers with status 503, unavailable"


def test_a_site_that_does_not_answer_is_no_word_of_its_robots_txt(web: Web, find: Find) -> None:
    web.routes["/robots.txt"] = (200, {"Content-Encoding": "gzip"}, b"broken off")
    with pytest.raises(Refused) as refused:
        find("/")
    assert refused.value.reason == "fetch-failed"
    assert "robots" not in refused.value.detail
    assert web.paths() == ["/robots.txt"]
