"""Captured feeds of many kinds, some broken: each gives its items or a refusal by a word, and none is a surprise."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from telling import Figures

from ingest.errors import Refused
from ingest.model import REFUSALS
from ingest.sources.feedparsing import parse_feed
from ingest.sources.feeds import articles_of, looks_like_feed
from ingest.sources.port import Readers
from labelled import data_folder

pytestmark = pytest.mark.quality


def unused(*arguments: object) -> Any:
    raise AssertionError("a feed needs no other reader")


READERS = Readers(html=unused, plain=unused, decode=unused, canonical=str, feed=parse_feed, wire=unused)


@pytest.fixture(scope="module")
def data() -> Path:
    return data_folder() / "feeds"


def test_every_captured_feed_gives_items_or_a_labelled_outcome(data: Path, figures: Figures) -> None:
    rows = [json.loads(line) for line in (data / "manifest.jsonl").read_text().splitlines()]
    said: Counter[str] = Counter()
    with_items = recognised = complete = 0
    for row in rows:
        body = (data / "files" / row["file"]).read_bytes()
        if body.startswith(b"\x1f\x8b"):
            body = gzip.decompress(body)  # the client does that
        items = 0
        try:
            articles = articles_of(parse_feed(body), "https://feed.example/", "https://feed.example/", READERS)
            items = len(articles)
            said["items" if items else "none"] += 1
            for article in articles:
                assert article.key
                assert article.title or article.text
                assert article.url is None or article.url.startswith(("http://", "https://"))
        except Refused as refused:
            said[refused.reason] += 1
        if row["items"] and row["kind"] != "opml":
            with_items += 1
            recognised += looks_like_feed(body)
            complete += items >= row["items"]
    note = f"{len(rows)} files: {dict(said)}; {with_items} with items"
    assert set(said) <= {"items", "none", *REFUSALS}
    figures.tell("feeds", note, recognised=recognised / with_items, complete=complete / with_items)
