"""What an article adds to its story."""

from __future__ import annotations

import msgspec

from ingest import alignment
from ingest.decide.case import Case, Home, Match
from ingest.decide.shelf import Shelf
from ingest.dedupe import Text
from ingest.ledger.records import Records
from ingest.model import Delta, Relation
from ingest.stories import delta as deltas


def delta_of(
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
