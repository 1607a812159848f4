"""The labelled sets as streams, how well stories and pairs agree with their labels; nothing here knows the product."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import nan
from pathlib import Path
from typing import Any

from ingest.model import Stamp

FEWEST_WORDS = 20
"""Of a wire item that the labels of pairs speak of."""


@dataclass(frozen=True)
class Item:
    """An article of a labelled set: `story` is the event that people gave it."""

    id: str
    title: str | None
    body: str
    story: Hashable
    published: Stamp | None = None
    outlet: str | None = None


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
        lambda r: Item(r["id"], r["title"], r["body"], r["cluster"], outlet=r["source"]),
        shuffled,
    ),
    "ecb+": (
        "ecbplus/docs.jsonl",
        lambda r: Item(r["id"], r["title"], without_repeat(r["title"], r["body"]), r["cluster"]),
        shuffled,
    ),
    "basil": (
        "basil/articles.jsonl",
        lambda r: Item(
            r["id"], r["title"], without_repeat(r["title"], r["body"]), r["cluster"], day(r["ts"]), r["source"]
        ),
        in_time,
    ),
    "allsides": (
        "allsides_events/dated_2021.jsonl",
        lambda r: Item(r["id"], r["title"], r["body"], r["cluster"], moment(r["event_ts"]), r["source"]),
        in_time,
    ),
    "uci": (
        "uci_news_stream/headlines.jsonl",
        lambda r: Item(r["id"], r["title"], "", r["cluster"], moment(r["ts"]), r["publisher"]),
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


def moved_back(items: Sequence[Item]) -> list[Item]:
    """Of numbered items (`eclipse-7`) each with the event of the next one of its query; the last of each is left out.

    The groups of news search count from one and were stored counting from nought (decision 0138).
    """
    by_id = {item.id: item for item in items}
    following = ((item, by_id.get(_next(item.id))) for item in items)
    return [replace(item, story=after.story) for item, after in following if after is not None]


def _next(key: str) -> str:
    query, _, number = key.rpartition("-")
    return f"{query}-{int(number) + 1}"


def bcubed(gold: Sequence[Hashable], found: Sequence[Hashable], milliseconds: float = nan) -> Score:
    both, golds, founds = Counter(zip(gold, found, strict=True)), Counter(gold), Counter(found)
    precision = sum(n * n / founds[f] for (_, f), n in both.items()) / len(gold)
    recall = sum(n * n / golds[g] for (g, _), n in both.items()) / len(gold)
    f1 = 2 * precision * recall / (precision + recall)
    largest = (max(founds.values()), max(golds.values()))
    return Score(precision, recall, f1, len(gold), len(golds), len(founds), largest, milliseconds)


def undated(items: Iterable[Item]) -> list[Item]:
    return [replace(item, published=None) for item in items]


@dataclass
class PairScore:
    """Pairs: predicted, true, both."""

    predicted: int
    true: int
    both: int

    @property
    def precision(self) -> float:
        return self.both / max(1, self.predicted)

    @property
    def recall(self) -> float:
        return self.both / max(1, self.true)

    @property
    def f1(self) -> float:
        return 2 * self.both / max(1, self.predicted + self.true)

    def __str__(self) -> str:
        shares = f"P {self.precision:.3f}  R {self.recall:.3f}  F1 {self.f1:.3f}"
        return f"{shares}  ({self.predicted} found, {self.true} true)"
