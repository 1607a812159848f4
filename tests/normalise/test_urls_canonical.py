from __future__ import annotations

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
