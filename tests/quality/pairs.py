"""Labelled pairs of articles: how well the product's own similarity tells one story from two, language by language.

Each set's pairs of one language are one stream in the order of the file, and the words of the pairs before are known.
A pair is the first article's story, and the second article put before it: exactly the functions of the product, from
the normaliser on. `semeval` has texts only, graded 1 (same story) to 4: up to 2 is the same. `telegram` has titles too.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.background import Background
from ingest.model import Accepted, Envelope
from ingest.normalise import normalise
from ingest.stories.counts import TermCounts
from ingest.stories.features import Terms, terms
from ingest.stories.placement import join, place
from ingest.stories.similarity import vector
from ingest.stories.thresholds import THRESHOLDS, Thresholds
from ingest.stories.when import When

FILES = {"semeval": "pairs/semeval22_t8_subset.jsonl", "telegram": "pairs/telegram_same_story.jsonl"}
SAME = 2
"""The worst grade of `semeval` that is still the same story."""


@dataclass(frozen=True)
class Pair:
    """Two articles, title and text each, and whether people took them for one story."""

    first: tuple[str | None, str]
    second: tuple[str | None, str]
    same: bool


@dataclass(frozen=True)
class Judged:
    """The second article's score against the story of the first, and whether it joined."""

    score: float
    joined: bool
    same: bool


@dataclass(frozen=True)
class Figures:
    """Of one set and language. `auc`: how often a pair of one story scores above one of two. `recall` and `fallout`:
    share joined of the pairs that belong together, and of those that do not."""

    auc: float
    recall: float
    fallout: float
    same: int
    other: int


def load(data: Path) -> dict[str, list[Pair]]:
    """By set and language, `semeval zh`; pairs across languages are left out."""
    found: defaultdict[str, list[Pair]] = defaultdict(list)
    for r in _rows(data / FILES["semeval"]):
        if r["lang1"] == r["lang2"]:
            pair = Pair((None, r["text1"]), (None, r["text2"]), r["overall"] <= SAME)
            found[f"semeval {r['lang1']}"].append(pair)
    for r in _rows(data / FILES["telegram"]):
        pair = Pair((r["title1"], r["text1"]), (r["title2"], r["text2"]), bool(r["label"]))
        found[f"telegram {r['lang']}"].append(pair)
    return dict(found)


def judge(pairs: Iterable[Pair], background: Background, thresholds: Thresholds = THRESHOLDS) -> Iterator[Judged]:
    """The pairs as one stream. Words are counted as they come, of every article."""
    counts = TermCounts(thresholds.counting)
    for pair in pairs:
        first = _read(pair.first, background, thresholds)
        story = join(vector(first, counts, thresholds), When(), 0, None)
        counts.add(first)
        second = _read(pair.second, background, thresholds)
        of_second = vector(second, counts, thresholds)
        counts.add(second)
        found = place(of_second, second.length, [story], When(), second.words, thresholds.placing)
        yield Judged(found.score, found.story is not None, pair.same)


def figures(judged: Iterable[Judged]) -> Figures:
    rows = list(judged)
    same, other = [row for row in rows if row.same], [row for row in rows if not row.same]
    return Figures(auc(rows), _joined(same), _joined(other), len(same), len(other))


def auc(judged: Sequence[Judged]) -> float:
    """Chance that a pair of one story scores above a pair of two, equal ones counted half (Mann-Whitney)."""
    same = [row.score for row in judged if row.same]
    other = sorted(row.score for row in judged if not row.same)
    if not same or not other:
        return math.nan
    wins = sum(bisect_left(other, score) + bisect_right(other, score) for score in same)
    return wins / 2 / len(same) / len(other)


def _joined(rows: Sequence[Judged]) -> float:
    return sum(row.joined for row in rows) / len(rows) if rows else math.nan


def _read(article: tuple[str | None, str], background: Background, thresholds: Thresholds) -> Terms:
    title, text = article
    read = normalise(Accepted("0-1", 0, Envelope(key="pair", source="pairs", title=title, text=text)))
    return terms(read.title, read.sentences, background, thresholds.reading)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
