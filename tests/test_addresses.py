"""An address that passes for plain is one by every other reading too."""

from __future__ import annotations

from unittest import mock
from urllib.parse import urljoin, urlsplit, urlunsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest import addresses
from ingest.addresses import plain, remembering
from ingest.normalise import standing_in, urls
from ingest.sources import articles

SCHEMES = ["http://", "https://", "https://", "HTTP://", "http:/", "//", "ftp://", "httpx://", " http://", ""]
HOSTS = [
    "daily.example", "www.daily.example", "127.0.0.1", "localhost", "daily.example.", ".daily.example", "a..b", "A.b",
    "xn--bcher-kva.de", "bücher.de", "a_b.de", "[::1]", "user@daily.example", "daily.example:80", "daily.example:8080",
    "www.google.com", "www.google.de", "news.google.com", "www.bing.com", "l.facebook.com", "l.instagram.com", "vk.com",
    "out.reddit.com", "steamcommunity.com", "t.umblr.com", "r.search.yahoo.com", "cdn.ampproject.org", "x.bing-amp.com",
    "amp.daily.com", "m.bbc.co.uk", "mobile.reuters.com", "sv.m.wikipedia.org", "a" * 64 + ".com", "a." * 127 + "bc",
]  # fmt: skip
PARTS = [
    "", ".", "..", ".a", "a.", "news", "2024-ferry-runs-again", "amp", "ferry-runs-again.amp", "amp.html", "c", "s",
    "a;b", "a;jsessionid=0A", "(S(lit3py55t21z5v55vlm25s55))", "%2f", "%zz", "é", "a b", "a\tb", "a\\b", "x@y", "a:b",
    "url", "a,b", "daily.example", "articles", "rss", "CBMiSkFVX3lxTE5", "RU=http:", "RK=1",
]  # fmt: skip
QUERIES = [
    "", "", "", "?", "?a=1", "?b=1&a=2", "?utm_source=x", "?amp=1", "?url=https://x.example/y", "?a=%41", "?é", "#a",
]  # fmt: skip

built = st.builds(
    lambda scheme, host, path, query: f"{scheme}{host}/{'/'.join(path)}{query}",
    st.sampled_from(SCHEMES),
    st.sampled_from(HOSTS),
    st.lists(st.sampled_from(PARTS), max_size=4),
    st.sampled_from(QUERIES),
)
damaged = st.builds(
    lambda url, at, put: url[: at % (len(url) + 1)] + put + url[at % (len(url) + 1) :],
    built,
    st.integers(0, 200),
    st.text(st.characters(exclude_categories=()), min_size=1, max_size=2),
)
address = st.one_of(built, damaged)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://www.daily.example/news/ferry_runs.html", ("www.daily.example", "/news/ferry_runs.html", "")),
        ("http://a.b/?x=1&y=%20", ("a.b", "/", "x=1&y=%20")),
        ("https://a.b", None),
        ("https://a.b:443/", None),
        ("https://user@a.b/", None),
        ("https://a.b/../c", None),
        ("https://a.b//c", None),
        ("https://a.b/c#d", None),
        ("https://a.b/c\n", None),
        ("https://a.b/é", None),
        ("https://ａ.b/", None),
        ("https://a.b/٣", None),
    ],
)
def test_the_parts_of_a_plain_address_are_read_at_a_glance(url: str, parts: tuple[str, str, str] | None) -> None:
    assert plain(url) == parts


@given(address)
def test_a_plain_address_has_no_other_parts_and_leads_to_itself_from_everywhere(url: str) -> None:
    found = plain(url)
    if found is None:
        return
    parts = urlsplit(url)
    assert (parts.scheme in {"http", "https"}, parts.netloc, parts.hostname) == (True, found.host, found.host)
    assert (parts.path, parts.query, parts.fragment, parts.port) == (found.path, found.query, "", None)
    assert urlunsplit(parts) == url
    for base in ("https://daily.example/rss?x", "http://other.example:81/a/b", "ftp://x.example/", ""):
        assert urljoin(base, url) == url


def nothing_is_plain(url: str) -> None:
    return None


@given(st.one_of(address, st.text()))
@example("HTTP://daily.example/")
@example("ｈttp://daily.example/")
def test_what_may_be_a_link_does_not_depend_on_the_glance(url: str) -> None:
    found = articles.is_web_address(url)
    with mock.patch.object(articles, "plain", nothing_is_plain):
        assert articles.is_web_address(url) == found


@given(address)
def test_the_canonical_address_does_not_depend_on_the_glance(url: str) -> None:
    found = urls.canonical(url)
    everywhere = mock.patch.object(standing_in, "_may_stand_in", return_value=True)
    with mock.patch.object(urls, "plain", nothing_is_plain), everywhere:
        assert urls.canonical.__wrapped__(url) == found


def test_a_long_address_takes_no_longer_than_its_length() -> None:
    for part in ("a", "a/", "a.", "a/."):
        assert addresses.plain("https://a.b/" + part * 500_000 + "!") is None


def test_what_was_made_of_an_address_is_kept_for_the_next_time_but_not_of_one_of_absurd_length() -> None:
    asked: list[str] = []

    @remembering
    def taken(url: str) -> str:
        asked.append(url)
        if not url:
            raise ValueError("no address")
        return url.upper()

    long = "a" * 501
    assert [taken("a"), taken("b"), taken("a")] == ["A", "B", "A"]
    assert [taken(long), taken(long)] == [long.upper()] * 2
    for _ in range(2):
        with pytest.raises(ValueError, match="no address"):
            taken("")
    assert asked == ["a", "b", long, long, "", ""]
