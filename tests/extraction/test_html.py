from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html as lxml_html

from ingest.errors import Refused
from ingest.extraction.html import decode_html, read_html
from ingest.extraction.jail import Jail
from ingest.extraction.published import published_of
from ingest.model import Extracted, Stamp
from ingest.settings import ExtractionSettings

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"
PARAGRAPHS = "".join(
    f"<p>On day {n} the island ferry resumed its crossings, {n} hours after a storm had closed the harbour.</p>"
    for n in range(1, 6)
)


def page(body: str = PARAGRAPHS, head: str = "", attributes: str = "") -> bytes:
    head = f"<head><title>A title</title>{head}</head>"
    return f"<html {attributes}>{head}<body><article>{body}</article></body></html>".encode()


def test_a_page_is_read_as_its_comment_says() -> None:
    found = read_html((PAGES / "article.html").read_bytes(), "https://news.example.com/ferry?utm_source=x")
    assert (found.title, found.site, found.author, found.language) == (
        "Ferry reopens after storm", "Example News", "Anna Writer", "en",
    )  # fmt: skip
    assert found.url == "https://news.example.com/ferry"
    assert found.published == Stamp(1718695800000)
    lines = found.text.splitlines()
    assert lines[-1].startswith("The county will pay")
    assert sum(len(line) > 60 for line in lines) == 5
    assert "Shops ran low" in lines
    assert not any(word in found.text for word in ("World", "First!", "Copyright"))


def test_the_jail_reads_the_same_as_we_do() -> None:
    data = (PAGES / "article.html").read_bytes()
    with Jail(ExtractionSettings(deadline_seconds=20)) as jail:
        assert jail.extract_html(data) == read_html(data)


def test_a_page_cannot_pass_for_another_outlets() -> None:
    data = page(head='<link rel="canonical" href="https://famous.example.org/story">')
    assert read_html(data, "https://copy.example.net/a").url == "https://copy.example.net/a"
    assert read_html(data).url == "https://famous.example.org/story"
    odd = page(head='<link rel="canonical" href="javascript:alert(1)">')
    assert read_html(odd, "https://copy.example.net/a").url == "https://copy.example.net/a"


@pytest.mark.parametrize("depth", [300, 1_000, 2_500, 100_000])
def test_a_page_nested_deep_is_an_article_or_a_refusal_but_never_empty(depth: int) -> None:
    data = page("<div>" * depth + PARAGRAPHS + "</div>" * depth)
    try:
        found: Extracted | str = read_html(data)
    except Refused as refused:
        found = refused.reason
    if depth > 2_000:
        assert found == "too-deep"
    else:
        assert isinstance(found, Extracted)
        assert found.text.count("harbour") == 5


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "empty"), (b" \n", "empty"), (b"<html></html>", "no-text"),
     (b"<!-- only a comment -->", "no-text"), (b"\x00\x01\x02", "no-text")],
)  # fmt: skip
def test_a_page_without_an_article_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read_html(data)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("\ufeffé".encode(), "é"), ("é".encode(), "é"), ("é".encode("utf-16"), "é"), (b"a\x00b", "ab"),
        ('<meta charset="windows-1251">Паром'.encode("cp1251"), '<meta charset="windows-1251">Паром'),
        ('<meta charset="iso-8859-1">“é”'.encode("cp1252"), '<meta charset="iso-8859-1">“é”'),
        ('<?xml encoding="koi8-r"?>Паром'.encode("koi8-r"), '<?xml encoding="koi8-r"?>Паром'),
        ('<meta charset="latin-1">é, and it lies'.encode(), '<meta charset="latin-1">é, and it lies'),
    ],
)  # fmt: skip
def test_bytes_are_decoded_as_they_are_and_not_as_they_say(data: bytes, text: str) -> None:
    assert decode_html(data) == text


def test_an_unknown_or_broken_charset_is_survived() -> None:
    for declared in (b"x-none", b"hex", b"rot13", b"utf-7", b"idna"):
        assert decode_html(b'<meta charset="' + declared + b'">caf\xe9 au lait').endswith("au lait")


LD = '<script type="application/ld+json">%s</script>'
EXACT = Stamp(1718703000000)
DAY = Stamp(1718668800000, exact=False)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta property="article:published_time" content="2024-06-18T09:30:00Z">', EXACT),
        ('<meta name="pubdate" content="Tue, 18 Jun 2024 09:30:00 GMT">', EXACT),
        ('<meta itemprop="datePublished" content="2024-06-18T11:30:00+02:00">', EXACT),
        (LD % '{"@type": "NewsArticle", "datePublished": "2024-06-18T09:30:00Z"}', EXACT),
        (LD % '[{"@type": ["ReportageNewsArticle"], "datePublished": "2024-06-18T09:30:00Z"}]', EXACT),
        (LD % "{broken" + '<meta property="article:published_time" content="2024-06-18T09:30:00Z">', EXACT),
        (LD % ("[" * 5000), None),
        ('<meta property="article:published_time" content="2024-06-18">', DAY),
        ('<meta property="article:published_time" content="2024-06-18T09:30:00">', DAY),
        ('<meta property="article:published_time" content="2024-06-18T00:00:00Z">', DAY),
        ('<meta property="article:published_time" content="2024-06-18T00:00:00+00:00">' +
         '<meta name="sailthru.date" content="2024-06-18 09:30:00 +0000">', EXACT),
        ('<meta property="article:modified_time" content="2024-06-18T09:30:00Z">', None),
        ('<meta property="article:published_time" content="soon">', None),
    ],
)  # fmt: skip
def test_a_page_says_when_it_was_published(head: str, expected: Stamp | None) -> None:
    assert published_of(lxml_html.document_fromstring(page(head=head))) == expected


def test_a_time_element_counts_when_it_is_marked_or_the_only_one() -> None:
    def of(body: str) -> Stamp | None:
        return published_of(lxml_html.document_fromstring(page(body)))

    one, other = '<time datetime="2024-06-18T09:30:00Z">x</time>', '<time datetime="2024-06-17T08:00:00Z">y</time>'
    assert of(one) == EXACT
    assert of(one + other) is None
    assert of(other + one.replace("<time", '<time itemprop="datePublished"')) == EXACT


def test_a_day_found_in_the_page_is_not_exact() -> None:
    assert read_html(page(head='<meta name="date" content="2024-06-18">')).published == DAY


@pytest.mark.parametrize(
    ("attributes", "language"),
    [
        ('lang="de-AT"', "de"),
        ('lang="EN"', "en"),
        ('xml:lang="fr"', "fr"),
        ('lang=""', None),
        ("", None),
        ('lang="x"', None),
    ],
)
def test_the_page_says_its_language(attributes: str, language: str | None) -> None:
    assert read_html(page(attributes=attributes)).language == language


def test_a_templates_english_is_not_believed_of_another_script() -> None:
    russian = (
        "<p>Паром снова ходит на остров, сообщил во вторник начальник порта, два дня после сильного шторма.</p>" * 5
    )
    assert read_html(page(russian, attributes='lang="en"')).language is None


@pytest.mark.parametrize(
    "control", ["\x01", "\x1b", "\ufffe", "&#0;", "&#27;", "&#x1b;", "&#xFFFE;", "&#0000011;", "&#1"]
)
def test_a_control_character_does_not_cost_the_article(control: str) -> None:
    found = read_html(page(PARAGRAPHS + f"<p>One more{control} line of it.</p>"))
    assert " ".join(found.text.splitlines()[-1].split()) == "One more line of it."


def test_references_to_characters_that_are_no_controls_stay() -> None:
    kept = "&#39; &#x27; &#128512; &#0010; &#x; &# &amp;#27;"
    assert decode_html(kept.encode()) == kept
    assert decode_html(b"a\x0bb &#12;c &#27a;") == "a b  c a;"
    assert decode_html(b"&#xd800;&#1114112;&#" + b"9" * 9_999 + b";a") == "a"


@pytest.mark.parametrize(
    ("stated", "fetched", "believed"),
    [
        ("https://www.daily.com/ferry", "https://amp.daily.com/ferry", True),
        ("https://www.daily.com/", "https://www.daily.com/ferry", False),
        ("https://www.daily.com", "https://www.daily.com/?utm_source=x", False),
        ("https://www.daily.com/", "https://www.daily.com", True),
        ("https://other.com/ferry", "https://www.daily.com/ferry", False),
        ("https://victim.blogspot.com/ferry", "https://thief.blogspot.com/ferry", False),
        ("https://victim.substack.com/p/ferry", "https://thief.substack.com/p/ferry", False),
        ("https://www.daily.com.thief.net/ferry", "https://www.daily.com/ferry", False),
        ("https://www.daily.com/ferry", "https://www.daily.com.thief.net/ferry", False),
    ],
)
def test_a_canonical_link_is_believed_within_its_site_and_never_to_the_front_page(
    stated: str, fetched: str, believed: bool
) -> None:
    data = page(head=f'<link rel="canonical" href="{stated}">')
    assert read_html(data, fetched).url == (stated if believed else fetched)


@pytest.mark.parametrize(
    ("stated", "address"),
    [
        ("/ferry", "http://www.daily.com/ferry"),
        ("ferry", "http://www.daily.com/town/ferry"),
        ("?id=1", "http://www.daily.com/town/a?id=1"),
        (" /ferry\n", "http://www.daily.com/ferry"),
        ("//daily.com/ferry", "http://daily.com/ferry"),
        ("https://www.daily.com/ferry", "https://www.daily.com/ferry"),
        *[
            (odd, "http://www.daily.com/town/a?id=1&s=x")
            for odd in ("", "#", "/", "//other.com/ferry", "javascript:alert(1)", "data:text/html,x", "//[::", "//[:]x",
                        "http://[", "//", "mailto:a@daily.com", "///", "\\\\other.com\\a", "ftp://www.daily.com/a",
                        "{{ url }}", "undefined")
        ],
    ],
)  # fmt: skip
def test_a_canonical_link_starts_from_where_the_page_was_found(stated: str, address: str) -> None:
    data = page(head=f'<link rel="canonical" href="{stated}">')
    assert read_html(data, "http://www.daily.com/town/a?id=1&s=x").url == address


@pytest.mark.parametrize(
    ("base", "fetched", "address"),
    [
        ("/news/", "http://daily.com/town/a", "http://daily.com/news/ferry"),
        ("https://daily.com/news/", "http://daily.com/town/a", "https://daily.com/news/ferry"),
        ("https://other.com/", "http://daily.com/town/a", "http://daily.com/town/a"),
        ("http://[", "http://daily.com/town/a", "http://daily.com/town/a"),
        ("https://daily.com/news/", None, "https://daily.com/news/ferry"),
        ("/news/", None, None),
    ],
)
def test_a_canonical_link_starts_from_the_base_that_the_page_names(
    base: str, fetched: str | None, address: str | None
) -> None:
    data = page(head=f'<base href="{base}"><link rel="canonical" href="ferry">')
    assert read_html(data, fetched).url == address
