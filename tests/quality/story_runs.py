"""The labelled sets as the quality run has them: each replayed alone through the desk, in part, or all together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from statistics import fmean

import labelled_sets as sets
from labelled_sets import Item, Score
from sharing import shared
from streams import Stream, replay, stories

from ingest.model import Envelope
from labelled import data_folder

Items = tuple[Item, ...]


def undated(name: str) -> Items:
    return tuple(sets.shuffled(sets.undated(sets.load(data_folder(), name))))


def dated(name: str) -> Items:
    return tuple(sets.load(data_folder(), name))


def a_third_title_only(name: str) -> Items:
    """Without times, and of every third article the title alone."""
    return tuple(replace(item, body="") if item.title and _third(item.id) else item for item in undated(name))


def titles_only(name: str) -> Items:
    """Without times, as a feed of headlines has them: events of two to twelve headlines, where uci's have thirty."""
    return tuple(replace(item, body="") for item in undated(name) if item.title)


def _third(key: str) -> bool:
    return hashlib.md5(b"third" + key.encode()).digest()[0] % 3 == 0


WHOLE_QUERIES = ("bitcoin", "climate", "coral reef", "dinosaur", "eclipse", "trump")
"""Of news search, those in which no number slips further: by their words, not by what the product makes of them."""


def moved_back(*queries: str) -> Items:
    """News search with its labels where they belong (decision 0138), in all queries or in some."""
    items = sets.moved_back(undated("news_search"))
    return tuple(item for item in items if not queries or item.id.rpartition("-")[0] in queries)


def mixture() -> Items:
    """All sets shuffled into one stream without times."""
    return tuple(sets.shuffled(item for name in sets.SETS for item in undated(name)))


RUNS: dict[str, tuple[Callable[[], Items], bool]] = {
    "wikinews": (lambda: undated("wikinews"), False),
    "ecb+": (lambda: undated("ecb+"), False),
    "basil": (lambda: undated("basil"), False),
    "basil, days": (lambda: dated("basil"), True),
    "allsides": (lambda: undated("allsides"), False),
    "allsides, times": (lambda: dated("allsides"), True),
    "uci": (lambda: undated("uci"), False),
    "uci, times": (lambda: dated("uci"), True),
    "news_search": (lambda: undated("news_search"), False),
    "news_search, moved back": (moved_back, False),
    "news_search, whole queries": (lambda: moved_back(*WHOLE_QUERIES), False),
    "wikinews, thirds": (lambda: a_third_title_only("wikinews"), False),
    "basil, thirds": (lambda: a_third_title_only("basil"), False),
    "wikinews, titles": (lambda: titles_only("wikinews"), False),
    "basil, titles": (lambda: titles_only("basil"), False),
    "allsides, titles": (lambda: titles_only("allsides"), False),
    "mixture": (mixture, False),
}
"""Name -> its articles in order, and whether the partition goes by their times."""


def envelope(item: Item) -> Envelope:
    # No address: the dates in it would be times again.
    return Envelope(
        key=item.id,
        source="quality",
        title=item.title,
        text=item.body,
        published=item.published,
        outlet=item.outlet,
    )


ORDERS = ("", "second", "third")
"""Shufflings of a set without times. One order's figure is up to .015 from the mean of five."""


@cache
def run(name: str) -> tuple[Items, Stream]:
    """The articles in their first order, and what was told of them."""
    return _run(name, ORDERS[0])


def _run(name: str, order: str) -> tuple[Items, Stream]:
    found = items(name, order)
    return found, replay(map(envelope, found), published=RUNS[name][1])


def items(name: str, order: str = "") -> Items:
    """The articles of a run. `order` is one of ORDERS."""
    load = RUNS[name][0]
    return tuple(sets.shuffled(load(), order)) if order else load()


def orders(name: str) -> Sequence[str]:
    """The orders that a set has: time leaves it only one."""
    return ORDERS[:1] if RUNS[name][1] else ORDERS


def score(items: Sequence[Item], stream: Stream) -> Score:
    return sets.bcubed([item.story for item in items], stories([item.id for item in items], stream))


@cache
def scores(name: str) -> list[Score]:
    """One for each order. What was told is kept of the first alone: a set's events take 40 MB."""

    def work() -> list[Score]:
        return [score(*(run(name) if order == ORDERS[0] else _run(name, order))) for order in orders(name)]

    return shared(f"scores-{name}", list[Score], work)


def mean(scores: Sequence[Score], name: str) -> float:
    return fmean(getattr(score, name) for score in scores)


@cache
def scores_in_mixture() -> dict[str, list[Score]]:
    """Of each set, its articles in the stream of all sets; one for each order."""
    found: dict[str, list[Score]] = {name: [] for name in sets.SETS}
    for order in ORDERS:
        _, stream = run("mixture") if order == ORDERS[0] else _run("mixture", order)
        for name, scored in found.items():
            scored.append(score(undated(name), stream))
    return found


def moved(items: Sequence[Item], stream: Stream) -> dict[str, list[str]]:
    """Of each article what `--compare` needs: its event, its story and its title."""
    return {item.id: [str(item.story), stream.story(item.id), item.title or item.body[:80]] for item in items}


def visitors(items: Sequence[Item], others: Sequence[Item], stream: Stream) -> int:
    """Articles of one set that are in a story with articles of others."""
    foreign = Counter(stories([item.id for item in others], stream))
    return sum(foreign[stream.story(item.id)] > 0 for item in items)
