"""The labelled sets as streams, and a replay of one through exactly the functions of the product.

The index here has the product's bounds: strongest terms, capped postings in buckets of seven days, 16 candidates.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.background import Background
from ingest.ledger.records import Layout
from ingest.model import Stamp
from ingest.stories.counts import TermCounts
from ingest.stories.features import Terms, terms
from ingest.stories.merging import by_headlines
from ingest.stories.placement import Placement, Span, StoryPoint, When, join, place
from ingest.stories.similarity import indexable, propose, proposers, vector
from ingest.stories.thresholds import THRESHOLDS, Thresholds


@dataclass(frozen=True)
class Item:
    """An article of a labelled set: `story` is the event that people gave it."""

    id: str
    title: str | None
    body: str
    story: Hashable
    published: Stamp | None = None


@dataclass(frozen=True)
class Score:
    """BCubed over all articles, those alone in their event included."""

    precision: float
    recall: float
    f1: float
    articles: int
    events: int
    stories: int
    largest: tuple[int, int]
    milliseconds: float


def day(text: str) -> Stamp:
    return Stamp(int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000), exact=False)


def moment(text: str) -> Stamp:
    return Stamp(int(datetime.fromisoformat(text).timestamp() * 1000))


def shuffled(items: Iterable[Item], salt: str = "") -> list[Item]:
    """In an order that is the same everywhere and follows neither the file nor the events."""
    return sorted(items, key=lambda item: hashlib.md5((salt + item.id).encode()).digest())


def in_time(items: Iterable[Item]) -> list[Item]:
    """In order of publication; those of one moment shuffled."""
    return sorted(shuffled(items), key=lambda item: item.published.at if item.published else 0)


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def without_repeat(title: str | None, body: str) -> str:
    """Some sets begin the body with the headline once more."""
    return body[len(title) :].lstrip() if title and body.startswith(title) else body


SETS: dict[str, tuple[str, Callable[[dict[str, Any]], Item], Callable[[Iterable[Item]], list[Item]]]] = {
    "wikinews": (
        "wikinews_events/articles.jsonl",
        lambda r: Item(r["id"], r["title"], r["body"], r["cluster"]),
        shuffled,
    ),
    "ecb+": (
        "ecbplus/docs.jsonl",
        lambda r: Item(r["id"], r["title"], without_repeat(r["title"], r["body"]), r["cluster"]),
        shuffled,
    ),
    "basil": (
        "basil/articles.jsonl",
        lambda r: Item(r["id"], r["title"], without_repeat(r["title"], r["body"]), r["cluster"], day(r["ts"])),
        in_time,
    ),
    "allsides": (
        "allsides_events/dated_2021.jsonl",
        lambda r: Item(r["id"], r["title"], r["body"], r["cluster"], moment(r["event_ts"])),
        in_time,
    ),
    "uci": (
        "uci_news_stream/headlines.jsonl",
        lambda r: Item(r["id"], r["title"], "", r["cluster"], moment(r["ts"])),
        in_time,
    ),
    "news_search": (
        "news_search_clusters/items.jsonl",
        lambda r: Item(r["id"], r["title"], r["description"] or "", r["gold"]["gold1"]),
        shuffled,
    ),
}


def load(data: Path, name: str) -> list[Item]:
    path, read, order = SETS[name]
    return order(read(row) for row in rows(data / path))


@dataclass
class Replay:
    """One stream from an empty store on."""

    background: Background
    thresholds: Thresholds = THRESHOLDS
    counts: TermCounts = field(init=False)
    stories: dict[int, StoryPoint] = field(default_factory=dict)
    index: dict[tuple[int, int], dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    into: dict[int, int] = field(default_factory=dict)  # a story that became part of another one
    opened: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.counts = TermCounts(self.thresholds.counting)

    def read(self, item: Item) -> Terms:
        return terms(item.title, [item.body] if item.body else [], self.background, self.thresholds.reading)

    def now(self, number: int) -> int:
        """The story that lives on in the place of this one."""
        while number in self.into:
            number = self.into[number]
        return number

    def merged(self, placement: Placement) -> int:
        """The story joined, after it has become one with the runner-up where the article proves that."""
        assert placement.story is not None
        if placement.runner_up is None:
            return placement.story
        pair = [self.stories[number] for number in (placement.story, placement.runner_up[0])]
        if by_headlines(placement, *pair, self.thresholds.merging, self.thresholds.placing) is None:
            return placement.story
        story, other = sorted(pair, key=lambda point: (-point.centroid.members, point.number))
        together = story.centroid.united(other.centroid, self.thresholds)
        when = story.when.with_member(other.when)
        self.stories[story.number] = StoryPoint(story.number, together, when, "", story.opening, story.away)
        self.into[other.number] = story.number
        return story.number

    def add(self, item: Item) -> tuple[int, Placement]:
        """The number of its story, which may become part of another one later (`now`), and why."""
        read = self.read(item)
        began = time.process_time()
        when = When(Span.of(item.published))
        bucket = item.published.at // (7 * 86_400_000) if item.published else 0
        shape = self.thresholds.shape
        point = vector(read, self.counts, self.thresholds)
        found: dict[int, list[tuple[int, int]]] = {}
        for code in proposers(point, shape):
            found[code] = [p for b in (bucket, bucket - 1, bucket - 2) for p in self.index.get((b, code), {}).items()]
        proposed = dict.fromkeys(map(self.now, propose(point, found, shape)))
        candidates = [self.stories[number] for number in proposed]
        placement = place(point, read.length, candidates, when, read.words, self.thresholds.placing)
        number = self.opened if placement.story is None else self.merged(placement)
        self.opened += placement.story is None
        self.stories[number] = story = join(point, when, number, self.stories.get(number))
        self.counts.add(read)
        for code, weight in indexable(point, story.centroid, shape):
            posting = self.index[bucket, code]
            posting.pop(number, None)
            posting[number] = weight
            if len(posting) > Layout().term_cap:
                del posting[next(iter(posting))]
        self.seconds += time.process_time() - began
        return number, placement


def evaluate(items: Sequence[Item], background: Background, thresholds: Thresholds = THRESHOLDS) -> Score:
    replay = Replay(background, thresholds)
    first = [replay.add(item)[0] for item in items]
    found = [replay.now(number) for number in first]
    return bcubed([item.story for item in items], found, replay.seconds * 1000 / len(items))


def bcubed(gold: Sequence[Hashable], found: Sequence[Hashable], milliseconds: float = math.nan) -> Score:
    both, golds, founds = Counter(zip(gold, found, strict=True)), Counter(gold), Counter(found)
    precision = sum(n * n / founds[f] for (_, f), n in both.items()) / len(gold)
    recall = sum(n * n / golds[g] for (g, _), n in both.items()) / len(gold)
    f1 = 2 * precision * recall / (precision + recall)
    largest = (max(founds.values()), max(golds.values()))
    return Score(precision, recall, f1, len(gold), len(golds), len(founds), largest, milliseconds)


def undated(items: Iterable[Item]) -> list[Item]:
    return [replace(item, published=None) for item in items]
