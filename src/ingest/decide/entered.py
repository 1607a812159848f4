"""The rows of a decision: the article's, its story's, and what it is found by."""

from __future__ import annotations

from typing import Any

import msgspec

from ingest.decide.case import Case, Home, Match, body_of, point_of, when_of
from ingest.ledger import rows
from ingest.ledger.records import Records
from ingest.ledger.rows import TITLE, ArticleRow, Said, StoryRow, Told
from ingest.model import Decision, Delta, Relation
from ingest.printable import printable
from ingest.stories.placement import StoryPoint, join
from ingest.stories.similarity import indexable


def news_of(case: Case, home: Home, delta: Delta) -> Told | None:
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


def enter(
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
        numbered=case.numbered,
        under=case.under,
    )
