"""The seeds among 200 other articles without times, ten draws: one story each time, and no stranger in it.

`random`: any 200 of wikinews. `alike`: the 200 articles of all sets that have most in common with the seeds, by the
product's own similarity, in ten orders: other summits, other launches, other sanctions.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
import story_runs as runs
import story_sets as sets
from story_sets import Item
from streams import replay
from telling import Figures

from ingest.model import Envelope
from ingest.stories.counts import TermCounts
from ingest.stories.features import terms
from ingest.stories.placement import When, join
from ingest.stories.similarity import vector
from rehearsal import background
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
    counts, words = TermCounts(), background()
    story = None
    for number, one in enumerate(seeds()):
        story = join(vector(terms(one.title, [one.text], words), counts), When(), number, story)
    assert story is not None
    texts = [item for name in sets.SETS for item in runs.undated(name) if len(item.body.split()) >= FEWEST_WORDS]
    scored = [
        (story.centroid.mean_similarity(vector(terms(item.title, [item.body], words), counts)), item.id, item)
        for item in texts
    ]
    nearest = [item for _, _, item in sorted(scored, key=lambda row: (-row[0], row[1]))[:OTHERS]]
    return rng.sample(nearest, OTHERS)


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
