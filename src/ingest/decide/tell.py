"""An article is told: its relation, what it adds, what becomes of its story, and the event that says so."""

from __future__ import annotations

import msgspec

from ingest import identity
from ingest.decide.added import delta_of
from ingest.decide.case import Case, Home, Match, state_of
from ingest.decide.entered import enter, news_of
from ingest.decide.numbered import stays_taken_back
from ingest.decide.related import before, is_late, relation_of
from ingest.decide.shelf import Shelf
from ingest.decide.taken import goes_with, met
from ingest.ledger.records import Records
from ingest.ledger.rows import StoryRow, TextRow
from ingest.model import Decision, Delta, EventType, Relation, Superseded

COVERAGE_HEADLINE = 0.5
"""Materiality from which another text's title becomes the story's headline: about 80 new content words."""

HEADLINE_CHARS = 120
"""Of a story whose first article has no title: so much of its lead."""


def tell(
    case: Case, match: Match | None, home: Home, records: Records, shelf: Shelf, partition: str
) -> Decision:
    """Decide the rest, write all rows to the view, and give what the event tells."""
    text = match.row.text if match else case.ref.number
    story = home.row or _opened(case, text, home.continues, partition)
    stays = stays_taken_back(case, match, home)
    late = stays
    if match is not None and home.row is not None and not stays:
        late = is_late(case, match, story.texts.get(text), records)
    relation = relation_of(case, match, home, late)
    if said := met(case, match, home.row, records):
        relation = msgspec.structs.replace(relation, why=(*relation.why, *said))
    copied = match if relation.kind == "copy" else None
    if stays:
        story.withdrawn[case.ref.number] = "notice"
    elif copied and home.row is not None and goes_with(story, copied.ref, own=copied.row.key == case.article.key):
        story.withdrawn[case.ref.number] = "copy"
    compared = home.row is not None and relation.kind != "copy" and not late  # else its story's words do not matter
    told = shelf.told(story, records) if compared else shelf.untold()
    delta = delta_of(case, match, home, relation, told, shelf, records)
    kind = _event_type(home, relation, delta)
    decision = _advance(case, match, home, story, text, relation, delta, kind, partition)
    news = news_of(case, home, delta)
    if news is not None:
        story.told.append(story.sequence)
    enter(case, match, home, story, text, decision, news, records)
    if compared or news is not None:
        shelf.retold(story, told, news, case.prepared.text)
    shelf.keep(case.ref, case.article.version, case.prepared.text)
    return decision


def _opened(case: Case, text: int, continues: str | None, partition: str) -> StoryRow:
    return StoryRow(
        id=identity.story_id(partition, case.article.key, case.nth),
        number=case.ref.number,
        headline="",
        opening=text,
        opened_at=case.clock,
        updated_at=case.clock,
        clock=case.clock,
        sequence=0,
        previous="",
        articles=0,
        repeats=0,
        outlets_unknown=0,
        outlets={},
        credits=[],
        texts={},
        told=[],
        continues=continues,
    )


def _event_type(home: Home, relation: Relation, delta: Delta) -> EventType:
    if home.row is None:
        return "story.opened"
    adds = bool(delta.added or delta.removed or delta.figures)
    corrects = relation.correction and relation.kind != "copy" and not relation.late
    return "story.updated" if adds or corrects else "story.repeated"


def _advance(
    case: Case,
    match: Match | None,
    home: Home,
    story: StoryRow,
    text: int,
    relation: Relation,
    delta: Delta,
    kind: EventType,
    partition: str,
) -> Decision:
    """Move the story's row on by this article."""
    article = case.article
    story.sequence += 1
    story.updated_at = case.clock
    story.clock = case.clock
    story.repeats += kind == "story.repeated"
    story.articles += 1
    if article.outlet is None:
        story.outlets_unknown += 1
    else:
        story.outlets[article.outlet.id] = story.outlets.get(article.outlet.id, 0) + 1
        if case.publisher is not None:
            story.publishers[article.outlet.id] = case.publisher
    if article.credit and article.credit not in story.credits:
        story.credits.append(article.credit)
    orphan = bool(story.withdrawn) and story.opening not in story.texts
    stands = bool(story.withdrawn) and text not in story.texts and case.ref.number not in story.withdrawn
    if home.row is None or stands or (relation.kind != "copy" and not relation.late):
        story.texts[text] = _newest(case, story.texts.get(text))
    _headline(case, story, text, relation, delta, orphan=orphan)
    event = identity.event_id(partition, article.key, article.version)
    previous, story.previous = story.previous, event
    return Decision(
        type=kind,
        partition=partition,
        event_id=event,
        sequence=story.sequence,
        time=case.clock,
        previous=previous or None,
        article=msgspec.structs.replace(article, backfill=True) if case.forgotten else article,
        arrived=case.arrived,
        version_number=case.nth,
        relation=relation,
        delta=delta,
        story=state_of(story),
        supersedes=_supersedes(case, match, relation),
    )


def _newest(case: Case, held: TextRow | None) -> TextRow:
    """A text's date never goes back: a version that is the newest by its arrival makes none newer that is late."""
    back = held is not None and before(case.published, held.published)
    published = held.published if held is not None and back else case.published
    return TextRow(newest=case.ref, published=published, wire=case.article.wire)


def _headline(case: Case, story: StoryRow, text: int, relation: Relation, delta: Delta, *, orphan: bool) -> None:
    title = case.prepared.text.headline
    if not story.headline:
        lead = case.prepared.article.sentences[0] if case.prepared.article.sentences else case.article.key
        story.headline = title or shortened(lead)
    if not title or relation.late or case.ref.number in story.withdrawn:
        return
    if orphan and text in story.texts:  # what it opened with was taken back
        story.opening, story.headline = text, title
        return
    own = case.earlier is not None and text == story.opening
    of_opening = text == story.opening and (relation.kind == "revision" or own)
    takes_over = relation.kind == "coverage" and (delta.materiality or 0.0) >= COVERAGE_HEADLINE
    if of_opening or takes_over:
        story.headline = title


def shortened(lead: str) -> str:
    return lead if len(lead) <= HEADLINE_CHARS else lead[:HEADLINE_CHARS].rsplit(" ", 1)[0] + " …"


def _supersedes(case: Case, match: Match | None, relation: Relation) -> tuple[Superseded, ...]:
    if relation.late:
        return ()
    taken: dict[tuple[str, int], None] = {}
    if case.nth > 1:
        taken[case.article.key, case.nth - 1] = None
    if match is not None and relation.kind == "revision":
        taken[match.row.key, match.row.nth] = None
    return tuple(Superseded(id=key, version=nth) for key, nth in taken)
