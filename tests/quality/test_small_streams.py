"""Streams of a few articles: what is there to go by from the first article on."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from typing import Any

import pytest
import story_runs as runs
from labelled_sets import Item
from streams import replay
from telling import Figures

pytestmark = pytest.mark.quality


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
