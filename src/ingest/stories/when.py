"""When articles and stories are of, and how much of a story's likeness is left with the time between."""

from __future__ import annotations

import msgspec

from ingest.model import Stamp
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


def credible(stamp: Stamp | None, arrived: int, placing: Placing = THRESHOLDS.placing) -> Stamp | None:
    """A publication time as decisions may go by it: of one that lies ahead of the article's arrival (ms), the day on
    which it came. What is kept and shown stays as it was published."""
    if stamp is None or stamp.at <= arrived + placing.ahead_minutes * 60_000:
        return stamp
    return Stamp(arrived - arrived % _DAY, exact=False)


class When(msgspec.Struct, frozen=True):
    """An article's or a story's times: published where known, and arrived by the partition's clock (None: no clock).
    `undated` is how many of a story's articles have no publication time."""

    published: Span | None = None
    arrived: int | None = None
    undated: int = 0

    @classmethod
    def of(cls, stamp: Stamp | None, arrived: int | None = None) -> When:
        """The times of one article."""
        return cls(Span.of(stamp), arrived, undated=int(stamp is None))

    def with_member(self, other: When) -> When:
        """A story's times with those of one more article, or of a whole story."""
        spans = [s for s in (self.published, other.published) if s]
        times = [t for t in (self.arrived, other.arrived) if t is not None]
        hull = Span(min(s.first for s in spans), max(s.last for s in spans)) if spans else None
        return When(hull, max(times) if times else None, self.undated + other.undated)


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


def left_after(article: When, story: When, members: int, placing: Placing = THRESHOLDS.placing) -> float:
    """The part of the mean similarity to a story's members that is left with the time between, 0..1.

    The score is a mean over members, so each is held to the time that is known of it: of a story with one date among
    ten articles a tenth is as far off as that date, and the others are as far as they came apart.
    """
    gap = gap_hours(article, story)
    if gap is None:
        return 1.0
    left = _faded(gap, placing)
    if article.published is None or story.published is None or not story.undated:
        return left
    came = gap_hours(When(None, article.arrived), story)
    undated = min(1.0, story.undated / members)
    return (1.0 - undated) * left + undated * (1.0 if came is None else _faded(came, placing))


def _faded(gap: float, placing: Placing) -> float:
    found: float = 0.5 ** (max(0.0, gap - placing.grace_hours) / placing.half_life_hours)
    return found
