"""What an item's body and title are worth, by how they recurred: a placeholder is no text, a series has many texts."""

from __future__ import annotations

import msgspec

from ingest import dedupe
from ingest.background import Background
from ingest.decide.case import Case, Match, Prepared, body_of
from ingest.ledger import rows
from ingest.ledger.records import Records
from ingest.model import Marked
from ingest.stories.features import terms


def worth(prepared: Prepared, records: Records, clock: int, background: Background) -> Prepared:
    """The item as it is; with its title alone where its body is known for a placeholder by now. The body's lines stay,
    marked. Key, version and short key are those of the whole item: it may be offered again."""
    body = prepared.recurring.body
    if body is None or not dedupe.says_nothing(prepared.recurring, records.recurrences.marks(body, clock)):
        return prepared
    article = prepared.article
    marked = tuple(Marked(sentence, "placeholder") for sentence in article.sentences)
    alone = msgspec.structs.replace(
        article, sentences=(), marked=(*article.marked, *marked), words=0, completeness="title"
    )
    return Prepared(
        accepted=prepared.accepted,
        article=alone,
        text=dedupe.Text(article.title, (), correction=article.correction),
        terms=terms(article.title, (), background),
        short=prepared.short,
        recurring=prepared.recurring,
        body=rows.begin(body_of(alone)),
    )


def count(case: Case, match: Match | None, records: Records) -> None:
    """Count the item's title and body. A copy is the same issue once more, and tells nothing of a series."""
    title, body, subject, words = case.prepared.recurring
    if title is not None and (match is None or match.verdict.kind != "copy"):
        records.recurrences.sighted(title, case.clock)
    if body is not None and words.isdisjoint(records.recurrences.marks(body, case.clock)):
        records.recurrences.marked(body, subject, case.clock)
