"""Which story an article belongs to, if any: one score, one threshold, and the reason in terms a person can read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from ingest.model import Stamp
from ingest.stories.drift import is_away, opening_of
from ingest.stories.similarity import Centroid, Vector, mean_similarities, shares
from ingest.stories.thresholds import THRESHOLDS, Placing

_DAY = 86_400_000
_HOUR = 3_600_000


class Span(msgspec.Struct, frozen=True):
    """When articles were published, in ms: first to last. A day without a time of day spans all of it."""

    first: int
    last: int

    @classmethod
    def of(cls, stamp: Stamp | None) -> Span | None:
        """The span of one publication time, None where there is none."""
        return cls(stamp.at, stamp.at if stamp.exact else stamp.at + _DAY) if stamp else None


class When(msgspec.Struct, frozen=True):
    """An article's or a story's times: published where known, and arrived by the partition's clock (None: no clock)."""

    published: Span | None = None
    arrived: int | None = None

    def with_member(self, other: When) -> When:
        """A story's times with one more article."""
        spans = [s for s in (self.published, other.published) if s]
        times = [t for t in (self.arrived, other.arrived) if t is not None]
        hull = Span(min(s.first for s in spans), max(s.last for s in spans)) if spans else None
        return When(hull, max(times) if times else None)


class StoryPoint(msgspec.Struct, frozen=True):
    """A candidate: a story's number, centre and times; its id for people; the `drift.opening_of` it, and how many
    articles in a row have been away from that."""

    number: int
    centroid: Centroid
    when: When
    id: str = ""
    opening: bytes = b""
    away: int = 0


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
) -> Placement:
    """Compare an article with the candidates. `length` and `words` are those of its Terms.

    The score of each candidate depends on itself, and on how many of the others are as near in time; the margin on the
    five behind the best.
    A large story is judged by its centre, so its own breadth would let it grow broader for ever: one whose members have
    less in common than an article needs to join is no candidate.
    """
    bar = threshold_for(length, placing) * (1.0 - placing.han * vector.han)
    threshold = bar * (1.0 + placing.young * vector.borrowed)
    narrow = [point for point in candidates if point.centroid.coherence >= placing.coherent * bar]
    broad = len(candidates) - len(narrow)
    narrow, drifted = [point for point in narrow if not has_drifted(point, vector)], len(narrow)
    drifted -= len(narrow)
    means = mean_similarities(vector, [point.centroid for point in narrow])
    near = nearness(narrow, when, placing)
    scored = sorted(
        (
            (score(mean, point, when, placing) * factor, -point.number, point)
            for mean, point, factor in zip(means, narrow, near, strict=True)
        ),
        key=lambda row: row[:2],
        reverse=True,
    )
    if not scored:
        return Placement(story=None, threshold=threshold, broad=broad, drifted=drifted)
    top, _, best = scored[0]
    adjusted = top - placing.margin * sum(row[0] for row in scored[1 : 1 + placing.margin_over]) / placing.margin_over
    gap = gap_hours(when, best.when)
    return Placement(
        story=best.number if adjusted >= threshold else None,
        threshold=threshold,
        best=best.number,
        score=min(1.0, top),
        adjusted=adjusted,
        runner_up=(scored[1][2].number, scored[1][0]) if len(scored) > 1 else None,
        gap_hours=gap,
        nearness=near[narrow.index(best)],
        shared=_explain(vector, best.centroid, words),
        broad=broad,
        drifted=drifted,
    )


def score(mean: float, point: StoryPoint, when: When, placing: Placing = THRESHOLDS.placing) -> float:
    """Of the mean similarity to a story's members: the larger the story, the more its breadth is forgiven; less with
    time."""
    centroid = point.centroid
    others = centroid.members - 1
    exponent = placing.coherence * others / (others + placing.coherence_half)
    value = mean * math.pow(centroid.coherence, -exponent)
    gap = gap_hours(when, point.when)
    if gap is None:
        return value
    return value * math.pow(0.5, max(0.0, gap - placing.grace_hours) / placing.half_life_hours)


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


def gap_hours(article: When, story: When) -> float | None:
    """Hours between them: by publication where both have it, else by arrival; None where neither is known.

    A replay of history arrives at once, so publication goes first; an undated article is judged by when it came.
    """
    if article.published and story.published:
        a, s = article.published, story.published
        return max(0, a.first - s.last, s.first - a.last) / _HOUR
    if article.arrived is None or story.arrived is None:
        return None
    return max(0, article.arrived - story.arrived) / _HOUR


def has_drifted(point: StoryPoint, vector: Vector, most: int = THRESHOLDS.drifting.away) -> bool:
    """Whether the story takes this article no more: away from its opening, as those before it were."""
    return point.away >= most and is_away(vector, point.opening)


def join(vector: Vector, when: When, number: int, story: StoryPoint | None, *, voted: bool = True) -> StoryPoint:
    """The story with the article in it, placed by vote or, as copies and revisions, without one; None opens it."""
    if story is None:
        return StoryPoint(number, Centroid.of(vector), when, opening=opening_of(vector))
    away = story.away
    if voted:  # a copy is no evidence of its own
        away = story.away + 1 if is_away(vector, story.opening) else 0
    centroid, when = story.centroid.joined(vector), story.when.with_member(when)
    return StoryPoint(number, centroid, when, opening=story.opening, away=away)


def _explain(vector: Vector, centroid: Centroid, words: Mapping[int, str], most: int = 6) -> tuple[Shared, ...]:
    codes, parts = shares(vector, centroid)
    whole = float(parts.sum()) or 1.0
    order = np.argsort(-parts, kind="stable")[:most]
    return tuple(Shared(words.get(int(codes[i]), "?"), float(parts[i]) / whole) for i in order)
