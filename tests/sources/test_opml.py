from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import Refused
from ingest.sources.opml import Listed, read_opml, write_opml

LIST = """<?xml version="1.0" encoding="{0}"?>
<!-- Expect: four feeds, one in two folders deep, one of them twice; a list that is not followed and a feed without an
     address are said. -->
<opml version="2.0"><head><title>Städte &amp; Länder</title></head><body>
  <outline text="Süden"><outline title="Rat/Haus">
    <outline type="rss" text="Zürich" xmlUrl="https://a.example/f?a=1&amp;b=2" htmlUrl="https://a.example/"/>
  </outline></outline>
  <outline text="Once" XMLURL="feed://b.example/rss"><outline text="Below" xmlurl="feed:https://c.example/rss"/></outline>
  <outline text="Again" xmlUrl="https://a.example/f?a=1&amp;b=2"/>
  <outline type="rss" text="https://d.example/" url="https://d.example/"/>
  <outline type="include" text="More" url="https://e.example/more.opml"/>
  <outline type="rss" text="Nameless"/>
  <outline text="Gone" isComment="true"><outline text="x" xmlUrl="https://x.example/"/></outline>
  <outline text="Script" xmlUrl="javascript:alert(1)"/>
</body></opml>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "utf-16"])
def test_a_list_is_read_as_its_comment_says_in_any_encoding(encoding: str) -> None:
    found = read_opml(LIST.format(encoding).encode(encoding))
    assert found.title == "Städte & Länder"
    assert found.feeds == (
        Listed(url="https://a.example/f?a=1&b=2", title="Zürich", folder="Süden/Rat Haus", site="https://a.example/"),
        Listed(url="http://b.example/rss", title="Once"),
        Listed(url="https://c.example/rss", title="Below", folder="Once"),
        Listed(url="https://d.example/"),
    )
    assert found.repeated == ("https://a.example/f?a=1&b=2",)
    assert [name for name, _ in found.unusable] == ["https://e.example/more.opml", "Nameless", "javascript:alert(1)"]


@pytest.mark.parametrize(
    ("outline", "title", "url"),
    [('text="A&nbsp;b &eacute; &bogus;" xmlUrl="https://a.example/?x=1&y=2"', "A b é &bogus;", "https://a.example/?x=1&y=2"),
     ('text="a\x0b&#11;b" xmlUrl="https://a.example/"', "a b", "https://a.example/"),
     ('text="cut" xmlUrl="https://a.example/"/><outline text="of', "cut", "https://a.example/")],
)  # fmt: skip
def test_a_broken_list_is_read_as_far_as_it_goes(outline: str, title: str, url: str) -> None:
    (feed,) = read_opml(f"<opml><body><outline {outline}/>".encode()).feeds
    assert (feed.title, feed.url) == (title, url)


@pytest.mark.parametrize("data", [b"", b"text", b"<html><body><outline xmlUrl='https://a.example/'/></body></html>"])
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="no OPML"):
        read_opml(data)


def test_entities_are_not_multiplied_and_depth_has_an_end() -> None:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    outline = '<outline text="&a9;" xmlUrl="https://a.example/"/>'
    found = read_opml(f"<!DOCTYPE opml [{entities}]><opml><body>{outline}</body></opml>".encode())
    assert all(len(feed.title) < 10_000 for feed in found.feeds)
    deep = '<outline text="a">' * 100_000
    assert read_opml(f"<opml><body>{outline.replace('&a9;', 'a')}{deep}".encode()).feeds


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="/"), max_size=8)


@given(st.lists(st.tuples(NAMES, st.lists(NAMES.filter(bool), max_size=3), NAMES), max_size=6))
def test_what_is_written_is_read_back(rows: list[tuple[str, list[str], str]]) -> None:
    feeds = [
        Listed(
            url=f"https://a.example/{n}?a=1&b=2",
            title=title,
            folder="/".join(folder),
            also={"outlet": also} if also else {},
        )
        for n, (title, folder, also) in enumerate(rows)
    ]
    found = read_opml(write_opml(feeds, 'A "list" of <mine>'))
    assert found.title == 'A "list" of <mine>'
    assert sorted(found.feeds, key=lambda feed: feed.url) == feeds
    assert (found.repeated, found.unusable) == ((), ())
