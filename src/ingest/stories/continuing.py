"""Which older story an article takes up again that opens a new one.

Two ways: the story would have taken it but has drifted, so that what goes on now goes on elsewhere (`drift`); or only
time keeps them apart, and nothing else is nearly as much like the article (decision 0116). What they share is weighed
as placement does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ingest.stories.meaning import Meant, factors, likenesses
from ingest.stories.overlap import overlap
from ingest.stories.placement import Placement, StoryPoint, has_drifted, nearness, scored
from ingest.stories.similarity import Vector
from ingest.stories.thresholds import THRESHOLDS, Placing, Thresholds
from ingest.stories.when import When, gap_hours

_UNDATED = When()


class Continued(NamedTuple):
    """The older story, why it takes no more, and how many times the score that an article needs it would have had."""

    story: StoryPoint
    why: Literal["drifted", "quiet"]
    times: float


def continued(
    vector: Vector,
    length: int,
    placement: Placement,
    candidates: Sequence[StoryPoint],
    when: When,
    thresholds: Thresholds = THRESHOLDS,
    meant: Meant | None = None,
) -> Continued | None:
    """Of an article that was placed nowhere among these. `length` is that of its Terms."""
    placing, continuing, bar = thresholds.placing, thresholds.continuing, placement.threshold
    narrow = [point for point in candidates if point.centroid.coherence >= placing.coherent * bar]
    if not any(_may_be(point, vector, when, placing) for point in narrow):
        return None  # as nearly always, and before anything is weighed once more
    found = overlap(vector, [point.centroid for point in narrow], placing)
    means = factors(likenesses(meant, [point.meant for point in narrow], placing), length, placing)
    near = nearness(narrow, when, placing)
    timeless = scored(length, narrow, found, _UNDATED, means, placing)
    now = scored(length, narrow, found, when, [a * b for a, b in zip(near, means, strict=True)], placing)
    order = sorted(range(len(narrow)), key=lambda row: (-timeless[row], narrow[row].number))
    for row in order:
        if now[row] >= bar and has_drifted(narrow[row], vector):
            return Continued(narrow[row], "drifted", now[row] / bar)
    if not order or timeless[order[0]] < continuing.factor * bar:
        return None
    best = narrow[order[0]]
    gap = gap_hours(when, best.when)
    if gap is None or gap <= placing.grace_hours:
        return None
    if len(order) > 1 and timeless[order[0]] < continuing.alone * timeless[order[1]]:
        return None
    return Continued(best, "quiet", timeless[order[0]] / bar)


def _may_be(point: StoryPoint, vector: Vector, when: When, placing: Placing) -> bool:
    """Whether time or drift can be what keeps the article out."""
    gap = gap_hours(when, point.when)
    return (gap is not None and gap > placing.grace_hours) or has_drifted(point, vector)
