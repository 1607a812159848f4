from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from said import Said

FIXTURES = Path(__file__).parent.parent / "fixtures" / "feeds"
Ingest = Callable[..., Said]


def test_a_feed_is_shown_with_what_it_asks_for_and_each_entry_with_its_key(ingest: Ingest) -> None:
    said = ingest("feeds", "read", FIXTURES / "modules.rss", "--url", "https://room.example/feed")
    assert said.code == 1
    for line in (
        "  kind      RSS 2.0",
        "  title     Room",
        "  asks for  60 min between polls",
        "  hub       https://hub.example/, for https://room.example/feed",
        "  entries   6, 1 refused",
        "   1  Ferry back",
        "      2024-06-18T07:30:00.000Z, teaser, 4 words, Room",
        "      https://room.example/ferry",
        "   4  refused: not-an-article (neither title nor text, only a file and an id)",
    ):
        assert line in said.out.splitlines()


def test_the_same_as_json_for_machines(ingest: Ingest, tmp_path: Path) -> None:
    packed = tmp_path / "modules.rss.gz"
    packed.write_bytes(gzip.compress((FIXTURES / "modules.rss").read_bytes()))
    said = ingest("feeds", "read", packed, "--url", "https://room.example/feed", "--json")
    feed = json.loads(said.out)
    assert (feed["kind"], feed["seconds_between_polls"], feed["hub"]) == ("RSS 2.0", 3600, "https://hub.example/")
    ferry, council, _, sound, *_ = feed["entries"]
    assert (ferry["key"], ferry["updated_at"], ferry["permalink"]) == (
        "https://room.example/ferry", "2024-06-18T08:00:00.000Z", False,
    )  # fmt: skip
    assert council["permalink"] is True
    assert (sound["refused"], sound["enclosure"]) == ("not-an-article", "https://room.example/1.mp3")


@pytest.mark.parametrize(
    ("named", "site"),
    [("<id>tag:x,2026:f</id>", None), ('<id>f</id><link href="/news"/>', "https://x.example/news"),
     ('<id>f</id><link href="javascript:1"/>', None)],
)  # fmt: skip
def test_the_site_of_a_feed_is_a_web_address_or_none(
    ingest: Ingest, tmp_path: Path, named: str, site: str | None
) -> None:
    entry = "<entry><id>1</id><title>T</title></entry>"
    (tmp_path / "feed").write_text(f'<feed xmlns="http://www.w3.org/2005/Atom">{named}<title>D</title>{entry}</feed>')
    words = ("feeds", "read", tmp_path / "feed", "--url", "https://x.example/feed")
    assert json.loads(ingest(*words, "--json").out)["site"] == site
    assert [line for line in ingest(*words).lines if "  site " in line] == ([f"  site      {site}"] if site else [])


def test_an_entry_that_is_there_twice_is_said_to_be(ingest: Ingest, tmp_path: Path) -> None:
    item = "<item><guid>1</guid><title>T</title></item>"
    (tmp_path / "feed").write_text(f'<rss version="2.0"><channel><title>D</title>{item * 2}</channel></rss>')
    said = ingest("feeds", "read", tmp_path / "feed", "--json")
    assert (said.code, [entry["same_as"] for entry in json.loads(said.out)["entries"]]) == (0, [None, 1])


@pytest.mark.parametrize(
    ("name", "code", "line"),
    [("page.html", 1, "  feeds     https://cdn.example/site/rss.xml, https://paper.example/atom, "
      "https://cdn.example/news/feed/, https://cdn.example/site/politics.rss?all=1"),
     ("sitemaps.xml", 0, "  sitemaps  https://news.example/NewsSport.xml, https://news.example/news-2024-06-17.xml, "
      "https://news.example/news-2024-06-16.xml")],
)  # fmt: skip
def test_what_is_no_feed_shows_where_its_feeds_are(ingest: Ingest, name: str, code: int, line: str) -> None:
    said = ingest("feeds", "read", FIXTURES / name, "--url", "https://paper.example/")
    assert said.code == code
    assert line in said.out.splitlines()


@pytest.mark.parametrize(
    ("document", "code", "sentence"),
    [
        ('<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head><p>News.</p></html>', 1,
         "refused x (unknown-format: a page, no feed; it names these: https://paper.example/rss); "
         "`ingest feeds add` takes the address of one that it names"),
        ("<html><head><title>Paper</title></head><p>News.</p></html>", 1,
         "refused x (unknown-format: a page, no feed); `ingest feeds discover` looks for the feeds of its site"),
        ("<sitemapindex><sitemap><loc>https://paper.example/news.xml</loc></sitemap></sitemapindex>", 0,
         "x: an index of sitemaps; `ingest feeds add` takes its address, and its news sitemaps are read as feeds"),
        ("<sitemapindex><sitemap><loc>https://paper.example/old.xml</loc></sitemap></sitemapindex>", 1,
         "refused x (unknown-format: an index of sitemaps, none of them with news); "
         "`ingest feeds discover` looks for the feeds of its site"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_said_in_a_sentence_with_what_to_do(
    ingest: Ingest, tmp_path: Path, document: str, code: int, sentence: str
) -> None:
    (tmp_path / "x").write_text(document)
    for option in ((), ("--json",)):
        said = ingest("feeds", "read", "x", "--url", "https://paper.example/", *option)
        assert (said.code, said.err) == (code, sentence + "\n")


@pytest.mark.parametrize(
    ("source", "code", "why"),
    [("none.xml", 2, "no such file or folder"), ("http://127.0.0.1:1/feed", 1, "blocked-address"),
     (str(FIXTURES / "wire.rss.none"), 2, "no such file"), (__file__, 1, "unknown-format: no feed")],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_one_line(ingest: Ingest, source: str, code: int, why: str) -> None:
    said = ingest("feeds", "read", source)
    assert (said.code, said.out) == (code, "")
    assert why in said.err
    assert said.err.count("\n") == 1
