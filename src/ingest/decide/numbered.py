"""What a source's own numbers of an article's versions say: which is the older one, and what a notice takes back.

Deliveries overtake one another. A version that is numbered no higher than the notice that took its article back belongs
to what was taken back, and stays so; a higher one was given after it, and stands (decision 0165).
"""

from __future__ import annotations

from ingest.decide.case import Case, Home, Match
from ingest.ledger.records import Records
from ingest.ledger.rows import ArticleRow, Ref

LATE = 20
"""Versions of a key in a row that were late, behind which the newest is looked for."""


def place(case: Case, newest: Ref, row: ArticleRow, records: Records) -> Ref | None:
    """Find the article's place among the versions of its key, of which `newest` came last. Gives the newest version by
    number, where this one has another number: the two are one article, whatever their words."""
    own = case.prepared.accepted.envelope.numbered
    at, held = (newest, row.parent) if row.withdraws is not None else (row.under, _behind_late(newest, row, records))
    wanted = [ref for ref in (at, held) if ref is not None and ref != newest]
    kept = {newest: row} | (records.articles(wanted) if wanted else {})
    stone = case.tombstone = kept.get(at) if at is not None else None
    if own is None:
        return None
    found = [kept[ref].numbered for ref in (at, held) if ref in kept]
    known = max((number for number in found if number is not None), default=None)
    case.numbered = own if known is None else max(own, known)
    case.older = own < known if known not in (None, own) else None
    if stone is not None and stone.withdraws == "notice" and stone.numbered is not None:
        if own > stone.numbered and not stone.nth:
            case.tombstone = None  # it waited for a version before this one
        elif own <= stone.numbered and stone.nth:
            case.under = at
    return held if case.older is not None or case.under is not None else None


def _behind_late(newest: Ref, row: ArticleRow, records: Records) -> Ref:
    """The version that was the newest when those came which were late."""
    at = newest
    for _ in range(LATE):
        if not row.late or row.under is not None or row.numbered is None or row.earlier is None:
            return at
        before = records.articles([row.earlier]).get(row.earlier)
        if before is None or before.withdraws is not None:
            return at
        at, row = row.earlier, before
    return at


def stays_taken_back(case: Case, match: Match | None, home: Home) -> bool:
    """Whether it joins what was taken back, where that can be told: as a repeat without a word of it."""
    return case.under is not None and match is not None and match.row.key == case.article.key and home.row is not None
