from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from source_doubles import READERS

from ingest.errors import Refused
from ingest.model import Envelope, Stamp
from ingest.settings import SourceSettings
from ingest.sources.articles import LIMITS, Origin, parse_json, read_article
from ingest.sources.port import Readers

ORIGIN = Origin(source="wire", where="drop.jsonl:3", path=None)
FILE = Origin(source="wire", where="one.json", path="one.json")


@pytest.fixture
def read(readers: Readers, settings: SourceSettings) -> Any:
    def reading(item: Any, origin: Origin = ORIGIN) -> Envelope:
        return read_article(item, origin, readers, settings)

    return reading


def test_every_field_of_an_article_arrives(read: Any) -> None:
    article = read(
        {
            "id": "a1", "url": "https://news.example/a?utm=1", "title": " A  title ", "text": "Words.\nMore.",
            "published_at": "2024-06-18T09:30:00+09:00", "outlet": "Example", "source": "afp", "language": "en-GB",
            "author": "A. Writer", "desk": "foreign",
        }
    )  # fmt: skip
    assert article == Envelope(
        key="afp#a1", source="afp", text="Words.\nMore.", id="a1", url="https://news.example/a?utm=1", title="A title",
        published=Stamp(1718670600000), outlet="Example", author="A. Writer", language="en", extra={"desk": "foreign"},
    )  # fmt: skip


def test_the_key_is_the_given_id_else_the_canonical_url_else_the_files_path_else_the_content(read: Any) -> None:
    assert read({"id": 7, "url": "https://n.example/a?b", "text": "x"}).key == "wire#7"
    assert read({"url": "https://n.example/a?b", "text": "x"}).key == "https://n.example/a"
    assert read({"text": "x"}, FILE).key == "one.json"
    one, other = read({"text": "x"}).key, read({"text": "y"}).key
    assert one.startswith("wire#")
    assert one != other
    assert read({"text": "x"}).key == one


def test_html_is_read_as_a_page_and_what_is_given_goes_before_what_the_page_says(read: Any) -> None:
    article = read({"html": "<html><p>One.</p><p>Two.</p></html>", "url": "https://n.example/a"})
    assert (article.title, article.text, article.outlet) == ("A page", "One.\nTwo.", None)
    assert read({"html": "<html><p>One.</p></html>", "title": "Given"}).title == "Given"


@pytest.mark.parametrize(
    ("published_at", "expected"),
    [
        ("2024-06-18", Stamp(1718668800000, exact=False)),
        ("2024-06-18T00:00:00Z", Stamp(1718668800000)),
        ("2024-06-18 09:30:00", Stamp(1718703000000)),
        ("2024-06-18 09:30:00 +0000", Stamp(1718703000000)),
        ("2024-06-18T09:30:60Z", Stamp(1718703059000)),
        ("20240618T093000Z", Stamp(1718703000000)),
        ("2024-06-18T09:30:00.123456Z", Stamp(1718703000123)),
        ("Tue, 18 Jun 2024 09:30:00 GMT", Stamp(1718703000000)),
        ("Tue, 18 Jun 2024 05:30:00 EDT", Stamp(1718703000000)),
        (1718703000, Stamp(1718703000000)),
        (1718703000.5, Stamp(1718703000500)),
        (1718703000123, Stamp(1718703000123)),
        ("1718703000", Stamp(1718703000000)),
        (-86400, Stamp(-86400000)),
    ],
)
def test_published_at_is_read_in_the_ways_it_is_written(read: Any, published_at: Any, expected: Stamp) -> None:
    article = read({"text": "x", "published_at": published_at})
    assert article.published == expected
    assert "published_at" not in article.extra


@pytest.mark.parametrize(
    "published_at",
    ["2024-02-30", "2024-13-01T00:00:00Z", "yesterday", "18 June", True, 0, {"a": 1}, [1], "999999999999999", 1e300,
     "9" * 400, "Tue, 99 Jun 2024 99:30:00 GMT", "2024-06-18T25:00:00Z"],
)  # fmt: skip
def test_an_impossible_date_is_no_date_and_is_kept_for_the_reader(read: Any, published_at: Any) -> None:
    article = read({"text": "x", "published_at": published_at})
    assert article.published is None
    assert article.extra["published_at"] == published_at


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ([], "not-an-article"), ("text", "not-an-article"), (3, "not-an-article"), (None, "not-an-article"),
        ({}, "not-an-article"), ({"text": "  \n"}, "not-an-article"), ({"text": None}, "not-an-article"),
        ({"text": 3}, "bad-field"), ({"text": ["a"]}, "bad-field"), ({"text": "x", "title": {}}, "bad-field"),
        ({"text": "x", "id": True}, "bad-field"), ({"text": "x", "id": 1.5}, "bad-field"),
        ({"text": "x", "id": "i" * 1001}, "bad-field"), ({"text": "x", "title": "t" * 2001}, "bad-field"),
        ({"text": "x", "outlet": 5}, "bad-field"), ({"text": "x" * 500_001}, "too-large"),
        ({"html": "<html></html>"}, "no-text"),
    ],
)  # fmt: skip
def test_what_is_no_article_is_refused_with_its_line(read: Any, item: Any, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read(item)
    assert (refused.value.reason, refused.value.where) == (reason, "drop.jsonl:3")


def test_a_title_alone_is_an_article_of_that_completeness(read: Any) -> None:
    assert read({"title": "Flash"}).completeness == "title"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "/a", "http://", "ftp://a/b", "http://a/\x1b[2J",
                                 "http://[::1", "https://a b/"])  # fmt: skip
def test_an_address_that_is_no_web_address_is_kept_but_never_as_the_url(read: Any, url: str) -> None:
    article = read({"text": "x", "url": url})
    assert article.url is None
    assert article.extra["url"] == url


@pytest.mark.parametrize("text", ['{"text": NaN}', '{"text": "a", "x": Infinity}', '{"text": "a"', "", "{'a': 1}",
                                  '{"text": "a", "text": "b"}'])  # fmt: skip
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_json(text.encode(), "f:1")
    assert refused.value.reason == "bad-json"


def test_deep_nesting_is_refused_at_any_depth(read: Any) -> None:
    for depth in (LIMITS.depth + 2, 5_000, 200_000):
        with pytest.raises(Refused) as refused:
            read(parse_json(b'{"text": "x", "deep": ' + b"[" * depth + b"]" * depth + b"}", "f:1"))
        assert refused.value.reason == "too-deep"


def test_numbers_surrogates_and_nul_become_what_every_encoder_can_carry(read: Any) -> None:
    line = b'{"text": "a\\ud800b\\u0000c", "title": "\\ud83d\\ude00", "n": 123456789012345678901234567890, "f": 1e999}'
    article = read(parse_json(line, "f:1"))
    assert article.text == "a\ufffdbc"
    assert article.title == "\U0001f600"
    assert article.extra == {"n": "123456789012345678901234567890", "f": "1e999"}
    assert isinstance(parse_json(b'{"n": ' + b"9" * 10_000 + b"}", "f:1")["n"], str)


def test_extra_is_kept_up_to_a_size_then_only_its_names(read: Any) -> None:
    assert read({"text": "x", "big": "y" * 20_000, "a": 1}).extra == {"dropped": ["a", "big"]}


def test_json_may_have_a_byte_order_mark_or_be_utf_16() -> None:
    assert parse_json(b'\xef\xbb\xbf{"a": 1}', "f") == {"a": 1}
    assert parse_json('{"a": "é"}'.encode("utf-16"), "f") == {"a": "é"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("id", "url", "title", "text", "html", "published_at", "outlet", "source", "language", "other")


@given(st.dictionaries(st.sampled_from(NAMES), json_values, max_size=6))
def test_any_json_object_is_an_article_or_a_refusal(item: dict[str, Any]) -> None:
    try:
        article = read_article(parse_json(json.dumps(item).encode(), "f:1"), ORIGIN, READERS, SourceSettings())
    except Refused:
        return
    article.text.encode()
    assert article.key
