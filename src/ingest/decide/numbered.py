"""What a source's own numbers of an article's versions say: which is the older one, and what a notice takes back.

Deliveries overtake one another. A version that is numbered no higher than the notice that took its article back belongs
to what was taken back, and stays so; a higher one was given after it, and stands (decision 0165).
"""

from __future__ import annotations

from ingest.decide.case import Case, Home, Match
from ingest.ledger.records import Records
from ingest.ledger.rows import ArticleRow, Ref


def place(case: Case, newest: Ref, row: ArticleRow, records: Records) -> Ref | None:
    """Find the article's place among the versions of its key, of which `newest` came last. Gives the version that is
    held, where this one is older: the two are one article, whatever their words."""
    own = case.prepared.accepted.envelope.numbered
    at, held = (newest, row.parent) if row.withdraws is not None else (row.under, newest)
    wanted = [ref for ref in (at, held) if ref is not None and ref != newest]
    kept = {newest: row} | (records.articles(wanted) if wanted else {})
    stone = case.tombstone = kept.get(at) if at is not None else None
    if own is None:
        return None
    found = [kept[ref].numbered for ref in (at, held) if ref in kept]
    known = max((number for number in found if number is not None), default=None)
    case.numbered = own if known is None else max(own, known)
    case.older = own < known if known is not None else None
    if stone is not None and stone.withdraws == "notice" and stone.numbered is not None:
        if own > stone.numbered and not stone.nth:
            case.tombstone = None  # it waited for a version before this one
        elif own <= stone.numbered and stone.nth:
            case.under = at
    return held if case.older or case.under is not None else None


def stays_taken_back(case: Case, match: Match | None, home: Home) -> bool:
    """Whether it joins what was taken back, where that can be told: as a repeat without a word of it."""
    return case.under is not None and match is not None and match.row.key == case.article.key and home.row is not None
