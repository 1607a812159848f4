from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from source_doubles import READERS

from ingest.errors import Refused
from ingest.model import Envelope, Stamp
from ingest.sources.entries import Parsed, hint_of
from ingest.sources.feedparsing import parse_feed
from ingest.sources.feeds import FEEDS, articles_of, completeness_of, looks_like_feed
from ingest.sources.markup import line_of, text_of

FIXTURES = Path(__file__).parent.parent / "fixtures" / "feeds"
URL = "https://daily.example/rss"


def read(data: bytes, most: int = 2000) -> tuple[Parsed, tuple[Envelope, ...]]:
    feed = parse_feed(data, hint_of(most, ""))
    return feed, articles_of(feed, URL, URL, READERS)


def fixture(name: str) -> tuple[Parsed, tuple[Envelope, ...]]:
    data = (FIXTURES / name).read_bytes().replace(b"FULL", b"A word. " * FEEDS.full_words)
    assert looks_like_feed(data)
    return read(data)


def test_an_rss_feed_is_read_as_its_comment_says() -> None:
    feed, (full, teaser, flash) = fixture("wire.rss")
    assert feed.title == "Example & Daily"
    assert full == Envelope(
        key="https://daily.example/news/ferry", source=URL, id="ferry-1", url="https://daily.example/news/ferry",
        title="Ferry reopens after storm",
        text="The island ferry is running again.\n" + ("A word. " * FEEDS.full_words).strip(),
        published=Stamp(1718695800000), outlet="Example Wire", author="A. Writer", language="en", completeness="full",
    )  # fmt: skip
    assert (teaser.title, teaser.text) == ("Council votes & adjourns", "The council voted late… Continue reading")
    assert (teaser.key, teaser.outlet, teaser.completeness) == (teaser.url, "Example & Daily", "teaser")
    assert teaser.url == "https://daily.example/council"  # its guid: the link is none
    assert (flash.key, flash.completeness, flash.published) == (f"{URL}#../../etc/passwd", "title", None)


def test_an_atom_feed_is_read_as_its_comment_says() -> None:
    _, (entry,) = fixture("daily.atom")
    assert (entry.published, entry.outlet) == (Stamp(1718695800000), "Beispiel-Agentur")
    assert (entry.url, entry.author, entry.language) == ("https://blatt.example/faehre", "B. Schreiber", "de")


def test_a_json_feed_is_read_and_what_is_no_item_left_out() -> None:
    _, (one, two) = fixture("feed.json")
    assert (one.key, one.text, one.author) == ("https://blog.example/7", "It runs.\nAgain.", "C. Author")
    assert one.published == Stamp(1718695800000)
    assert (two.url, two.text, two.published) == ("https://elsewhere.example/8", "Words\nand more.", None)


def test_an_rdf_feed_is_read_as_its_comment_says() -> None:
    _, (item,) = fixture("old.rdf")
    assert (item.key, item.id, item.title) == ("https://old.example/a", "https://old.example/a", "Café reopens")
    assert item.published == Stamp(1718695800000)


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        ('<link>/ferry</link><guid isPermaLink="false">/ferry</guid>', "https://daily.example/ferry"),
        ("<guid>/ferry</guid><link>/ferry</link>", "https://daily.example/ferry"),
        ("<link></link><guid>/ferry</guid>", None),
        ('<guid>/ferry</guid><enclosure url="https://daily.example/ferry.mp3"/>', None),
    ],
)
def test_a_link_that_is_the_same_as_the_guid_is_a_link_where_the_entry_has_one(inside: str, url: str | None) -> None:
    _, (entry,) = read(rss(f"<item><title>Ferry</title><description>It runs.</description>{inside}</item>"))
    assert (entry.url, entry.key) == (url, url or f"{URL}#/ferry")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", "title"), ("word " * 149, "teaser"), ("word " * 150, "full"), ("word " * 300 + "[…]", "teaser"),
     ("word " * 300 + "... Read more at Example »", "teaser"), ("字" * 299, "teaser"), ("字" * 300, "full")],
)  # fmt: skip
def test_a_text_in_a_feed_is_full_a_teaser_or_nothing(text: str, expected: str) -> None:
    assert completeness_of(text) == expected


def rss(items: str) -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()


def test_entries_beyond_the_limit_are_cut_off_before_they_are_parsed() -> None:
    data = rss("".join(f"<item><guid>{n}</guid><title>Title {n}</title></item>" for n in range(50_000)))
    began = time.process_time()
    feed, articles = read(data, 100)
    assert time.process_time() - began < 2
    assert [a.id for a in articles] == [str(n) for n in range(100)]
    assert feed.left_out == 49_900
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom">'
        + b"".join(b"<entry><id>%d</id><title>T</title></entry>" % n for n in range(30))
        + b"</feed>"
    )
    assert len(read(atom, 10)[1]) == 10


def laughs() -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    item = "<item><title>&a9;</title></item>"
    return f'<!DOCTYPE rss [{entities}]><rss version="2.0"><channel>{item}</channel></rss>'.encode()


EXTERNAL = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">
<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>
<rss version="2.0"><channel><item><title>a&x;b</title></item></channel></rss>"""
HOSTILE = [
    laughs(), EXTERNAL.encode(), EXTERNAL.encode("utf-16"), b"/etc/hostname", b"file:///etc/hostname", b"http://127.0.0.1:9/",
    b"<rss", b"<rss><channel>" + b"<item>" * 5000, b"<feed>" + b"\x00" * 1000, b"<rss version='2.0'>" + b"<a>" * 5_000,
    rss("<item><title>" + "&lt;div&gt;" * 20_000 + "x</title></item>"),
    rss("<item><pubDate>" + "9" * 100_000 + "</pubDate></item>"),
    b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 100_000,
    b'{"version": "https://jsonfeed.org/version/1"}',
    b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": [], "url": 5, "title": {}, "authors": "x"}]}',
    b"", b"\xff" * 100,
]  # fmt: skip
_opened: list[str] = []


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and event in {"open", "socket.connect", "subprocess.Popen"}:
        _opened.append(f"{event} {arguments[0]}")


_watching: list[bool] = []
sys.addaudithook(_audit)


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """The files and sockets opened during the test, but for Python's own modules."""
    _opened.clear()
    _watching.append(True)
    yield _opened
    _watching.clear()


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_feed_is_items_or_a_refusal_and_opens_nothing(data: bytes, opened: list[str]) -> None:
    began = time.process_time()
    articles: tuple[Envelope, ...] = ()
    with suppress(Refused):
        _, articles = read(data)
    assert time.process_time() - began < 5
    assert [what for what in opened if not what.endswith((".py", ".pyc"))] == []
    assert all(len(article.title or "") <= 2000 for article in articles)


def test_markup_becomes_lines_and_every_word_stays() -> None:
    assert text_of("<div>One<br>two <b>three</b></div><ul><li>four</li><li>five &amp; six</li></ul>seven") == (
        "One\ntwo three\nfour\nfive & six\nseven"
    )
    assert text_of("a<script>b<p>c</p></script>d<style>e</style>f") == "adf"
    assert text_of("no markup\n\n at all, 3 < 4") == "no markup\nat all, 3 < 4"
    assert line_of("<p> </p>") is None
    assert line_of("Fish &amp; <i>chips</i>") == "Fish & chips"


def test_markup_may_be_nested_deep_without_losing_words() -> None:
    assert text_of("<div>" * 1000 + "deep" + "</div>" * 1000) == "deep"


@pytest.mark.parametrize(
    "odd", ["&#xd800;", "&#x110000;", "&#27;", "\x0b", "&amp;#11;", "&#" + "9" * 5_000 + ";", "&#;"]
)
def test_a_character_that_is_none_does_not_cost_the_feed(odd: str) -> None:
    teaser = f"<description>A{odd}&lt;p&gt;b{odd}</description>"
    item = f"<item><title>One{odd} &lt;b&gt;title&lt;/b&gt;</title>{teaser}</item>"
    feed = parse_feed(f'<rss version="2.0"><channel><title>D</title>{item * 2}</channel></rss>'.encode())
    assert [entry.title.split()[-1] for entry in feed.entries if entry.title] == ["title", "title"]
