"""What an article adds to its story, and the rows and the event that say so."""

from __future__ import annotations

from typing import Any

import msgspec

from ingest import alignment, identity
from ingest.decide.case import Case, Home, Match, body_of, point_of, state_of, when_of
from ingest.decide.shelf import Shelf
from ingest.decide.taken import goes_with, met
from ingest.dedupe import Text
from ingest.ledger import rows
from ingest.ledger.records import Records
from ingest.ledger.rows import TITLE, ArticleRow, Said, StoryRow, TextRow, Told
from ingest.model import (
    ArticleRef,
    Decision,
    Delta,
    EventType,
    Normalised,
    Relation,
    Superseded,
)
from ingest.printable import printable
from ingest.stories import delta as deltas
from ingest.stories.placement import StoryPoint, join
from ingest.stories.similarity import indexable

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
    late = match is not None and home.row is not None and _is_late(case.article, story.texts.get(text))
    relation = _relation(case, match, home, late)
    if said := met(case, match, home.row, records):
        relation = msgspec.structs.replace(relation, why=(*relation.why, *said))
    copied = match if relation.kind == "copy" else None
    if copied and home.row is not None and goes_with(story, copied.ref, own=copied.row.key == case.article.key):
        story.withdrawn[case.ref.number] = "copy"
    compared = home.row is not None and relation.kind != "copy" and not late  # else its story's words do not matter
    told = shelf.told(story, records) if compared else shelf.untold()
    delta = _delta(case, match, home, relation, told, shelf, records)
    kind = _event_type(home, relation, delta)
    decision = _advance(case, match, home, story, text, relation, delta, kind, partition)
    news = _news(case, home, delta)
    if news is not None:
        story.told.append(story.sequence)
    _record(case, match, home, story, text, decision, news, records)
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


def _is_late(article: Normalised, held: TextRow | None) -> bool:
    """Older than a version of the text that is already held: by wire number, or by time where both are exact."""
    if held is None:
        return False
    if article.wire is not None and held.wire is not None and article.wire != held.wire:
        return article.wire < held.wire
    a, h = article.published, held.published
    return a is not None and h is not None and a.exact and h.exact and a.at < h.at


def _relation(case: Case, match: Match | None, home: Home, late: bool) -> Relation:
    if match is not None:
        verdict, row = match.verdict, match.row
        return Relation(
            kind="copy" if verdict.kind == "copy" else "revision",
            rule=verdict.rule,
            to=ArticleRef(id=row.key, version=row.nth, title=row.title, outlet=row.outlet, url=row.url),
            extent=verdict.extent,
            late=late,
            correction=case.article.correction,
            in_old=verdict.in_old,
            in_new=verdict.in_new,
            similarity=verdict.jaccard,
            also=match.also,
            why=verdict.why,
        )
    placement = home.placement
    also, reasons = _together(case)
    if home.row is not None and placement is None:
        said, correction = (_TRANSLATES, *reasons), case.article.correction
        return Relation(kind="coverage", rule="linked", correction=correction, also=also, why=said)
    if home.row is None or placement is None:
        alone = placement is None or placement.best is None
        why = "Nothing like it was seen." if alone and not also else "No story is close enough."
        why = case.apart or why
        return Relation(kind="new", rule="no story", correction=case.article.correction, also=also, why=(why, *reasons))
    shared = ", ".join(term.term for term in placement.shared)
    why = f"Scores {placement.adjusted:.2f} with the story, {placement.threshold:.2f} is enough; shared: {shared}."
    return Relation(
        kind="coverage",
        rule="placed",
        correction=case.article.correction,
        similarity=placement.score,
        also=also,
        why=(why, *reasons),
    )


def _together(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of a round-up the texts that it takes together, and the sentence that says so, or what else is to be said."""
    if case.together is None:
        return (), (_NO_TEXT,) if case.prepared.text.standing and not case.article.sentences else ()
    keys = case.together.keys
    return keys, (f"A round-up: {case.together.covered:.0%} of it stands in {len(keys)} texts of their own.",)


_TRANSLATES = "Its source says that it follows an article of this story, in another language."
_NO_TEXT = "Its text is what its outlet prints under any title: judged by its title."


def _delta(
    case: Case,
    match: Match | None,
    home: Home,
    relation: Relation,
    told: alignment.StoryTold,
    shelf: Shelf,
    records: Records,
) -> Delta:
    if home.row is None:
        return Delta(materiality=None)
    if relation.late:
        return Delta()
    parent = _compared(match, shelf, records) if match else None
    against = match.verdict.alignment if match else None
    completed = match is not None and match.verdict.completes
    found = deltas.delta(
        told,
        case.prepared.text,
        kind=relation.kind,
        parent=parent,
        against=against,
        completed=completed,
        language=case.article.language,
    )
    found = _without_own_quotes(found, case, records)
    own = match is not None and match.row.key == case.article.key
    if relation.kind == "copy" and not own and found.headline is not None:
        # Another outlet's headline over the same text is its own affair; only the same article re-headlined is told.
        return Delta(materiality=found.materiality)
    return found


def _compared(match: Match, shelf: Shelf, records: Records) -> Text:
    """The parent's text as it was compared with."""
    evidence = match.verdict.evidence
    return shelf.text(match.ref, match.row, records) if evidence is None else evidence.old


def _without_own_quotes(delta: Delta, case: Case, records: Records) -> Delta:
    """An outlet that quotes again what it had itself has taken it from nobody."""
    firsts = {added.first for added in delta.added if added.first is not None}
    if not firsts:
        return delta
    newest = {key: found.ref for key in sorted(firsts) if (found := records.decisions.newest(key)) is not None}
    kept = records.articles(list(newest.values()))
    outlets = {key: kept[ref].outlet for key, ref in newest.items() if ref in kept}
    own = {case.article.key} | {key for key, outlet in outlets.items() if outlet and outlet == case.article.outlet}
    added = tuple(
        msgspec.structs.replace(each, first=None) if each.first in own else each for each in delta.added
    )
    return msgspec.structs.replace(delta, added=added)


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
        story.texts[text] = TextRow(newest=case.ref, published=article.published, wire=article.wire)
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
        article=article,
        arrived=case.arrived,
        version_number=case.nth,
        relation=relation,
        delta=delta,
        story=state_of(story),
        supersedes=_supersedes(case, match, relation),
    )


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


def _news(case: Case, home: Home, delta: Delta) -> Told | None:
    """What is told from now on: all of the opening article; of others what they add, and the title with it."""
    article = case.article
    if home.row is None:
        told = list(enumerate(article.sentences))
    elif delta.added:
        told = [(added.position, added.text) for added in delta.added]
    else:
        return None
    headline = case.prepared.text.headline
    return Told(article.key, tuple([(TITLE, headline), *told] if headline else told))


def _record(
    case: Case,
    match: Match | None,
    home: Home,
    story: StoryRow,
    text: int,
    decision: Decision,
    news: Told | None,
    records: Records,
) -> None:
    """Every row of this decision but the decision itself, to the view."""
    clock = case.clock
    records.index.record_postings(case.prepared.text.keys, case.ref)
    if case.prepared.short is not None:
        records.index.record_short(case.prepared.short, case.ref)
    old = point_of(story, records.centroid(story.number) or b"") if home.row is not None else None
    voted, meant = home.placement is not None, case.prepared.meant
    joined: StoryPoint = join(home.vector, when_of(case), story.number, old, voted=voted, meant=meant)
    story.terms, story.away, story.undated = joined.opening, joined.away, joined.when.undated
    story.meant = joined.meant.to_bytes() if joined.meant is not None else b""
    story.published = (joined.when.published.first, joined.when.published.last) if joined.when.published else None
    records.index.record_terms(story.number, indexable(home.vector, joined.centroid), clock)
    records.record_article(case.ref, _row(case, match, story, text, decision.relation, _said(decision, news)))
    records.record_story(story, case.ref, joined.centroid.to_bytes(), clock)


def _said(decision: Decision, news: Told | None) -> Said:
    delta = decision.delta
    headline = delta.headline
    return Said(
        type=decision.type,
        told=rows.marks(at for at, _ in news.sentences) if news is not None else b"",
        to=decision.relation.to,
        materiality=delta.materiality,
        was={added.position: added.was for added in delta.added if added.was},
        removed=delta.removed,
        figures=tuple((figure.was, figure.now) for figure in delta.figures),
        headline=(headline.was, headline.now) if headline else None,
        counted=tuple(figure.what for figure in delta.figures),
        names=delta.names,
    )


def _kept(extra: dict[str, Any]) -> dict[str, Any]:
    """As the source gave it; as text where a row cannot hold it (integers beyond 64 bits, half of an emoji)."""
    try:
        msgspec.msgpack.encode(extra)
    except (OverflowError, UnicodeEncodeError):
        return {"as_text": printable(repr(extra))}
    return extra


def _row(case: Case, match: Match | None, story: StoryRow, text: int, relation: Relation, said: Said) -> ArticleRow:
    article = case.article
    decided = {"trace": tuple(case.trace), "byline": article.byline, "extra": _kept(article.extra), "said": said}
    body = msgspec.structs.replace(body_of(article), **decided)
    return ArticleRow(
        key=article.key,
        version=article.version,
        nth=case.nth,
        story=story.number,
        story_id=story.id,
        text=text,
        parent=match.ref if match else None,
        kind=relation.kind,
        extent=relation.extent,
        late=relation.late,
        correction=relation.correction,
        title=article.title,
        outlet=article.outlet,
        url=article.url,
        source=article.source,
        id=article.id,
        published=article.published,
        wire=article.wire,
        arrived=case.arrived,
        clock=case.clock,
        language=article.language,
        credit=article.credit,
        sequence=story.sequence,
        body=rows.squeeze(body, case.prepared.body),
        words=article.words,
        earlier=case.earlier,
    )
