"""A look at the partition before one's turn: which stored texts and stories an article will probably be compared with.

Only a guess, made while another worker decides: what it names is read with everything else once the turn has come,
which saves a round trip an article. Nothing is decided by it.
"""

from __future__ import annotations

from ingest.decide.case import Prepared
from ingest.decide.newest import NewestUsed
from ingest.decide.parent import candidates
from ingest.errors import Stale
from ingest.ledger.index import Wants
from ingest.ledger.keys import Keys
from ingest.ledger.port import Ledger
from ingest.ledger.records import Records
from ingest.ledger.rows import Ref, StateRow
from ingest.ledger.view import View
from ingest.settings import LedgerSettings
from ingest.stories.counts import TermCounts
from ingest.stories.similarity import propose, proposers, vector

KEPT = 1000
"""Articles whose guess is remembered: more than a worker holds."""


class Glance:
    """Guesses by article version."""

    def __init__(self, ledger: Ledger, keys: Keys, settings: LedgerSettings, *, published: bool) -> None:
        self._view = View(ledger)
        self._records = Records(self._view, keys, settings, published=published)
        self._published = published
        self._seen: NewestUsed[tuple[str, str], tuple[list[Ref], list[int]]] = NewestUsed(KEPT)

    def ahead(self, prepared: Prepared, state: StateRow, counts: TermCounts | None) -> None:
        """Look; `state` and `counts` are the partition's as this worker saw them last. Raises TransientError."""
        if counts is None:
            return
        self._view.drop()
        self._records.buckets.state = state
        index, terms = self._records.index, vector(prepared.terms, counts)
        clock = state.clock or 0
        at = clock if self._published else max(clock, prepared.accepted.arrived)
        wants: Wants = {}
        index.want_postings(wants, prepared.text.keys, at)
        index.want_terms(wants, proposers(terms))
        try:
            self._view.fetch(wants)
            refs, _ = candidates(prepared, self._records, at)
            stories = propose(terms, index.term_postings(proposers(terms)))
        except Stale:  # somebody committed between two readings: then without a guess
            return
        self._seen.put(_name(prepared), (refs, stories))

    def want(self, wants: Wants, prepared: Prepared, records: Records) -> None:
        """Add what was guessed of an article."""
        refs, stories = self._seen.take(_name(prepared)) or ([], [])
        records.want_articles(wants, refs)
        records.want_stories(wants, stories)


def _name(prepared: Prepared) -> tuple[str, str]:
    return prepared.article.key, prepared.article.version
