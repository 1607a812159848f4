"""What is shown in place of an article is told from an article, in twelve languages, and articles are left alone."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from ingest.errors import Refused
from ingest.extraction.html import read_html
from ingest.model import REFUSALS
from ingest.sources.labels import LABELS, Fetched, label_of

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"
_HEAD = re.compile(r"^=== (\S+) (\d+) (\S+) (\S+)\n", re.MULTILINE)


class Example(NamedTuple):
    label: str | None
    page: Fetched


def examples(name: str) -> Iterator[Example]:
    _, *rest = _HEAD.split((PAGES / name).read_text("utf-8"))
    for at in range(0, len(rest), 5):
        label, status, asked, found, markup = rest[at : at + 5]
        yield Example(None if label == "-" else label, fetched(markup.encode(), asked, found, int(status)))


def fetched(body: bytes, asked: str = "https://daily.example/a", found: str = "", status: int = 200) -> Fetched:
    title, text = None, ""
    try:
        extracted = read_html(body, found or asked)
        title, text = extracted.title, extracted.text
    except Refused:
        pass
    return Fetched(asked=asked, found=found or asked, status=status, headers={}, body=body, title=title, text=text)


def name_of(example: Example) -> str:
    return f"{example.label} {example.page.asked}"


@pytest.mark.parametrize("example", list(examples("instead.txt")), ids=name_of)
def test_a_page_in_place_of_an_article_has_its_label(example: Example) -> None:
    assert label_of(example.page) == example.label


@pytest.mark.parametrize("example", list(examples("articles.txt")), ids=name_of)
def test_an_article_about_such_pages_or_on_one_has_none(example: Example) -> None:
    assert label_of(example.page) is None


def test_every_label_is_a_word_of_the_vocabulary_and_has_an_example() -> None:
    shown = {example.label for example in examples("instead.txt")}
    assert set(LABELS) <= set(REFUSALS)
    assert shown == set(LABELS) - {"same-page"}


def test_a_status_and_a_header_may_say_it_all() -> None:
    challenged = Fetched(asked="a", found="a", status=200, headers={"cf-mitigated": "challenge"}, body=b"")
    assert label_of(challenged) == "bot-challenge"
    assert label_of(Fetched(asked="a", found="a", status=402, headers={}, body=b"")) == "paywall"
    assert label_of(Fetched(asked="a", found="a", status=200, headers={}, body=b"")) is None


HOSTILE = [
    b"<script" * 60_000, b"<!--" * 100_000, b"<" * 400_000, b"<button>" * 60_000, b"<title>" * 60_000, b"\xff\xfe" * 9,
    b"<a " + b"value='" * 60_000, b"<p>" + b"accept all " * 40_000, b"<h1>" + b"404 " * 90_000, b"|" * 400_000,
    b"<div id=root" + b" " * 400_000, b"<input " + b"type=" * 80_000, "\u96f6".encode() * 200_000,
    b"<title>" + b" - " * 100_000, b"<p>" + b"\n" * 400_000, b"<button" + b">" * 300_000,
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_page_costs_no_more_than_it_is_long(body: bytes) -> None:
    page = Fetched(asked="https://a.example/b", found="https://a.example/b", status=200, headers={}, body=body)
    began = time.process_time()
    label_of(page)
    assert time.process_time() - began < 5
