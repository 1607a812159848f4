"""Which story an article belongs to, where it is no copy or revision of anything."""

from __future__ import annotations

from ingest.decide.apart import held_apart
from ingest.decide.case import Case, Home, Match, when_of
from ingest.decide.issues import earlier_issues
from ingest.decide.points import Points
from ingest.decide.shelf import Shelf
from ingest.decide.unite import same_by_headlines, same_by_lineage
from ingest.ledger.records import Records
from ingest.ledger.rows import StoryRow
from ingest.stories.continuing import continued
from ingest.stories.counts import TermCounts
from ingest.stories.placement import Placement, StoryPoint, place
from ingest.stories.similarity import Vector, propose, proposers, vector


def find_home(
    case: Case, match: Match | None, records: Records, counts: TermCounts, points: Points, shelf: Shelf
) -> Home:
    """The parent's story without a vote; else the story that scores best, if it scores enough."""
    of_article = vector(case.prepared.terms, counts)
    if match is not None:
        row = records.running(match.row.story, case.clock)
        if row is not None:
            case.note("story", "its text's story, without a vote", story=row.id)
            return Home(row, of_article, same=same_by_lineage(case, match, row, records))
        ended = records.lives_on(match.row.story)
        continues = ended.id if ended is not None else match.row.story_id
        case.note("story", "its text's story has ended: opens the next", story=continues)
        return Home(None, of_article, continues=continues)
    if case.translates is not None and (row := records.running(case.translates, case.clock)) is not None:
        case.note("story", "its source says so, in another language", story=row.id)
        return Home(row, of_article)
    candidates = _candidates(case, of_article, records, points)
    before = earlier_issues(case, [point.number for point in candidates], records)
    away = {row.number for row in before} | _forms(case, records)
    candidates = [point for point in candidates if point.number not in away]
    placement, numbered = _place(case, of_article, candidates, records, shelf)
    row = records.story(placement.story) if placement.story is not None else None
    _note(case, placement, candidates)
    if row is not None:
        return Home(row, of_article, placement, same=same_by_headlines(case, placement, candidates, row, records))
    if before:
        case.apart = "The next issue of a series."
        case.note("story", "continues the issue before", story=before[0].id)
    elif numbered is not None:
        case.note("story", "continues what has another number", story=numbered.id)
    elif case.forms and case.apart is None:
        case.apart = "A form of words that others share; it names another subject."
    earlier = before[0] if before else numbered
    known = earlier.id if earlier else _continues(case, of_article, placement, candidates)
    return Home(None, of_article, placement, continues=known)


def _place(
    case: Case, of_article: Vector, candidates: list[StoryPoint], records: Records, shelf: Shelf
) -> tuple[Placement, StoryRow | None]:
    """Its placement among the stories that nothing holds it apart from, and the first of those that are another of its
    number."""
    terms, left, numbered = case.prepared.terms, list(candidates), None
    while True:
        placement = place(of_article, terms.length, left, when_of(case), terms.words, meant=case.prepared.meant)
        row = records.story(placement.story) if placement.story is not None else None
        found = held_apart(case, row, records, shelf) if row is not None else None
        if row is None or found is None:
            return placement, numbered
        if found == "another ordinal":
            numbered = numbered or row
        left = [point for point in left if point.number != row.number]


def _forms(case: Case, records: Records) -> set[int]:
    """Stories that are no home for the article: of texts that share its form of words and name another subject
    (decision 0058)."""
    found = {row.number for number in case.forms if (row := records.lives_on(number)) is not None}
    if found:
        case.note("story", "the same form about other subjects: not joined", stories=len(found))
    return found


def _continues(case: Case, of_article: Vector, placement: Placement, candidates: list[StoryPoint]) -> str | None:
    """The story that would have taken the article, had it not drifted or been quiet for too long."""
    prepared, when = case.prepared, when_of(case)
    found = continued(of_article, prepared.terms.length, placement, candidates, when, meant=prepared.meant)
    if found is None:
        return None
    why = {"drifted": "a story that has drifted from its opening", "quiet": "a story that is long quiet"}[found.why]
    case.note("story", f"continues {why}", story=found.story.id, times=round(found.times, 2))
    return found.story.id


def _candidates(case: Case, of_article: Vector, records: Records, points: Points) -> list[StoryPoint]:
    numbers = propose(of_article, records.index.term_postings(proposers(of_article)))
    return points.running(numbers, records, case.clock)


def _note(case: Case, placement: Placement, candidates: list[StoryPoint]) -> None:
    passed_over = {"too_broad": placement.broad, "drifted": placement.drifted}
    broad: dict[str, str | int | float] = {name: count for name, count in passed_over.items() if count}
    if placement.best is None:
        case.note("story", "no candidate: opens one", threshold=round(placement.threshold, 3), **broad)
        return
    names = {point.number: point.id for point in candidates}
    numbers: dict[str, str | int | float] = {
        "best": names[placement.best],
        "score": round(placement.score, 3),
        "adjusted": round(placement.adjusted, 3),
        "threshold": round(placement.threshold, 3),
    }
    if placement.runner_up:
        numbers["runner_up"] = names[placement.runner_up[0]]
        numbers["runner_up_score"] = round(placement.runner_up[1], 3)
    if placement.gap_hours is not None:
        numbers["gap_hours"] = round(placement.gap_hours, 1)
    if placement.nearness != 1.0:
        numbers["nearness"] = round(placement.nearness, 2)
    numbers["breadth"] = round(placement.breadth, 1)
    if placement.likeness is not None:
        numbers["likeness"] = round(placement.likeness, 2)
    numbers |= broad
    numbers["shared"] = ", ".join(f"{shared.term} {shared.share:.0%}" for shared in placement.shared)
    case.note("story", "joins" if placement.story is not None else "no story scores enough: opens one", **numbers)
