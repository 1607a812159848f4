"""Two stories that an article proves to be one: which of them lives on, and what it takes over."""

from __future__ import annotations

from dataclasses import replace

from ingest import identity
from ingest.decide.case import Case, Home, Match, point_of, state_of
from ingest.ledger.records import Records
from ingest.ledger.rows import StoryRow
from ingest.model import Merge
from ingest.stories.meaning import together as meant_together
from ingest.stories.merging import by_headlines, whole
from ingest.stories.placement import Placement, StoryPoint, threshold_for
from ingest.stories.thresholds import THRESHOLDS


def same_by_headlines(
    case: Case, placement: Placement, candidates: list[StoryPoint], row: StoryRow, records: Records
) -> StoryRow | None:
    """The runner-up, where it proves to be the story that the article is placed in."""
    if placement.runner_up is None:
        return None
    points = {point.number: point for point in candidates}
    other = placement.runner_up[0]
    likeness = by_headlines(placement, points[row.number], points[other])
    found = records.story(other) if likeness is not None else None
    if likeness is None or found is None or not _takes(row, found, records):
        return None
    case.note("merge", "its runner-up is the same story: headlines", story=found.id, likeness=round(likeness, 2))
    return found


def same_by_lineage(case: Case, match: Match, row: StoryRow, records: Records) -> StoryRow | None:
    """A story that has the same text, where the article's parent is one of another."""
    bar = threshold_for(case.prepared.terms.length)
    for number in match.stories:
        found = records.running(number, case.clock)
        if found is None or found.number == row.number or not _takes(row, found, records):
            continue
        points = [point_of(one, records.centroid(one.number) or b"") for one in (row, found)]
        if whole(points[0].centroid, points[1].centroid, bar):
            case.note("merge", "another story has this text: they are one", story=found.id)
            return found
    return None


def _takes(first: StoryRow, second: StoryRow, records: Records) -> bool:
    smaller = _by_size(first, second)[1]
    return smaller.articles <= THRESHOLDS.merging.most and records.chronicle.can_join(smaller)


def _by_size(first: StoryRow, second: StoryRow) -> tuple[StoryRow, StoryRow]:
    """The larger one, which lives on, and the smaller; of two alike the older lives on."""
    if (first.articles, -first.number) > (second.articles, -second.number):
        return first, second
    return second, first


def unite(case: Case, home: Home, same: StoryRow, records: Records, partition: str) -> tuple[Home, Merge]:
    """Make the two stories of the article one, in the view. Gives its home now, and what the event tells of it."""
    assert home.row is not None  # an article that opens a story proves none
    story, other = _by_size(home.row, same)
    centres = [point_of(row, records.centroid(row.number) or b"") for row in (story, other)]
    ids = (other.id, *(id for joined in other.joins.values() for id in joined))
    event, previous = identity.merge_id(partition, story.id, ids), story.previous
    _take_over(story, other)
    story.sequence += 1
    story.previous = event
    story.joins[story.sequence] = ids
    if other.told:
        story.told.append(story.sequence)
    together = centres[0].centroid.united(centres[1].centroid)
    when = centres[0].when.with_member(centres[1].when)
    story.undated = when.undated
    story.published = (when.published.first, when.published.last) if when.published else None
    meant = meant_together(centres[0].meant, centres[1].meant)
    story.meant = meant.to_bytes() if meant is not None else b""
    records.record_merge(story, other, together.to_bytes(), case.clock)
    merge = Merge(
        partition=partition,
        event_id=event,
        sequence=story.sequence,
        time=case.clock,
        previous=previous or None,
        story=state_of(story),
        merged=ids,
    )
    return replace(home, row=story), merge


def _take_over(story: StoryRow, other: StoryRow) -> None:
    """What is counted is added up; the headline and its text stay, and `updated_at` is when an article last came."""
    story.opened_at = min(story.opened_at, other.opened_at)
    story.updated_at = max(story.updated_at, other.updated_at)
    story.clock = max(story.clock, other.clock)
    story.articles += other.articles
    story.repeats += other.repeats
    story.outlets_unknown += other.outlets_unknown
    story.withdrawn |= other.withdrawn
    for outlet, count in other.outlets.items():
        story.outlets[outlet] = story.outlets.get(outlet, 0) + count
    story.publishers |= other.publishers
    story.credits += [credit for credit in other.credits if credit not in story.credits]
    # Of a text that ended in one story and was gone on with in the other, the newer version.
    for text, row in other.texts.items():
        held = story.texts.get(text)
        story.texts[text] = row if held is None or row.newest.number > held.newest.number else held
    if story.continues in (None, other.id):
        story.continues = other.continues if other.continues != story.id else None
