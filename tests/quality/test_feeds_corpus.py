"""Captured feeds of many kinds, some broken: each gives its items or a refusal in words, and the items are counted.

Whatever differs from the manifest stands in DIFFERENCES with its reason: one that is not there fails, and so does one
that is there and does not differ any more.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from telling import Figures

from ingest.errors import Refused
from ingest.model import REFUSALS, Envelope
from ingest.settings import SourceSettings
from ingest.sources.entries import Entry, Known, Parsed, hint_of
from ingest.sources.feedparsing import parse_feed
from ingest.sources.feeds import article_of, entries_beside, looks_like_feed
from ingest.sources.port import Readers
from ingest.sources.review import reviews
from ingest.sources.sightings import Sightings
from labelled import data_folder

pytestmark = pytest.mark.quality

FEED = "https://feed.example/"
DIFFERENCES: dict[str, tuple[str, str]] = {
    # items of the manifest -> entries + entries refused, or the reason of the refusal
    "ScriptingNews.json": ("0 -> unknown-format", "RSS written as JSON: no JSON Feed, and of one publisher"),
    "Subs.opml": ("0 -> unknown-format", "a list of subscriptions"),
    "SubsNoTitleAttributes.opml": ("0 -> unknown-format", "a list of subscriptions"),
    "opml_1.0.xml": ("0 -> unknown-format", "a list of subscriptions"),
    "allthis-partial.json": ("3 -> 2+0", "cut off within its third item: half a text would be a version of its own"),
    "authors.json": ("0 -> 0+4", "the manifest counts items with a text; none of the four has one, or a title"),
    "nondefaultnamespace.atom": ("0 -> 1+0", "the manifest's counter knows no prefix on Atom's own elements; we do"),
    "feed-utf16be.xml": ("0 -> 1+0", "UTF-16 without a mark, which the manifest's counter could not read"),
    "sample2.xml": ("2 -> 1+0", "the second is named in a comment"),
    "ep1_v4a.xml": ("18 -> 17+1", "entries within entries, kept as conflicts; one of them has neither title nor text"),
    "v4.xml": ("18 -> 17+1", "the same"),
    "full.atom": ("5 -> 2+3", "three have an id and a source, and neither title nor text"),
    "full.rss": ("5 -> 2+3", "the same"),
}


def unused(*arguments: object) -> Any:
    raise AssertionError("a feed needs no other reader")


READERS = Readers(html=unused, plain=unused, decode=unused, canonical=str, domain=unused, feed=parse_feed, wire=unused)


@pytest.fixture(scope="module")
def data() -> Path:
    return data_folder() / "feeds"


def outcome(body: bytes) -> str:
    """Entries that are articles and entries that are none, or why the whole is refused."""
    try:
        found = reviews(parse_feed(body), FEED, FEED, READERS, SourceSettings())
    except Refused as refused:
        return refused.reason if refused.detail else "without a word"
    for review in found:
        if isinstance(review.article, Refused):
            assert review.article.reason == "not-an-article"
            continue
        assert review.article.key
        assert review.article.title or review.article.text
        assert review.article.url is None or review.article.url.startswith(("http://", "https://"))
    refused_ones = sum(isinstance(review.article, Refused) for review in found)
    return f"{len(found) - refused_ones}+{refused_ones}"


def test_every_captured_feed_gives_its_items_or_a_labelled_outcome(data: Path, figures: Figures) -> None:
    rows = [json.loads(line) for line in (data / "manifest.jsonl").read_text().splitlines()]
    said: Counter[str] = Counter()
    differing: dict[str, str] = {}
    with_items = recognised = complete = 0
    for row in rows:
        body = (data / "files" / row["file"]).read_bytes()
        if body.startswith(b"\x1f\x8b"):
            body = gzip.decompress(body)  # the client does that
        found = outcome(body)
        said["items" if "+" in found else found] += 1
        if found != f"{row['items']}+0":
            name = next((name for name in DIFFERENCES if row["file"].endswith(f"__{name}")), row["file"])
            differing[name] = f"{row['items']} -> {found}"
        if row["items"] and row["kind"] != "opml":
            with_items += 1
            recognised += looks_like_feed(body)
            complete += sum(int(part) for part in found.split("+") if part.isdecimal()) >= row["items"]
    note = f"{len(rows)} files: {dict(said)}; {with_items} with items; {len(differing)} explained differences"
    figures.tell("feeds", note, recognised=recognised / with_items, complete=complete / with_items)
    assert set(said) <= {"items", *REFUSALS}
    assert differing == {name: what for name, (what, _) in DIFFERENCES.items()}


def again(body: bytes, stored: bytes | None, known: Known | None = None) -> tuple[list[Envelope], Parsed, bytes]:
    """What a poll offers, what was read for it, and what is remembered then."""
    seen = Sightings(stored, 20_000 * 86_400_000, FEED)
    parsed = parse_feed(body, hint_of(2000, "", seen.to_skip() if known is None else known))
    whole, standing = seen.standing(parsed)
    entries = entries_beside(whole, standing, FEED, FEED, READERS)
    assert entries is not None
    return seen.take(entries, lambda each, key: article_of(each, key, FEED, parsed.language)), parsed, seen.packed()


def test_every_captured_feed_is_the_same_to_who_has_read_it_before(data: Path, figures: Figures) -> None:
    skipped = entries = feeds = 0
    for row in map(json.loads, (data / "manifest.jsonl").read_text().splitlines()):
        body = (data / "files" / row["file"]).read_bytes()
        body = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
        try:
            _, whole, stored = again(body, None)
        except Refused:
            continue
        offered, second, remembered = again(body, stored)
        assert offered == []
        assert remembered == stored
        read = {entry.raw: entry for entry in whole.entries if entry.raw}
        half = frozenset(list(read)[::2])
        salt = Sightings(None, 0, FEED).to_read().salt
        third = parse_feed(body, hint_of(2000, "", Known(salt, whole.scope, half)))
        for entry, left in zip(whole.entries, third.entries, strict=True):
            known = Entry(raw=entry.raw, known=True)
            # What else has its guid is not told of those left out, and nobody asks for it who has read a feed before.
            alike = msgspec.structs.replace(left, permalink=entry.permalink)
            assert left == known if entry.raw in half else alike == entry
        assert msgspec.structs.replace(third, entries=()) == msgspec.structs.replace(whole, entries=())
        feeds += bool(whole.entries)
        entries += len(whole.entries)
        skipped += sum(entry.known for entry in second.entries)
    figures.tell("feeds", f"{skipped} of {entries} entries of {feeds} feeds", not_read_again=skipped / entries)
