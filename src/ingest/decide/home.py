"""Which story an article belongs to, where it is no copy or revision of anything."""

from __future__ import annotations

from ingest.decide.case import Case, Home, Match, when_of
from ingest.ledger.records import Records
from ingest.ledger.rows import StoryRow
from ingest.stories.counts import TermCounts
from ingest.stories.placement import Placement, Span, StoryPoint, When, place
from ingest.stories.similarity import Centroid, Vector, propose, proposers, vector


def find_home(case: Case, match: Match | None, records: Records, counts: TermCounts) -> Home:
    """The parent's story without a vote; else the story that scores best, if it scores enough."""
    of_article = vector(case.prepared.terms, counts)
    if match is not None:
        row = records.running(match.row.story, case.clock)
        if row is not None:
            case.note("story", "its text's story, without a vote", story=row.id)
            return Home(row, of_article)
        case.note("story", "its text's story has ended: opens the next", story=match.row.story_id)
        return Home(None, of_article, continues=match.row.story_id)
    terms, points = case.prepared.terms, _points(case, of_article, records)
    placement = place(of_article, terms.length, points, when_of(case), terms.words)
    row = records.story(placement.story) if placement.story is not None else None
    _note(case, placement, records)
    return Home(row, of_article, placement)


def _points(case: Case, of_article: Vector, records: Records) -> list[StoryPoint]:
    numbers = propose(of_article, records.term_postings(proposers(of_article)))
    records.view.fetch(records.want_stories(numbers))
    points = []
    for number in numbers:
        row, centroid = records.running(number, case.clock), records.centroid(number)
        if row is not None and centroid is not None:  # an ended story may still be in a bucket of terms
            points.append(point_of(row, centroid))
    return points


def point_of(row: StoryRow, centroid: bytes) -> StoryPoint:
    span = Span(*row.published) if row.published else None
    return StoryPoint(row.number, Centroid.from_bytes(centroid), When(span, row.clock))


def _note(case: Case, placement: Placement, records: Records) -> None:
    if placement.best is None:
        case.note("story", "no candidate: opens one", threshold=round(placement.threshold, 3))
        return
    best = records.story(placement.best)
    numbers: dict[str, str | int | float] = {
        "best": best.id if best else str(placement.best),
        "score": round(placement.score, 3),
        "adjusted": round(placement.adjusted, 3),
        "threshold": round(placement.threshold, 3),
    }
    if placement.runner_up:
        other = records.story(placement.runner_up[0])
        numbers["runner_up"] = other.id if other else str(placement.runner_up[0])
        numbers["runner_up_score"] = round(placement.runner_up[1], 3)
    if placement.gap_hours is not None:
        numbers["gap_hours"] = round(placement.gap_hours, 1)
    numbers["shared"] = ", ".join(f"{shared.term} {shared.share:.0%}" for shared in placement.shared)
    case.note("story", "joins" if placement.story is not None else "no story scores enough: opens one", **numbers)
