"""Stories on labelled sets, each replayed as one stream through the desk: no figure may fall below its floor.

Floors stand in floors.toml. The sets are halves: the other half of each is kept for acceptance.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from statistics import fmean
from typing import Any

import errors
import labelled_sets as sets
import pytest
import story_runs as runs
from labelled_sets import Item, Score
from story_runs import RUNS
from streams import replay
from telling import LINES, Figures

pytestmark = pytest.mark.quality

ALONE = [name for name in RUNS if name != "mixture"]
TIMED = [name for name, (_, timed) in RUNS.items() if timed]


@pytest.mark.parametrize("name", ALONE)
def test_stories_are_those_that_people_saw(name: str, figures: Figures) -> None:
    scores = runs.scores(name)
    score, f1s = scores[0], [each.f1 for each in scores]
    made = f"{score.articles} articles of {score.events} events in {score.stories} stories"
    spread = f", {min(f1s):.3f} to {max(f1s):.3f} by order" if len(f1s) > 1 else ""
    shares = f"P {mean(scores, 'precision'):.3f} R {mean(scores, 'recall'):.3f}{spread}"
    figures.tell(name, f"{shares}; {made}", f1=fmean(f1s))
    if (name, "precision") in LINES:
        figures.tell(name, precision=mean(scores, "precision"))
    if name in TIMED:
        found, true = score.largest
        figures.tell(name, f"{found} articles, the largest event has {true}", largest=found / true)
    items, stream = runs.run(name)
    figures.write(f"stories-{name}", runs.moved(items, stream))
    if figures.errors:
        figures.write_errors(name, errors.lines(errors.worst(items, stream, figures.errors)))


def mean(scores: Sequence[Score], name: str) -> float:
    return fmean(getattr(score, name) for score in scores)


@pytest.mark.parametrize("name", sets.SETS)
def test_a_set_is_judged_among_all_others_as_it_is_alone(name: str, figures: Figures) -> None:
    mixed, alone = mean(runs.scores_in_mixture()[name], "f1"), mean(runs.scores(name), "f1")
    (everything, stream), items = runs.run("mixture"), runs.items(name)
    own = {item.id for item in items}
    visited = runs.visitors(items, [item for item in everything if item.id not in own], stream)
    note = f"F1 {mixed:.3f}, alone {alone:.3f}; {visited} of {len(items)} share a story with another set"
    figures.tell("mixture", note, **{name: alone - mixed})
    figures.write(f"stories-mixture-{name}", runs.moved(items, stream))


def test_two_unrelated_articles_are_two_stories_from_the_first_on(figures: Figures) -> None:
    items = runs.undated("wikinews")
    pairs = [(a, b) for a, b in itertools.pairwise(items) if a.story != b.story][:396]
    merged = 0
    for pair in pairs:
        stream = replay(map(runs.envelope, pair))
        merged += stream.story(pair[0].id) == stream.story(pair[1].id)
    figures.tell("cold", f"of {len(pairs)} unrelated pairs, each a whole stream", merged_pairs=merged)


@pytest.mark.parametrize("name", ["wikinews", "ecb+", "basil", "allsides", "uci"])
def test_a_stream_of_three_stories_is_told_apart(name: str, figures: Figures) -> None:
    streams = list(mini_streams(runs.undated(name), 80))
    mean = sum(runs.score(stream, replay(map(runs.envelope, stream))).f1 for stream in streams) / len(streams)
    figures.tell("three stories", "mean BCubed F1 of 80 streams of three stories", **{name: mean})


def mini_streams(items: Sequence[Item], count: int) -> list[list[Item]]:
    """Streams of three stories with two or three articles each."""
    by_story: dict[Any, list[Item]] = {}
    for item in items:
        by_story.setdefault(item.story, []).append(item)
    large = sorted((story for story, members in by_story.items() if len(members) > 1), key=str)
    streams = []
    for n in range(count):
        rng = random.Random(n)
        stream = [item for story in rng.sample(large, 3) for item in by_story[story][: rng.choice((2, 3))]]
        rng.shuffle(stream)
        streams.append(stream)
    return streams
