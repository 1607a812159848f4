"""A labelled set replayed by the functions of placement alone, in the product's order: seconds, where the desk takes
minutes, for sweeps of thresholds. Relation, normaliser and the ledger's windows are not in it.

The index here has the product's bounds: strongest terms, capped postings in buckets of seven days, 16 candidates.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from labelled_sets import SETS, Item, Score, bcubed, load, shuffled, undated

from ingest.background import Background
from ingest.ledger.records import Layout
from ingest.stories.counts import TermCounts
from ingest.stories.features import Terms, terms
from ingest.stories.merging import by_headlines
from ingest.stories.placement import Placement, StoryPoint, join, place
from ingest.stories.similarity import indexable, propose, proposers, vector
from ingest.stories.thresholds import THRESHOLDS, Thresholds
from ingest.stories.when import When

__all__ = ["SETS", "Item", "Replay", "Score", "evaluate", "load", "shuffled", "undated"]


@dataclass
class Replay:
    """One stream from an empty store on."""

    background: Background
    thresholds: Thresholds = THRESHOLDS
    counts: TermCounts = field(init=False)
    stories: dict[int, StoryPoint] = field(default_factory=dict)
    index: dict[tuple[int, int], dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    into: dict[int, int] = field(default_factory=dict)  # a story that became part of another one
    opened: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.counts = TermCounts(self.thresholds.counting)

    def read(self, item: Item) -> Terms:
        return terms(item.title, [item.body] if item.body else [], self.background, self.thresholds.reading)

    def now(self, number: int) -> int:
        """The story that lives on in the place of this one."""
        while number in self.into:
            number = self.into[number]
        return number

    def merged(self, placement: Placement) -> int:
        """The story joined, after it has become one with the runner-up where the article proves that."""
        assert placement.story is not None
        if placement.runner_up is None:
            return placement.story
        pair = [self.stories[number] for number in (placement.story, placement.runner_up[0])]
        if by_headlines(placement, *pair, self.thresholds.merging, self.thresholds.placing) is None:
            return placement.story
        story, other = sorted(pair, key=lambda point: (-point.centroid.members, point.number))
        together = story.centroid.united(other.centroid, self.thresholds)
        when = story.when.with_member(other.when)
        self.stories[story.number] = StoryPoint(story.number, together, when, "", story.opening, story.away)
        self.into[other.number] = story.number
        return story.number

    def add(self, item: Item) -> tuple[int, Placement]:
        """The number of its story, which may become part of another one later (`now`), and why."""
        read = self.read(item)
        began = time.process_time()
        when = When.of(item.published)
        bucket = item.published.at // (7 * 86_400_000) if item.published else 0
        shape = self.thresholds.shape
        point = vector(read, self.counts, self.thresholds)
        weeks = (bucket, bucket - 1, bucket - 2)
        found = [(c, *p) for c in proposers(point, shape) for b in weeks for p in self.index.get((b, c), {}).items()]
        codes, stories, weights = np.array(sorted(found), np.uint32).reshape(-1, 3).T
        posted = codes, stories, weights.astype(np.uint8)
        proposed = dict.fromkeys(map(self.now, propose(point, posted, shape)))
        candidates = [self.stories[number] for number in proposed]
        placement = place(point, read.length, candidates, when, read.words, self.thresholds.placing)
        number = self.opened if placement.story is None else self.merged(placement)
        self.opened += placement.story is None
        self.stories[number] = story = join(point, when, number, self.stories.get(number))
        self.counts.add(read)
        for code, weight in indexable(point, story.centroid, shape):
            posting = self.index[bucket, code]
            posting.pop(number, None)
            posting[number] = weight
            if len(posting) > Layout().term_cap:
                del posting[next(iter(posting))]
        self.seconds += time.process_time() - began
        return number, placement


def evaluate(items: Sequence[Item], background: Background, thresholds: Thresholds = THRESHOLDS) -> Score:
    replay = Replay(background, thresholds)
    first = [replay.add(item)[0] for item in items]
    found = [replay.now(number) for number in first]
    return bcubed([item.story for item in items], found, replay.seconds * 1000 / len(items))
