"""When two stories prove to be one: only from what is at hand when an article joins, and only where it is near certain.

An article that could have joined either is no proof. Between stories of full texts it is mostly a background piece that
names two events of one kind; on a dense wire five in six such pairs were two stories (decision 0115). What is left is
headlines, of which the first few share too few words to meet, and texts that are one and the same.
"""

from __future__ import annotations

import math

from ingest.stories.placement import Placement, StoryPoint
from ingest.stories.similarity import Centroid
from ingest.stories.thresholds import THRESHOLDS, Merging, Placing
from ingest.stories.when import gap_hours


def by_headlines(
    placement: Placement,
    joined: StoryPoint,
    other: StoryPoint,
    merging: Merging = THRESHOLDS.merging,
    placing: Placing = THRESHOLDS.placing,
) -> float | None:
    """Whether `other`, the runner-up of an article placed in `joined`, is that story: how alike the two are, in parts
    of what the article had to reach. None: not proved."""
    bar, score = placement.threshold, placement.runner_up[1] if placement.runner_up else 0.0
    pair = (joined.centroid, other.centroid)
    if score < bar or max(float(centroid.means.sum()) for centroid in pair) >= merging.width:
        return None
    if not merging.few <= min(centroid.members for centroid in pair) <= merging.small:
        return None
    gap = gap_hours(joined.when, other.when) if joined.when.published and other.when.published else None
    if gap is None or gap > merging.hours:
        return None
    found = likeness(*pair, placing) / bar
    return found if found >= merging.factor and whole(*pair, bar, placing) else None


def by_lineage(first: float, second: float, merging: Merging = THRESHOLDS.merging) -> bool:
    """Whether an article proves a text of one story and a text of another to be one, by the shares of it that stand in
    each: a digest holds both as well, but has each sentence from one of them."""
    return min(first, second) >= merging.lineage


def likeness(first: Centroid, second: Centroid, placing: Placing = THRESHOLDS.placing) -> float:
    """Mean similarity of the members of two stories, the breadth of each forgiven as `placement.score` does."""
    value = first.mean_of_pairs(second)
    for centroid in (first, second):
        others = centroid.members - 1
        value *= math.pow(centroid.coherence, -placing.coherence * others / (others + placing.coherence_half))
    return value


def whole(first: Centroid, second: Centroid, bar: float, placing: Placing = THRESHOLDS.placing) -> bool:
    """Whether the two together would still take articles that have to reach this bar: see `placement.place`."""
    return first.united(second).coherence >= placing.coherent * bar
