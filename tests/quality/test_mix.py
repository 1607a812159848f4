"""The seeds among 200 other articles without times, ten draws: one story each time, and no stranger in it.

`random`: any 200 of wikinews. `alike`: the 200 articles of all sets that have most in common with the seeds, in ten
orders: other summits, other launches, other sanctions.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Callable
from functools import cache

import labelled_sets as sets
import pytest
import story_runs as runs
from labelled_sets import Item
from streams import replay
from telling import Figures

from ingest.model import Envelope
from seeds import FILES, seed

pytestmark = pytest.mark.quality

DRAWS = 10
OTHERS = 200
FEWEST_WORDS = 40
"""Of a look-alike: headlines have little to be alike in."""


def seeds() -> list[Envelope]:
    return [seed(number) for number in range(len(FILES))]


def any_of_them(rng: random.Random) -> list[Item]:
    return rng.sample(runs.undated("wikinews"), OTHERS)


def look_alikes(rng: random.Random) -> list[Item]:
    """The same 200 in every draw, in the draw's order."""
    return rng.sample(nearest(), OTHERS)


@cache
def nearest() -> list[Item]:
    """By the words that they share with the seeds, each by how few articles have it; no measure of the product's."""
    texts = {item.id: item for name in sets.SETS for item in runs.items(name) if len(item.body.split()) >= FEWEST_WORDS}
    words = {key: _words(item.body) for key, item in texts.items()}
    having = Counter(word for found in words.values() for word in found)
    weight = {word: math.log(len(texts) / count) for word, count in having.items()}
    ours = set().union(*(_words(one.text) for one in seeds()))
    shared = {key: sum(weight[w] for w in found & ours) / sum(weight[w] for w in found) for key, found in words.items()}
    return [texts[key] for key in sorted(texts, key=lambda key: (-shared[key], key))[:OTHERS]]


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) > 2}


@pytest.mark.parametrize(("name", "others"), [("random", any_of_them), ("alike", look_alikes)])
def test_the_seeds_stay_together_and_alone(
    name: str, others: Callable[[random.Random], list[Item]], figures: Figures
) -> None:
    together = pure = 0
    strangers: list[str] = []
    names = {file.name for file in FILES}
    for draw in range(DRAWS):
        rng = random.Random(draw)
        mixed = seeds() + [runs.envelope(item) for item in others(rng)]
        rng.shuffle(mixed)
        stream = replay(mixed)
        stories = {stream.story(key) for key in names}
        found = [told for told in stream.told if told.key not in names and stream.story(told.key) in stories]
        together += len(stories) == 1
        pure += not found
        strangers += [f"draw {draw}: {told.key}  {told.change.article.title}" for told in found]
        if figures.errors:
            strangers += [f"   {why}" for told in found for why in told.why()]
    figures.tell("seeds", f"of {DRAWS} draws: the seeds are one story", **{f"{name}_together": together})
    figures.tell("seeds", f"of {DRAWS} draws: nothing else is in it", **{f"{name}_pure": pure})
    if figures.errors:
        figures.write_errors(f"seeds, {name}", strangers)
