"""What a page says of itself: as trafilatura's own `extract_metadata` says it, without what nobody reads."""

from __future__ import annotations

import pytest
from lxml import html as lxml_html
from trafilatura.metadata import extract_metadata

from ingest.extraction.about import about

WHERE = "https://www.example.com/town/2024/05/03/ferry"
PAGES = {
    "open graph": '<head><meta property="og:title" content="Ferry &amp; storm"><meta property="og:site_name" '
    'content="example news"><meta property="og:url" content="https://example.com/ferry"><meta property='
    '"article:author" content="Anna Writer"></head><body><h1>Ferry</h1></body>',
    "names": '<head><meta name="author" content="BEN KEEPER"><meta name="twitter:site" content="@examplenews">'
    '<meta name="dc.title" content="A ferry"><link rel="canonical" href="https://example.com/ferry"></head><body></body>',
    "an account": '<head><meta name="author" content="bkeeper"><title>Ferry - example.com</title></head><body>'
    '<p class="byline"><a rel="author" href="/ben">Ben Keeper</a></p><h1>One</h1><h1>Two</h1></body>',
    "json": '<head><script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle", '
    '"headline": "Ferry reopens", "datePublished": "2024-05-02T10:00:00Z", "author": {"@type": "Person", "name": '
    '"Anna Writer"}, "publisher": {"@type": "Organization", "name": "Example News"}}</script></head><body></body>',
    "broken json": '<head><script type="application/ld+json">{"@type": "NewsArticle", "headline": "Ferry", "author": '
    '[{"name": ["x"]}, 7], </script><script type="application/ld+json">[1, {"@type": 3}]</script></head><body></body>',
    "a day in the text": "<head><title>Ferry | The Example</title></head><body><h1>Ferry</h1><p class='date'>Published "
    "on 2 May 2024</p><a rel='license' href='https://creativecommons.org/licenses/by/4.0/'>CC BY</a></body>",
    "nothing": "<head></head><body><p>Words.</p></body>",
}


@pytest.mark.parametrize("url", [WHERE, "https://example.org", None])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_of_itself_what_trafilatura_hears(name: str, url: str | None) -> None:
    markup = f"<html>{PAGES[name]}</html>"
    said = about(lxml_html.document_fromstring(markup), url, dated=False)
    heard = extract_metadata(lxml_html.document_fromstring(markup), url)
    for field in ("title", "author", "url", "sitename", "date"):
        assert getattr(said, field) == getattr(heard, field), field


def test_the_made_up_pages_say_something_in_every_field() -> None:
    said = [about(lxml_html.document_fromstring(f"<html>{page}</html>"), WHERE, dated=False) for page in PAGES.values()]
    for field in ("title", "author", "url", "sitename", "date"):
        assert len({getattr(each, field) for each in said}) > 1, field


def test_the_day_is_not_looked_for_where_it_is_known_and_the_page_stays_as_it_is() -> None:
    page = lxml_html.document_fromstring(f"<html>{PAGES['a day in the text']}</html>")
    before = lxml_html.tostring(page)
    assert about(page, WHERE, dated=True).date is None
    assert about(page, None, dated=False).date == "2024-05-02"
    assert lxml_html.tostring(page) == before
