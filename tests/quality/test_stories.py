"""Story placement on labelled sets, each replayed as one stream: no figure may fall below its floor.

Floors stand in stories_floors.toml. The sets are halves: the other half of each is kept for acceptance.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import story_sets as sets
from story_sets import Item, Replay

from ingest import background
from ingest.background import Background
from labelled import data_folder

pytestmark = pytest.mark.quality

FLOORS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("stories_floors.toml").read_text())


@pytest.fixture(scope="module")
def words() -> Background:
    return background.load()


@pytest.mark.parametrize("name", sets.SETS)
def test_the_data_is_the_data_that_was_measured(name: str) -> None:
    content = (data_folder() / sets.SETS[name][0]).read_bytes()
    assert hashlib.sha256(content).hexdigest()[:16] == FLOORS[name]["digest"]


@pytest.mark.parametrize("name", sets.SETS)
def test_stories_are_those_that_people_saw(name: str, words: Background) -> None:
    score = sets.evaluate(sets.load(data_folder(), name), words)
    floor = FLOORS[name]["floor"]["f1"]
    print(
        f"{name:12} BCubed P {score.precision:.3f} R {score.recall:.3f} F1 {score.f1:.3f} (floor {floor}), "
        f"{score.articles} articles of {score.events} events in {score.stories} stories, "
        f"the largest {score.largest[0]} (event: {score.largest[1]}), {score.milliseconds:.2f} ms of CPU an article"
    )
    assert score.f1 >= FLOORS[name]["floor"]["f1"]


@pytest.mark.parametrize("name", ["basil", "allsides"])
def test_without_times_stories_still_hold(name: str, words: Background) -> None:
    score = sets.evaluate(sets.shuffled(sets.undated(sets.load(data_folder(), name))), words)
    print(f"{name} without times: BCubed F1 {score.f1:.3f} (floor {FLOORS[name]['floor']['f1_undated']})")
    assert score.f1 >= FLOORS[name]["floor"]["f1_undated"]


def test_two_unrelated_articles_are_two_stories_from_the_first_on(words: Background) -> None:
    items = sets.load(data_folder(), "wikinews")
    pairs = [(a, b) for a, b in itertools.pairwise(items) if a.story != b.story][:396]
    merged = sum(len({number for number, _ in map(Replay(words).add, pair)}) == 1 for pair in pairs)
    print(f"unrelated pairs as whole streams: {merged} of {len(pairs)} taken for one story")
    assert merged <= FLOORS["cold"]["ceiling"]["merged_pairs"]


@pytest.mark.parametrize("name", ["wikinews", "ecb+", "basil", "allsides", "uci"])
def test_a_stream_of_three_stories_is_told_apart(name: str, words: Background) -> None:
    streams = list(mini_streams(sets.undated(sets.load(data_folder(), name)), 80))
    mean = sum(sets.evaluate(stream, words).f1 for stream in streams) / len(streams)
    print(f"{name}: 80 streams of three stories, mean BCubed F1 {mean:.3f} (floor {FLOORS[name]['floor']['mini']})")
    assert mean >= FLOORS[name]["floor"]["mini"]


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
