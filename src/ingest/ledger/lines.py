"""Lines of a story's timeline, and what they told, out of the rows of their articles."""

from __future__ import annotations

from collections.abc import Iterable

from ingest import identity
from ingest.alignment.labels import bare_title
from ingest.ledger import rows
from ingest.ledger.rows import TITLE, ArticleRow, Body, Entry, Ref, Told


def line_of(row: ArticleRow, ref: Ref, partition: str) -> Entry | None:
    """The line of an article's event; None of schema 2, where the story alone had it."""
    body = rows.unsqueeze(Body, row.body)
    said = body.said
    if said is None:
        return None
    return Entry(
        type=said.type,
        time=row.clock,
        ref=ref,
        key=row.key,
        nth=row.nth,
        title=row.title,
        outlet=row.outlet,
        url=row.url,
        words=row.words,
        credit=row.credit,
        kind=row.kind,
        extent=row.extent,
        to=said.to,
        late=row.late,
        correction=row.correction,
        materiality=said.materiality,
        event=identity.event_id(partition, row.key, row.version),
        was=said.was,
        removed=said.removed,
        figures=said.figures,
        headline=said.headline,
        counted=said.counted,
        names=said.names,
        by=row.withdraws,
        reason=body.reason,
    )


def told_of(row: ArticleRow) -> Told | None:
    """What an article's event told; None of schema 2."""
    body = rows.unsqueeze(Body, row.body)
    return spelled_out(row, body, rows.positions(body.said.told)) if body.said is not None else None


def spelled_out(row: ArticleRow, body: Body, positions: Iterable[int]) -> Told:
    headline = bare_title(row.title) or ""
    sentences = body.sentences or (headline,)  # an item without a body says its title
    return Told(row.key, tuple((at, headline if at == TITLE else sentences[at]) for at in positions))
