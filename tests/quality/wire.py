"""The Reuters stream through the desk: lineages as the events tell them, held against the labels.

A pair is predicted where both articles are of one lineage (`relation.to` of copies and revisions, transitive). The
labels are pairs as well (P: one text); what they connect is one text too, so the truth is closed in the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import combinations
from pathlib import Path

import msgspec
from labelled_sets import FEWEST_WORDS, PairScore, rows
from streams import Stream, Told, replay

from ingest.model import Envelope
from ingest.stamps import parse_stamp
from labelled import data_folder

Pair = tuple[str, str]


class Article(msgspec.Struct, frozen=True):
    """One wire item; `hours` since 1970."""

    id: str
    hours: float
    words: int
    title: str
    body: str
    stamp: str


class Wire:
    """The labelled stream, in order of time; an item without a time has that of the item before it."""

    def __init__(self, folder: Path) -> None:
        self.articles = {article.id: article for article in sorted(_read(folder), key=lambda article: article.hours)}
        labels = rows(folder / "candidate_pairs.jsonl")
        self.silver = {self.ordered(row["a"], row["b"]): row["silver"] for row in labels}
        self.equal = {self.ordered(row["a"], row["b"]) for row in labels if row["body_equal"]}
        self.gold = {self.ordered(r["a"], r["b"]): r["label"] for r in rows(folder / "gold_pairs_311.jsonl")}
        self.kinds = {self.ordered(r["old"], r["new"]): r["kind"] for r in rows(folder / "revisions.jsonl")}
        groups = rows(folder / "dup_groups.jsonl")
        self.texts = {member: row["group"] for row in groups for member in row["members"]}

    def ordered(self, a: str, b: str) -> Pair:
        return (a, b) if self.articles[a].hours <= self.articles[b].hours else (b, a)

    def within(self, pair: Pair, hours: float) -> bool:
        """Whether the labels speak of the pair: so close in time, and no text of fewer than 20 words."""
        a, b = (self.articles[each] for each in pair)
        return abs(a.hours - b.hours) <= hours and min(a.words, b.words) >= FEWEST_WORDS

    def pairs(self, lineage: Mapping[str, str], hours: float) -> set[Pair]:
        """All pairs of one lineage."""
        members: defaultdict[str, list[str]] = defaultdict(list)
        for key, text in lineage.items():
            members[text].append(key)
        pairs = (self.ordered(a, b) for keys in members.values() for a, b in combinations(keys, 2))
        return {pair for pair in pairs if self.within(pair, hours)}

    def envelopes(self) -> Iterator[Envelope]:
        for each in self.articles.values():
            stamp = parse_stamp(each.stamp, zoneless_is_utc=True)
            yield Envelope(
                key=each.id,
                source="reuters",
                title=each.title or None,
                text=each.body,
                published=stamp,
                outlet="Reuters",
            )


def _read(folder: Path) -> Iterator[Article]:
    stamp = ""
    for row in rows(folder / "stream.jsonl"):
        stamp = row["ts"] or stamp
        body = row["body"] or ""
        yield Article(row["id"], _hours(stamp), len(body.split()), row["title"] or "", body, stamp)


def _hours(stamp: str) -> float:
    found = parse_stamp(stamp, zoneless_is_utc=True)
    return found.at / 3_600_000 if found else 0.0


@cache
def wire() -> Wire:
    return Wire(data_folder() / "reuters21578")


@cache
def told() -> Stream:
    return replay(wire().envelopes(), published=True)


def scored(predicted: set[Pair], true: set[Pair]) -> PairScore:
    return PairScore(len(predicted), len(true), len(predicted & true))


def copies(stream: Stream, pairs: Iterable[Pair]) -> list[Pair]:
    """Pairs whose newer article was called a copy, of the older or of another article of the older one's text."""
    found = []
    for older, newer in pairs:
        of_one_text = stream.lineages[older] == stream.lineages[newer]
        if of_one_text and stream.by_key[newer].relation.kind == "copy":
            found.append((older, newer))
    return found


def placeholders(wire: Wire) -> dict[str, str]:
    """Items whose body stands under many headlines and says nothing: their headline is the news. Key -> body."""
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for article in wire.articles.values():
        titles[_folded(article.body)].add(_folded(article.title))
    common = {body for body, under in titles.items() if len(under) >= MANY and len(body.split()) < FEWEST_WORDS}
    return {a.id: a.body for a in wire.articles.values() if _folded(a.body) in common}


MANY = 20
"""Headlines over one body from which it is a placeholder: what recurs less often may be a text that was sent again."""


def _folded(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def other_headline(wire: Wire, told: Told) -> bool:
    """Whether a copy and its parent have headlines of other words."""
    parent = told.parent
    assert parent is not None
    return _folded(wire.articles[told.key].title) != _folded(wire.articles[parent.id].title)


def listed(wire: Wire, stream: Stream, pairs: Iterable[Pair], label: str) -> list[str]:
    """Pairs as an editor would look at them, with the product's reasons for the newer article."""
    lines: list[str] = []
    for number, (older, newer) in enumerate(pairs, 1):
        a, b = wire.articles[older], wire.articles[newer]
        lines += [f"{number}. {label}: {older} -> {newer}, {b.hours - a.hours:.1f} h"]
        lines += [f"   {each.id}  {each.title} | {' '.join(each.body.split())[:160]}" for each in (a, b)]
        lines += [f"      {why}" for why in stream.by_key[newer].why()] + [""]
    return lines


