"""The dev half of the Reuters stream through Text, candidates and relate, and how its pairs agree with the labels.

Every compared candidate pair is scored, not only the chosen parent; `test_reuters.py` holds the figures to floors.
"""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from labelled_sets import FEWEST_WORDS, PairScore, rows

from ingest.dedupe import Text, Verdict, candidates, issues, recurring, relate, short_key
from ingest.model import Accepted, Envelope
from ingest.normalise.normalise import normalise

WINDOW_HOURS = 72.0
PER_DAY = 15  # numbers the ledger keeps per key and day
DAYS = 4  # day buckets that a window of 72 h touches
Idf = Callable[[str], float]


@dataclass
class Item:
    """One wire item, prepared."""

    id: str
    hours: float
    words: int
    title: str
    text: Text
    short: bytes | None


@dataclass
class Replay:
    """What the stream's replay found. `pairs`: (older id, newer id) -> verdict of every related pair."""

    pairs: dict[tuple[str, str], Verdict] = field(default_factory=dict)
    compared: int = 0
    scanned: int = 0
    seconds: float = 0.0
    asked: dict[str, list[str]] = field(default_factory=dict)


class Postings:
    """In memory what the ledger keeps: for each key and day the newest numbers."""

    def __init__(self) -> None:
        self._days: defaultdict[int, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))

    def look_up(self, keys: Sequence[int], hours: float) -> list[list[int]]:
        today = int(hours // 24)
        slabs = [self._days[day] for day in range(today - DAYS + 1, today + 1) if day in self._days]
        return [[number for slab in slabs for number in slab.get(key, ())] for key in keys]

    def add(self, keys: Sequence[int], hours: float, number: int) -> None:
        slab = self._days[int(hours // 24)]
        for key in keys:
            numbers = slab[key]
            numbers.append(number)
            if len(numbers) > PER_DAY:
                del numbers[0]


class StreamIdf:
    """Title words' weight from the stream so far: what the product's blend tends to on a long run."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.titles = 0

    def __call__(self, word: str) -> float:
        return math.log((self.titles + 2) / (self.counts[word] + 1))

    def add(self, words: Iterable[str]) -> None:
        self.titles += 1
        self.counts.update(words)


def prepared(title: str | None, body: str, key: str) -> tuple[Text, bytes | None]:
    article = normalise(Accepted("0-1", 0, Envelope(key=key, source="quality", text=body, title=title or None)))
    text = Text(article.title, article.sentences, article.correction)
    return text, short_key(article.title, article.sentences)


def load(folder: Path) -> list[Item]:
    """The stream in order of time; an item without a time has that of the item before it."""
    items, last = [], 0.0
    for row in rows(folder / "stream.jsonl"):
        last = datetime.fromisoformat(row["ts"]).timestamp() / 3600 if row["ts"] else last
        body = row["body"] or ""
        text, short = prepared(row["title"], body, row["id"])
        items.append(Item(row["id"], last, len(body.split()), row["title"] or "", text, short))
    return sorted(items, key=lambda item: item.hours)


def replay(items: Sequence[Item], idf: Idf, fresh: bool = False) -> Replay:
    """`fresh`: build each text anew, so that `seconds` tells what a worker does for it (normalise apart)."""
    found, postings = Replay(), Postings()
    stored: list[Text] = []
    sighted: defaultdict[int, list[int]] = defaultdict(list)  # hours of each title, but for copies
    begun = time.process_time()
    for number, item in enumerate(items):
        text = Text(item.text.title, item.text.raw, item.text.correction) if fresh else item.text
        stored.append(text)
        if item.short is not None or not text.words:
            continue
        lists = postings.look_up(text.keys, item.hours)
        found.scanned += sum(map(len, lists))
        chosen = candidates(lists)
        found.asked[item.id] = [items[other].id for other in chosen]
        title, now, copied = recurring(text).title, int(item.hours), False
        before = 0 if title is None else issues(sighted[title], now)
        for other in chosen:
            found.compared += 1
            verdict = relate(stored[other], text, hours=item.hours - items[other].hours, idf=idf, issues=before)
            copied = copied or verdict.kind == "copy"
            if verdict.kind != "distinct":
                found.pairs[items[other].id, item.id] = verdict
        if title is not None and not copied and sighted[title][-1:] != [now]:
            sighted[title].append(now)
        postings.add(text.keys, item.hours, number)
        if isinstance(idf, StreamIdf):
            idf.add(text.title_words)
    found.seconds = time.process_time() - begun
    return found


class Labels:
    """The rule-made silver pairs, the hand-read gold pairs, and the kinds of revisions."""

    def __init__(self, folder: Path, items: Sequence[Item]) -> None:
        self.of = {item.id: item for item in items}
        self.silver = {self._ordered(r["a"], r["b"]): r["silver"] for r in rows(folder / "candidate_pairs.jsonl")}
        self.gold = {self._ordered(r["a"], r["b"]): r["label"] for r in rows(folder / "gold_pairs_311.jsonl")}
        self.kinds = {self._ordered(r["old"], r["new"]): r["kind"] for r in rows(folder / "revisions.jsonl")}

    def _ordered(self, a: str, b: str) -> tuple[str, str]:
        return (a, b) if self.of[a].hours <= self.of[b].hours else (b, a)

    def within(self, pair: tuple[str, str], hours: float) -> bool:
        a, b = (self.of[each] for each in pair)
        return abs(a.hours - b.hours) <= hours and min(a.words, b.words) >= FEWEST_WORDS

    def score(self, found: Replay, hours: float) -> PairScore:
        predicted = {pair for pair in found.pairs if self.within(pair, hours)}
        true = {pair for pair, label in self.silver.items() if label == "P" and self.within(pair, hours)}
        return PairScore(len(predicted), len(true), len(predicted & true))

    def gold_score(self, found: Replay) -> PairScore:
        asked = {pair for pair in self.gold if self.within(pair, WINDOW_HOURS)}
        predicted = asked & found.pairs.keys()
        true = {pair for pair in asked if self.gold[pair] == "P"}
        return PairScore(len(predicted), len(true), len(predicted & true))

    def recall_of_candidates(self, found: Replay) -> tuple[int, int]:
        """(true pairs within the window whose older text was among the candidates, all of them)."""
        true = [pair for pair, label in self.silver.items() if label == "P" and self.within(pair, WINDOW_HOURS)]
        return sum(older in found.asked.get(newer, ()) for older, newer in true), len(true)

    def by_kind(self, found: Replay) -> dict[str, Counter[str]]:
        table: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for pair, kind in self.kinds.items():
            if self.within(pair, WINDOW_HOURS):
                verdict = found.pairs.get(pair)
                table[kind][verdict.kind if verdict else "distinct"] += 1
        return dict(table)

    def false_suppressions(self, found: Replay) -> list[tuple[str, str]]:
        """Copies that the labels know nothing of: each should be read."""
        return [p for p, v in found.pairs.items() if v.kind == "copy" and self.silver.get(p) != "P"]
