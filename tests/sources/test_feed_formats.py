"""Each kind of feed, from a file of its own that says what is expected of it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from source_doubles import READERS

from ingest.errors import Refused
from ingest.model import Envelope, Stamp
from ingest.sources.entries import Entry, Linked, Parsed, found_in, hint_of
from ingest.sources.feedparsing import parse_feed
from ingest.sources.feeds import articles_of, looks_like_feed
from ingest.sources.mending import quoted
from ingest.sources.sitemaps import worth_reading

FIXTURES = Path(__file__).parent.parent / "fixtures" / "feeds"
URL = "https://daily.example/rss"
SEVEN_THIRTY = Stamp(1718695800000)
EIGHT = Stamp(1718697600000)


def fixture(name: str) -> Parsed:
    return parse_feed((FIXTURES / name).read_bytes())


def articles(feed: Parsed) -> tuple[Envelope, ...]:
    return articles_of(feed, URL, URL, READERS)


@pytest.mark.parametrize(
    ("name", "kind", "entries"),
    [("first.rdf", "RSS 0.90", 2), ("netscape.rss", "RSS 0.91", 1), ("old.rdf", "RSS 1.0", 1),
     ("wire.rss", "RSS 2.0", 3), ("modules.rss", "RSS 2.0", 6), ("early.atom", "Atom 0.3", 1),
     ("daily.atom", "Atom 1.0", 1), ("feed.json", "JSON Feed 1.1", 3),
     ("feed11.json", "JSON Feed 1.1", 2), ("news.xml", "news sitemap", 2)],
)  # fmt: skip
def test_every_kind_is_known_and_its_entries_counted(name: str, kind: str, entries: int) -> None:
    feed = fixture(name)
    assert (feed.kind, len(feed.entries)) == (kind, entries)
    assert feed.mended == ("1 of its items are no objects" if name == "feed.json" else "")
    assert looks_like_feed((FIXTURES / name).read_bytes())


def test_the_first_rss_has_entries_by_their_addresses() -> None:
    one, two = articles(fixture("first.rdf"))
    assert (one.key, two.key) == ("http://first.example/1", "http://first.example/2")


def test_an_old_rss_says_when_not_to_ask_and_its_entities_are_read() -> None:
    feed = fixture("netscape.rss")
    assert (feed.title, feed.skip_hours, feed.skip_days) == ("Netscape époque", (0, 1, 2), (5, 6))
    assert (feed.entries[0].title, feed.entries[0].link) == ("Fish & chips & café", "http://old.example/a?x=1&y=2")


def test_an_early_atom_feed_is_read_as_its_comment_says() -> None:
    (entry,) = fixture("early.atom").entries
    assert (entry.published, entry.updated) == (Stamp(1087545600000), Stamp(1087549200000))
    assert (entry.content, entry.language, entry.permalink) == ("It runs.\nAgain.", "en", False)


def test_the_modules_of_rss_are_read_as_the_comment_says() -> None:
    feed = fixture("modules.rss")
    assert (feed.hub, feed.topic, feed.site) == (
        "https://hub.example/",
        "https://room.example/feed",
        "https://room.example/",
    )
    assert feed.floor == 3600
    ferry, council, bridge, sound, _, video = feed.entries
    assert ferry == Entry(
        id="https://room.example/?p=1", link="https://room.example/ferry", title="Ferry back",
        summary="The ferry is back.", published=SEVEN_THIRTY, updated=EIGHT, author="A. Writer",
        enclosure="https://room.example/p.jpg",
    )  # fmt: skip
    assert (council.link, council.permalink) == ("https://room.example/council", True)
    assert (bridge.link, bridge.permalink) == ("", False)
    assert (sound.title, sound.enclosure) == (None, "https://room.example/1.mp3")
    assert (video.title, video.summary) == ("Video", "It moves.")
    found = articles(feed)
    assert [article.title for article in found] == ["Ferry back", "Council", "Bridge", "Mill", "Video"]
    assert found[3].url == "https://base.example/news/mill"


def test_a_json_feed_says_its_hub_its_authors_and_that_it_is_finished() -> None:
    feed = fixture("feed11.json")
    assert (feed.hub, feed.topic, feed.site) == (
        "https://hub.example/",
        "https://e.example/feed.json",
        "https://e.example/",
    )
    assert (feed.expired, feed.wishes.floor, feed.language) == (True, 86_400, "en")
    one, two = feed.entries
    assert (one.author, two.author, two.link) == ("A. Writer, B. Writer", "Desk", "https://else.example/2")
    assert (one.published, one.updated, one.permalink, one.enclosure) == (
        SEVEN_THIRTY, EIGHT, True, "https://e.example/1.mp3",
    )  # fmt: skip


def test_a_news_sitemap_is_a_feed_the_newest_first() -> None:
    feed = fixture("news.xml")
    assert feed.entries == (
        Entry(
            link="https://paper.example/a?x=1&y=2", title="Ferry & bridge", published=SEVEN_THIRTY,
            updated=Stamp(1718701200000), outlet="The Paper", language="de",
        ),
        Entry(
            link="https://paper.example/b", title="Older", published=Stamp(1718668800000, exact=False),
            outlet="The Paper", language="de",
        ),
    )  # fmt: skip
    article = articles(feed)[0]
    assert (article.key, article.completeness) == ("https://paper.example/a", "title")
    cut = parse_feed((FIXTURES / "news.xml").read_bytes(), hint_of(1, ""))
    assert (len(cut.entries), cut.left_out, cut.entries[0].title) == (1, 1, "Ferry & bridge")


def test_a_sitemap_without_news_is_refused() -> None:
    plain = (
        b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://a.example/</loc></url></urlset>"
    )
    with pytest.raises(Refused, match="a sitemap without news"):
        parse_feed(plain)


def test_a_news_sitemap_without_news_for_two_days_is_empty_and_not_broken() -> None:
    empty = (
        b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
        b" xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>%b</urlset>"
    )
    assert parse_feed(empty % b"").entries == ()
    with pytest.raises(Refused, match="a sitemap without news"):
        parse_feed(empty % b"<url><loc>https://a.example/</loc></url>")
    with pytest.raises(Refused, match="a sitemap without news"):
        parse_feed(b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'></urlset>")


def test_a_name_that_is_none_costs_a_news_sitemap_that_one_field() -> None:
    data = (FIXTURES / "news.xml").read_bytes().replace(b"news:language", b"news:0")
    said = [(entry.title, entry.outlet, entry.language) for entry in parse_feed(data).entries]
    assert said == [("Ferry & bridge", "The Paper", None), ("Older", "The Paper", None)]


def test_of_an_index_the_newest_sitemaps_with_news_are_worth_reading() -> None:
    feed = fixture("sitemaps.xml")
    assert (feed.kind, feed.entries) == ("index", ())
    assert feed.sitemaps == (
        "https://news.example/NewsSport.xml",
        "https://news.example/news-2024-06-17.xml",
        "https://news.example/news-2024-06-16.xml",
    )


def test_the_twelfth_sitemap_is_newer_than_the_ninth() -> None:
    numbered = [(f"https://a.example/news-{number}.xml", "") for number in range(1, 13)]
    assert worth_reading(numbered) == tuple(f"https://a.example/news-{number}.xml" for number in (12, 11, 10))


def test_a_page_is_what_it_says_of_feeds() -> None:
    page = fixture("page.html")
    assert (page.kind, page.title, page.language) == ("page", "Paper", "de")
    assert found_in(page, "https://paper.example/front") == [
        Linked(href="https://cdn.example/site/rss.xml", title="All & new"),
        Linked(href="https://paper.example/atom"),
        Linked(href="https://cdn.example/news/feed/", title="RSS", declared=False),
        Linked(href="https://cdn.example/site/politics.rss?all=1", title="Politics", declared=False),
    ]


def item(n: int) -> str:
    return (
        f"<item><guid>{n}</guid><title>Title {n}</title><description>&lt;p&gt;Text {n}.&lt;/p&gt;</description></item>"
    )


BEFORE, AFTER = '<rss version="2.0"><channel><title>D</title>', "</channel></rss>"


@pytest.mark.parametrize(
    ("data", "entries", "mended"),
    [(f"{BEFORE}{item(1)}{item(2)}{AFTER}", 2, ""),
     (f"{BEFORE}{item(1)}{item(2)}{item(3)[:-40]}", 2, "cut off"),
     (f"{BEFORE}{item(1)}{item(2)}</channel>", 2, "cut off"),
     (f"\n<b>Warning</b>: no cache\n<?xml version='1.0'?>{BEFORE}{item(1)}{item(2)}{AFTER}<!-- 3 ms --></html>", 2, ""),
     (f"{BEFORE}{item(1)}<item><title>A & B &nbsp; &lt;i> C</title><dc:date>2024-06-18</dc:date></item>{AFTER}", 2, ""),
     (f"{BEFORE}{item(1)}<item><title>2</title><description><br></description></item>{AFTER}", 2, "not well-formed"),
     (f"{BEFORE}{item(1)}<item><title>Two \x0b&#x1f;</title></item>{AFTER}", 2, "")],
)  # fmt: skip
def test_a_broken_feed_is_read_as_far_as_it_goes(data: str, entries: int, mended: str) -> None:
    feed = parse_feed(data.encode())
    assert (len(feed.entries), feed.mended) == (entries, mended)
    assert (feed.entries[0].title, feed.entries[0].summary) == ("Title 1", "Text 1.")


@pytest.mark.parametrize(
    ("text", "read"),
    [("One<br>two", "One\ntwo"),
     ("<p>One & <b>two</p><P>three &lt;&nbsp;four", "One & two\nthree < four"),
     ("<div>One</div>two<br>", "One\ntwo"),
     ("One<br><!-- <description>two</description> -->three", "One\nthree"),
     ('<a href="/one?a=1&b=2">one</a><img src=two.png>', "one"),
     ("<![CDATA[One <description>two<br></description>]]>", "One two"),
     ("", "")],
)  # fmt: skip
def test_a_text_with_markup_that_is_no_xml_is_read_as_if_it_were_quoted(text: str, read: str) -> None:
    sloppy = "<description>First<br>second</description>"
    data = f"{BEFORE}{sloppy}{item(1)}<item><guid>2</guid><description>{text}</description></item>{AFTER}"
    feed = parse_feed(data.encode())
    assert [(entry.id, entry.summary) for entry in feed.entries] == [("1", "Text 1."), ("2", read)]
    assert feed.mended == "not well-formed"


@pytest.mark.parametrize(
    "data",
    [f"{BEFORE}<item><description>One<br>{item(1)}</item>{AFTER}",
     f"{BEFORE}<item><description>One<br><guid>1</guid></description></item>{AFTER}",
     f"{BEFORE}<item><description>One<br>]]></description></item>{AFTER}",
     f"{BEFORE}<item><description/>One<br></item><item><title>2</title></description></item>{AFTER}",
     f"{BEFORE}<item><description /><title>One<br></title></description></item>{AFTER}",
     f"{BEFORE}<item><content:encoded>One<br></description></item>{AFTER}",
     f"{BEFORE}<item><!-- <description>One<br></description></item>{AFTER}",
     f"{BEFORE}<item><description><![CDATA[One<br></description></item>{AFTER}",
     '<feed xmlns="http://www.w3.org/2005/Atom"><entry><summary type="html">One<br></summary></entry></feed>'],
)  # fmt: skip
def test_where_it_is_not_certain_that_markup_is_a_text_it_is_left_alone(data: str) -> None:
    assert quoted(data) == data


def test_what_is_no_object_among_the_items_of_a_json_feed_is_counted() -> None:
    data = b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "One"}, "two", null]}'
    feed = parse_feed(data)
    assert ([entry.title for entry in feed.entries], feed.mended) == (["One"], "2 of its items are no objects")


def test_a_json_feed_that_is_cut_off_gives_its_whole_items() -> None:
    data = (FIXTURES / "feed11.json").read_bytes()
    feed = parse_feed(data[: data.index(b'"content_text"')])
    assert (feed.title, [entry.title for entry in feed.entries], feed.mended) == ("Eleven", ["One"], "cut off")
    with pytest.raises(Refused, match="bad-json"):
        parse_feed(data[: data.index(b'"items"') + 20])


@pytest.mark.parametrize(
    ("encoding", "prolog", "header"),
    [("utf-8", "iso-8859-1", ""), ("utf-8", "utf-8", "text/xml; charset=iso-8859-1"), ("cp1252", "utf-8", "text/xml"),
     ("cp1252", "iso-8859-1", "text/xml; charset=utf-8"), ("utf-16", "utf-8", ""), ("utf-16-be", "utf-8", "")],
)  # fmt: skip
def test_a_charset_that_lies_does_not_cost_a_letter(encoding: str, prolog: str, header: str) -> None:
    inside = "<item><title>Fähre wieder auf großer Fahrt</title></item>"
    said = f'<?xml version="1.0" encoding="{prolog}"?>{BEFORE}{inside}{AFTER}'
    assert looks_like_feed(said.encode(encoding))
    (entry,) = parse_feed(said.encode(encoding), hint_of(10, header)).entries
    assert entry.title == "Fähre wieder auf großer Fahrt"


@pytest.mark.parametrize(
    ("data", "why"),
    [(b" \n", "an empty answer"), (b"<opml version='2.0'></opml>", "a list of subscriptions"), (b"Hello.", "no feed"),
     (b"All about <rss> and <feed>", "no feed"),
     (b"<?xml version='1.0'?><a/>", "XML, but no feed"), (b'{"rss": {"channel": {}}}', "RSS written as JSON"),
     (gzip.compress(b"x", mtime=0), "no feed")],
)  # fmt: skip
def test_what_is_no_feed_is_refused_in_words(data: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        parse_feed(data)


@pytest.mark.parametrize(
    ("about", "floor"),
    [("<ttl>15</ttl>", 900), ("<ttl> <![CDATA[ 15 ]]></ttl>", 900), ("<ttl>soon</ttl>", 0), ("", 0),
     ("<sy:updatePeriod> daily </sy:updatePeriod>", 86_400), ("<sy:updateFrequency>4</sy:updateFrequency>", 21_600),
     ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 3_600),
     ("<ttl>90</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 5_400),
     ('<s:updatePeriod xmlns:s="http://purl.org/rss/1.0/modules/syndication/">daily</s:updatePeriod>', 86_400),
     ('<ttl x="y"> <![CDATA[ 90 ]]> </ttl>', 5_400)],
)  # fmt: skip
def test_a_feed_says_how_long_it_wants_to_be_left_alone(about: str, floor: float) -> None:
    inside = item(1).replace("Text", "<![CDATA[<ttl>9999</ttl>]]>")
    assert parse_feed(f"{BEFORE}{inside}{about}{AFTER}".encode()).floor == floor
    assert parse_feed(f"{BEFORE}{about}{inside}{AFTER}".encode()).floor == floor


def test_a_feed_that_would_never_be_asked_is_asked() -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(24))
    assert parse_feed(f"{BEFORE}<skipHours>{hours}</skipHours>{AFTER}".encode()).skip_hours == ()
