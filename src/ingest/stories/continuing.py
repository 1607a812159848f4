"""Which older story an article takes up again that opens a new one.

Two ways: the story would have taken it but has drifted, so that what goes on now goes on elsewhere (`drift`); or only
time keeps them apart, and nothing else is nearly as much like the article (decision 0116).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ingest.stories.overlap import mean_similarities
from ingest.stories.placement import Placement, StoryPoint, When, gap_hours, has_drifted, score
from ingest.stories.similarity import Vector
from ingest.stories.thresholds import THRESHOLDS, Thresholds

_UNDATED = When()


class Continued(NamedTuple):
    """The older story, why it takes no more, and how many times the score that an article needs it would have had."""

    story: StoryPoint
    why: Literal["drifted", "quiet"]
    times: float


def continued(
    vector: Vector,
    placement: Placement,
    candidates: Sequence[StoryPoint],
    when: When,
    thresholds: Thresholds = THRESHOLDS,
) -> Continued | None:
    """Of an article that was placed nowhere among these."""
    placing, continuing, bar = thresholds.placing, thresholds.continuing, placement.threshold
    narrow = [point for point in candidates if point.centroid.coherence >= placing.coherent * bar]
    means = mean_similarities(vector, [point.centroid for point in narrow])
    found = sorted(
        (
            (score(mean, point, _UNDATED, placing), -point.number, mean, point)
            for mean, point in zip(means, narrow, strict=True)
        ),
        key=lambda row: row[:2],
        reverse=True,
    )
    for _, _, mean, point in found:
        times = score(mean, point, when, placing) / bar
        if times >= 1.0 and has_drifted(point, vector):
            return Continued(point, "drifted", times)
    if not found or found[0][0] < continuing.factor * bar:
        return None
    best, _, _, point = found[0]
    gap = gap_hours(when, point.when)
    if gap is None or gap <= placing.grace_hours or (len(found) > 1 and best < continuing.alone * found[1][0]):
        return None
    return Continued(point, "quiet", best / bar)
