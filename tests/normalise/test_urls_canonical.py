from __future__ import annotations

import base64
from urllib.parse import quote, urlsplit

import pytest

from ingest.normalise.urls import canonical, registered_domain


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("HTTPS://WWW.Example.COM:443/A/b?utm_source=x&id=3&fbclid=2#part", "https://www.example.com/A/b?id=3"),
        ("https://example.com/?cid=5&uid=7&eid=2&source=rss", "https://example.com/?cid=5&eid=2&source=rss&uid=7"),
        ("http://user:pass@example.com:8080/a b?x=ü", "http://example.com:8080/a%20b?x=%C3%BC"),
        ("https://example.com", "https://example.com/"),
        (" https://example.com/x ", "https://example.com/x"),
        ("https://bücher.de/ä", "https://xn--bcher-kva.de/%C3%A4"),
    ],
)
def test_an_address_has_one_spelling(url: str, clean: str) -> None:
    assert canonical(url) == clean
    assert canonical(clean) == clean


def google_news(address: str) -> str:
    size = len(address)
    length = bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])
    token = base64.urlsafe_b64encode(b"\x08\x13\x22" + length + address.encode() + b"\xd2\x01\x00").decode().rstrip("=")
    return f"https://news.google.com/rss/articles/{token}?oc=5"


PLAIN = "https://www.daily.example/news/ferry-runs-again"
LONG = "https://www.daily.example/2024/06/" + "a-very-long-way-" * 10 + "home"


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        (PLAIN + "/amp", PLAIN),
        (PLAIN + "/amp/?utm_medium=x", PLAIN),
        (PLAIN + ".amp", PLAIN),
        (PLAIN + ".amp.html", PLAIN + ".html"),
        (PLAIN + "?amp=1&id=7", PLAIN + "?id=7"),
        (PLAIN + "?amp", PLAIN),
        (PLAIN + "?outputType=amp", PLAIN),
        ("https://amp.daily.com/news/ferry-runs-again", "https://www.daily.com/news/ferry-runs-again"),
        ("https://www-daily-example.cdn.ampproject.org/c/s/www.daily.example/news/ferry-runs-again?amp=1", PLAIN),
        ("https://cdn.ampproject.org/v/s/www.daily.example/news/ferry-runs-again/amp?amp_js_v=0.1", PLAIN),
        ("https://www.google.com/amp/s/www.daily.example/news/ferry-runs-again", PLAIN),
        ("https://www.google.co.uk/url?rct=j&sa=t&url=https://www.daily.example/news/ferry-runs-again&ct=ga", PLAIN),
        (
            "https://www.bing.com/news/apiclick.aspx?url=https%3a%2f%2fwww.daily.example%2fnews%2fferry-runs-again",
            PLAIN,
        ),
        ("https://www.google.com/url?q=" + quote(f"https://l.facebook.com/l.php?u={quote(PLAIN, safe='')}"), PLAIN),
        (google_news(PLAIN), PLAIN),
        (google_news(LONG), LONG),
        ("https://sv.m.wikipedia.org/wiki/F%C3%A4rja", "https://sv.wikipedia.org/wiki/F%C3%A4rja"),
        ("https://mobile.reuters.com/article/ferry", "https://www.reuters.com/article/ferry"),
        (PLAIN + ";jsessionid=0A1B2C.node1?x=1", PLAIN + "?x=1"),
        (PLAIN + "?PHPSESSID=abcdef&x=1", PLAIN + "?x=1"),
        ("https://daily.example/(S(lit3py55t21z5v55vlm25s55))/a.aspx", "https://daily.example/a.aspx"),
    ],
)
def test_an_address_that_stands_in_for_another_is_that_other(url: str, clean: str) -> None:
    assert canonical(url) == clean
    assert canonical(clean) == clean


@pytest.mark.parametrize(
    "url",
    [
        "https://music.example/wiki/amp",  # about amplifiers
        "https://music.example/amp/",
        "https://m.unknown.example/news/ferry",  # its paths may mean something else on another host
        "https://amp.dev.daily.com/a",
        "https://daily.example/?s=ferry",
        "https://daily.example/?sid=12345",
        "https://www.google.com/url?url=javascript:alert(1)",
        "https://www.google.com/url?url=https://user@daily.example/",
        "https://www.google.com/url?url=https://daily.example:8080/",
        "https://www.google.com/url?url=https://localhost/",
        "https://www.google.com.evil.example/url?url=https://daily.example/",
        "https://evil.example/url?url=https://daily.example/",
        "https://evilcdn.ampproject.org.evil.example/c/s/daily.example/a",
        "https://news.google.com/rss/articles/CBMiAAAA",
        "https://news.google.com/rss/articles/CBMiSkFVX3lxTE5",
        "https://cdn.ampproject.org/c/s/",
    ],
)
def test_what_does_not_tell_for_certain_stays_as_it_is(url: str) -> None:
    assert canonical(url) == canonical(canonical(url))
    assert urlsplit(canonical(url) or "").hostname == urlsplit(url).hostname
    assert urlsplit(canonical(url) or "").path == urlsplit(url).path


def test_a_redirect_to_itself_is_undone_only_so_often() -> None:
    url = PLAIN
    for _ in range(12):
        url = f"https://www.google.com/url?url={quote(url, safe='')}"
    assert (canonical(url) or "").startswith("https://www.google.com/url?")


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "ftp://example.com",
        "javascript:alert(1)",
        "//example.com/a",
        "http://",
        "http://exa mple.com",
        "http://a:99999/",
        "text",
    ],
)
def test_what_is_no_web_address_gives_none(url: str | None) -> None:
    assert canonical(url) is None


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("https://edition.cnn.com/x", "cnn.com"),
        ("https://www.abc.net.au/x", "abc.net.au"),
        ("http://192.0.2.1/x", None),
        (None, None),
    ],
)
def test_an_address_belongs_to_its_registered_domain(url: str | None, domain: str | None) -> None:
    assert registered_domain(url) == domain
