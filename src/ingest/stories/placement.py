"""Which story an article belongs to, if any: one score, one threshold, and the reason in terms a person can read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from ingest.stories.drift import is_away, opening_of
from ingest.stories.meaning import Meant, factors, likenesses, together
from ingest.stories.overlap import Overlap, overlap
from ingest.stories.similarity import Centroid, Vector
from ingest.stories.thresholds import THRESHOLDS, Placing
from ingest.stories.when import When, gap_hours, left_after


class StoryPoint(msgspec.Struct, frozen=True):
    """A candidate: a story's number, centre and times; its id for people; the `drift.opening_of` it, and how many
    articles in a row have been away from that; what its titles mean, where a model is set."""

    number: int
    centroid: Centroid
    when: When
    id: str = ""
    opening: bytes = b""
    away: int = 0
    meant: Meant | None = None


class Shared(msgspec.Struct, frozen=True):
    """A term of both article and story, and its share of their similarity, 0..1."""

    term: str
    share: float


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict and its numbers.

    story      the story joined, None where the article opens one
    best       the best candidate, joined or not; None without candidates
    score      its score; `adjusted` after the margin; joined when that reaches `threshold`
    runner_up  (story, score) of the second
    gap_hours  time between the article and the best story, None where not known
    nearness   what its date counts for with the best: above 1 where that is near in time and other candidates are not
    breadth    over how many terms what they share is spread
    likeness   of the titles, to the best, by a model of meaning; None without one
    shared     top terms of the best, the strongest first
    broad      candidates that were passed over, since their members have too little in common
    drifted    such that were passed over, since they and the article are away from what they were opened with
    """

    story: int | None
    threshold: float
    best: int | None = None
    score: float = 0.0
    adjusted: float = 0.0
    runner_up: tuple[int, float] | None = None
    gap_hours: float | None = None
    nearness: float = 1.0
    breadth: float = 0.0
    likeness: float | None = None
    shared: tuple[Shared, ...] = ()
    broad: int = 0
    drifted: int = 0


def place(
    vector: Vector,
    length: int,
    candidates: Sequence[StoryPoint],
    when: When,
    words: Mapping[int, str],
    placing: Placing = THRESHOLDS.placing,
    meant: Meant | None = None,
) -> Placement:
    """Compare an article with the candidates. `length` and `words` are those of its Terms.

    Terms that many candidates have count less, a near date counts where few candidates are near, and what is left of
    the five behind the best is taken off in part.
    A large story is judged by its centre, so its own breadth would let it grow broader for ever: one whose members have
    less in common than an article needs to join is no candidate.
    """
    bar = threshold_for(length, placing) * (1.0 - placing.han * vector.han)
    threshold = bar * (1.0 + placing.young * vector.borrowed)
    narrow = [point for point in candidates if point.centroid.coherence >= placing.coherent * bar]
    broad = len(candidates) - len(narrow)
    narrow, drifted = [point for point in narrow if not has_drifted(point, vector)], len(narrow)
    drifted -= len(narrow)
    if not narrow:
        return Placement(story=None, threshold=threshold, broad=broad, drifted=drifted)
    found = overlap(vector, [point.centroid for point in narrow], placing)
    near = nearness(narrow, when, placing)
    alike = likenesses(meant, [point.meant for point in narrow], placing)
    counts = [a * b for a, b in zip(near, factors(alike, length, placing), strict=True)]
    scores = scored(length, narrow, found, when, counts, placing)
    first, *others = sorted(range(len(narrow)), key=lambda row: (-scores[row], narrow[row].number))
    top, best = scores[first], narrow[first]
    crowd = sum(scores[row] for row in others[: placing.margin_over]) / placing.margin_over
    adjusted = top - placing.margin * crowd
    return Placement(
        story=best.number if adjusted >= threshold else None,
        threshold=threshold,
        best=best.number,
        score=min(1.0, top),
        adjusted=adjusted,
        runner_up=(narrow[others[0]].number, scores[others[0]]) if others else None,
        gap_hours=gap_hours(when, best.when),
        nearness=near[first],
        breadth=found.breadths[first],
        likeness=alike[first],
        shared=_explain(vector, found, first, words),
        broad=broad,
        drifted=drifted,
    )


def scored(
    length: int,
    points: Sequence[StoryPoint],
    found: Overlap,
    when: When,
    counts: Sequence[float],
    placing: Placing = THRESHOLDS.placing,
) -> list[float]:
    """The score of each candidate, before the margin: `found` are their overlaps, `counts` what nearness and meaning
    make of each."""
    return [
        score(mean, point, when, placing) * count * evidence(length, point, breadth, placing)
        for point, mean, breadth, count in zip(points, found.means, found.breadths, counts, strict=True)
    ]


def score(mean: float, point: StoryPoint, when: When, placing: Placing = THRESHOLDS.placing) -> float:
    """Of the mean similarity to a story's members: the larger the story, the more its breadth is forgiven; less with
    time."""
    centroid = point.centroid
    others = centroid.members - 1
    exponent = placing.coherence * others / (others + placing.coherence_half)
    return mean * math.pow(centroid.coherence, -exponent) * left_after(when, point.when, centroid.members, placing)


def evidence(length: int, point: StoryPoint, breadth: float, placing: Placing = THRESHOLDS.placing) -> float:
    """What the score of an article counts, by how much there is to compare.

    Less where they share one or two words only: one name, and one story of a headline, is no event. A word that each of
    several members has is more than a chance: breadth grows with the root of their number.
    More where the story is shorter than the article, which has to reach no more than that story's own kind would.
    """
    centroid = point.centroid
    enough = min(1.0, breadth * math.sqrt(centroid.members) / placing.breadth_terms)
    shorter = min(length, len(centroid.codes))
    return math.pow(enough, placing.breadth) * threshold_for(length, placing) / threshold_for(shorter, placing)


def nearness(points: Sequence[StoryPoint], when: When, placing: Placing = THRESHOLDS.placing) -> list[float]:
    """For each candidate, what it counts that it and the article were published within the days of grace: a power of
    1 / the share of the other candidates that were as well. On a day when everything is of that day it counts nothing.

    The share starts at one of two, by Laplace's rule; 1 where either time is not known.
    """
    if when.published is None:
        return [1.0] * len(points)
    near = [point.when.published is not None and _near(when, point.when, placing) for point in points]
    share = sum(near) / (len(points) + 1)
    return [share**-placing.nearness if is_near else 1.0 for is_near in near]


def _near(article: When, story: When, placing: Placing) -> bool:
    gap = gap_hours(article, story)
    return gap is not None and gap <= placing.grace_hours


def threshold_for(length: int, placing: Placing = THRESHOLDS.placing) -> float:
    """The score to reach: a headline has few terms and cannot reach what a text does."""
    part = (length - placing.short_tokens) / (placing.long_tokens - placing.short_tokens)
    return placing.short_score + min(1.0, max(0.0, part)) * (placing.long_score - placing.short_score)


def has_drifted(point: StoryPoint, vector: Vector, most: int = THRESHOLDS.drifting.away) -> bool:
    """Whether the story takes this article no more: away from its opening, as those before it were."""
    return point.away >= most and is_away(vector, point.opening)


def join(
    vector: Vector,
    when: When,
    number: int,
    story: StoryPoint | None,
    *,
    voted: bool = True,
    meant: Meant | None = None,
) -> StoryPoint:
    """The story with the article in it, placed by vote or, as copies and revisions, without one; None opens it."""
    if story is None:
        return StoryPoint(number, Centroid.of(vector), when, opening=opening_of(vector), meant=meant)
    away = story.away
    if voted:  # a copy is no evidence of its own
        away = story.away + 1 if is_away(vector, story.opening) else 0
    centroid, when = story.centroid.joined(vector), story.when.with_member(when)
    meant = together(story.meant, meant)
    return StoryPoint(number, centroid, when, opening=story.opening, away=away, meant=meant)


def _explain(
    vector: Vector, found: Overlap, row: int, words: Mapping[int, str], most: int = 6
) -> tuple[Shared, ...]:
    parts, whole = found.parts[row], found.means[row] or 1.0
    order = np.argsort(-parts, kind="stable")[:most]
    pairs = zip(vector.codes[order].tolist(), parts[order].tolist(), strict=True)
    return tuple(Shared(words.get(code, "?"), part / whole) for code, part in pairs if part > 0)
