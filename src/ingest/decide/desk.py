"""The worker's handler: prepares articles, decides its turn on one view of the partition, commits it.

The same articles in the same order give the same decisions, whatever the batches and the number of workers: nothing
here depends on a host's clock, on chance, or on where a batch ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from ingest.background import Background
from ingest.decide.case import Case, Prepared
from ingest.decide.home import find_home
from ingest.decide.made import Made, Verdicts
from ingest.decide.numbered import stays_taken_back
from ingest.decide.parent import candidates, find_parent, linked
from ingest.decide.points import Points
from ingest.decide.shelf import Shelf
from ingest.decide.taken import back
from ingest.decide.tell import tell
from ingest.decide.unite import unite
from ingest.decide.watch import Stopwatch
from ingest.decide.withdraw import Withdrawals
from ingest.decide.worth import Worth, count
from ingest.dedupe import Text, recurring, short_key
from ingest.dedupe.standing import marks_of, voice
from ingest.inbox.port import Item, Settled, Turn
from ingest.ledger.buckets import day_of
from ingest.ledger.index import Wants
from ingest.ledger.keys import Keys
from ingest.ledger.port import Commit, Ledger
from ingest.ledger.records import Records
from ingest.ledger.rows import DAY_MS, Ref, Step
from ingest.ledger.standing import Voice
from ingest.ledger.view import View
from ingest.meaning import Meaning
from ingest.model import Accepted, Decision, Normalised, Told, WithdrawnBy
from ingest.settings import LedgerSettings
from ingest.stories.counts import TermCounts
from ingest.stories.meaning import Meant
from ingest.stories.publishers import Publishers
from ingest.stories.similarity import proposers, vector
from ingest.stories.thresholds import THRESHOLDS

CLOCK_STEP_MS = 7 * 86_400_000
"""On published time, one article moves the clock on by at most so much: a wrong date must not end every window."""

KEYS_A_COMMIT = 1800
"""Distinct keys after which a turn is cut: a commit costs about 5 us for each, and 2,000 are its limit."""

BYTES_A_COMMIT = 3_000_000
"""Bytes after which a turn is cut: a commit is to stay under 4 MB, and the article that crosses this still goes in."""


AHEAD = msgspec.structs.replace(THRESHOLDS.shape, proposer_terms=THRESHOLDS.shape.proposer_terms + 10)
"""What is read ahead of an article's strongest terms: some more, since the articles before it still change which they
are."""


@dataclass(slots=True)
class Tools:
    """What the desk is handed: pure functions and settings. `published` and `ordered` concern the partition's clock."""

    normalise: Callable[[Accepted], Normalised]
    describe: Callable[[Told], bytes]
    background: Background
    ledger_settings: LedgerSettings
    published: bool = False
    ordered: bool = False
    timer: Callable[[], float] = float  # without one, every stage takes no time
    publishers: Publishers = field(default_factory=lambda: Publishers({}))
    meaning: Meaning | None = None


class Desk:
    """Handler of one worker for one partition. `settled` hears of each disposition once its commit stands. `deciding`
    is told each entry as it begins, `moving` is called within, so that a long turn is not taken for a hang."""

    def __init__(
        self,
        ledger: Ledger,
        keys: Keys,
        tools: Tools,
        settled: Callable[[Made], None] = lambda made: None,
    ) -> None:
        self.ledger, self._keys, self._tools, self._settled = ledger, keys, tools, settled
        self.moving: Callable[[], None] = lambda: None
        self.deciding: Callable[[str], None] = lambda entry: None
        self._view = View(ledger)
        self._records = Records(self._view, keys, tools.ledger_settings, published=tools.published)
        self._shelf = Shelf(lambda: self.moving())
        self._withdrawals = Withdrawals(self._records, keys.partition, lambda: self.moving())
        self._points = Points()
        self._worth = Worth()
        self._counts: TermCounts | None = None
        self._likely: dict[str, list[int]] = {}  # by entry: its proposers, as far as counts were known ahead
        self._watch = Stopwatch(tools.timer)

    # -- outside the turn ----------------------------------------------------------------------------------------------

    def prepare(self, accepted: Accepted) -> Prepared:
        with self._watch.of("normalise"):
            article = self._tools.normalise(accepted)
        with self._watch.of("stories"):
            meant = self._meant(article)
        with self._watch.of("dedupe"):
            text = Text(article.title, article.sentences, correction=article.correction)
            short = short_key(article.title, article.sentences)
            counted, of = recurring(text), self._voice(article)
            matter = marks_of(text) if of is not None else None
            known = self._tools.background
            prepared = Prepared(accepted, article, text, short, counted, matter, of, known, meant=meant)
            likely = self._worth.guess(prepared)
            likely.text.keys  # noqa: B018 -- made here, outside the turn
        with self._watch.of("stories"):
            likely.terms  # noqa: B018 -- as well
        likely.body  # noqa: B018 -- as well
        return prepared

    def _voice(self, article: Normalised) -> Voice | None:
        if article.outlet is None:
            return None
        own, publisher = voice("outlet", article.outlet.id), self._publisher(article)
        return Voice(own, own if publisher is None else voice("publisher", publisher))

    def _publisher(self, article: Normalised) -> str | None:
        return self._tools.publishers.of(article.outlet.id, article.url) if article.outlet else None

    def _meant(self, article: Normalised) -> Meant | None:
        """By the title: that of a full text as well, as a headline that comes later is compared with it."""
        model = self._tools.meaning
        if model is None or not article.title:
            return None
        vector = model.vector(article.title)
        return Meant.of(model.fingerprint, vector) if vector.any() else None

    def ahead(self, prepared: Prepared) -> None:
        """Read the text as comparisons will: two in three articles are compared with something."""
        prepared = self._worth.guess(prepared)
        text = prepared.text
        text.grams, text.title_words, text.figures, text.heading  # noqa: B018 -- made and kept
        for sentence in text.sentences:
            sentence.stems, sentence.figure_keys, sentence.names, sentence.grams  # noqa: B018 -- as well
        if self._counts is not None:
            self._likely[prepared.accepted.entry] = self._proposers(prepared)

    # -- in the turn ---------------------------------------------------------------------------------------------------

    def decide(self, turn: Turn[Prepared]) -> Made:
        """Gather and decide, article by article. Raises Stale when the partition was written meanwhile."""
        try:
            self._open(turn.head)
            with self._watch.of("ledger"):
                self._gather([item.prepared for item in turn.items if item.prepared is not None])
            return self._decide_all(turn)
        except BaseException:
            self.forget()  # half a turn is in the view
            raise

    def _decide_all(self, turn: Turn[Prepared]) -> Made:
        made = Verdicts(turn)
        for item in turn.items:
            self.deciding(item.entry)
            if item.prepared is None:
                made.bury(item)
            else:
                self._decide_one(item, item.prepared, made)
            if self._view.dirty_keys > KEYS_A_COMMIT or self._view.dirty_bytes + made.size > BYTES_A_COMMIT:
                break
        return self._close(made)

    def look(self, prepared: Prepared) -> tuple[Decision | None, list[Step]]:
        """What would be decided of an article now; nothing is written. None where this very version was decided."""
        self.forget()
        self._open(None)
        made = Verdicts(None)
        case = self._decide_one(None, prepared, made)
        self.forget()
        return (made.decisions[0] if made.decisions else None), case.trace if case else []

    def commit(self, made: Made) -> Settled:
        with self._watch.of("ledger"):
            answer = self.ledger.commit(made.commit)
        if answer.status != "ok":
            self.forget()
            return Settled(answer.status)
        self._view.committed(answer.head, made.commit.drops)
        self._settled(made)
        return Settled("ok", tuple(made.commit.entries))

    def forget(self) -> None:
        self._view.drop()
        self._counts = None
        self._likely = {}

    # -- the parts of a turn -------------------------------------------------------------------------------------------

    def _open(self, head: bytes | None) -> None:
        if head is None or self._view.head != head or self._counts is None:
            self._recount(self._records.catch_up().counted)

    def _recount(self, counted: int) -> None:
        counts, key = self._counts, self._keys.term_counts
        wanted = counts.wanted(counted) if counts is not None and counts.articles <= counted else None
        if counts is None or wanted is None:
            self._counts = TermCounts.from_pages(self._view.whole(key))
        elif wanted:
            self._view.fetch({key: wanted})
            found = {name: self._view.get(key, name) for name in wanted}
            counts.catch_up({name: value for name, value in found.items() if value is not None})

    def _proposers(self, prepared: Prepared) -> list[int]:
        assert self._counts is not None
        return proposers(vector(prepared.terms, self._counts), AHEAD)

    def _gather(self, batch: list[Prepared]) -> None:
        """Read for the whole batch at once what is known to be needed; what only turns out later is read when asked."""
        likely, self._likely = self._likely, {}
        wants: Wants = {}
        records, index = self._records, self._records.index
        clock = records.state.clock or 0
        clocks = [clock if self._tools.published else max(clock, prepared.accepted.arrived) for prepared in batch]
        whole, batch = batch, [self._worth.guess(prepared) for prepared in batch]
        terms = [likely.get(prepared.accepted.entry) or self._proposers(prepared) for prepared in batch]
        for prepared, at, codes in zip(batch, clocks, terms, strict=True):
            records.decisions.want(wants, prepared.article.key, prepared.article.version)
            for followed in prepared.article.follows:
                records.decisions.want_newest(wants, followed)
            index.want_postings(wants, prepared.text.keys, at)
            index.want_terms(wants, codes)
            if prepared.short is not None:
                index.want_short(wants, prepared.short, at)
            records.recurrences.want(wants, prepared.recurring[:2], at)
            if prepared.voice is not None:
                records.standing.want(wants, prepared.voice, at)
        records.want_news(wants)
        self._view.fetch(wants)
        wants = {}
        for nth, (prepared, at) in enumerate(zip(whole, clocks, strict=True)):
            left = self._worth.ahead(prepared, records, at)
            if left is not batch[nth]:
                batch[nth], terms[nth] = left, self._proposers(left)
                index.want_postings(wants, left.text.keys, at)
                index.want_terms(wants, terms[nth])
        if wants:
            self._view.fetch(wants)
        wants = {}
        for prepared, at, codes in zip(batch, clocks, terms, strict=True):
            index.want_often(wants, codes)
            records.want_articles(wants, [*candidates(prepared, records, at)[0], *linked(prepared.article, records)])
        self._view.fetch(wants)

    def _decide_one(self, item: Item[Prepared] | None, prepared: Prepared, made: Verdicts) -> Case | None:
        records, article = self._records, prepared.article
        records.state.clock = self._clock(prepared)
        clock = records.state.clock or 0
        records.buckets.enter(clock)
        if prepared.accepted.envelope.withdraws is not None:
            self._take_back(item, prepared, made, clock)
            return None
        known = records.decisions.find(article.key, article.version)
        if known is not None:
            again = back(prepared, records)
            if again is None:
                records.decisions.sighted(article.key, article.version, known, clock)
                made.dispose(item, prepared, "seen")
                return None
            prepared, article = again, again.article
        ref = Ref(records.state.next_number, day_of(clock))
        records.state.next_number += 1
        left, publisher = self._worth.of(prepared, records, clock), self._publisher(article)
        case = Case(left, ref, clock, self._tools.published, publisher=publisher)
        case.note("normalise", _read(case, prepared), words=case.article.words, marked=len(case.article.marked))
        with self._watch.of("dedupe"):
            match = find_parent(case, records, self._shelf, self._tools.background.idf)
            count(case, match, records)
        with self._watch.of("stories"):
            assert self._counts is not None
            home = find_home(case, match, records, self._counts, self._points, self._shelf)
            if case.under is not None and not stays_taken_back(case, match, home):
                records.decisions.sighted(article.key, article.version, case.under, clock)  # told nowhere: see 0165
                made.dispose(item, prepared, "noted")
                return case
            if match is None:
                self._counts.add(case.prepared.terms)
                records.state.counted = self._counts.articles
                records.record_counts(self._counts.dirty())
            if home.same is not None:
                home, merge = unite(case, home, home.same, records, self._keys.partition)
                made.tell_merge(merge, self._tools.describe(merge))
            decision = tell(case, match, home, records, self._shelf, self._keys.partition)
        by: WithdrawnBy | None = "notice" if case.under is not None else None
        made.decided(records.decisions.record(article.key, article.version, case.nth, ref, clock, by))
        with self._watch.of("events"):
            made.tell(item, decision, self._tools.describe(decision))
        if case.withdrawn is not None and (told := self._withdrawals.on_arrival(case)) is not None:
            made.take_back_on_arrival(told, self._tools.describe(told))
        return case

    def _take_back(self, item: Item[Prepared] | None, prepared: Prepared, made: Verdicts, clock: int) -> None:
        with self._watch.of("stories"):
            found = self._withdrawals.decide(prepared.accepted, clock)
        if found is None:
            made.dispose(item, prepared, "seen")
            return
        made.decided(found.guards)
        made.take_back(item, prepared, found.told, self._tools.describe(found.told) if found.told is not None else None)

    def _clock(self, prepared: Prepared) -> int | None:
        """The partition's time at this article, in ms: it never goes back. None on published time before any date.

        A date that lies ahead of the article's own arrival is wrong, and moves nothing. When an archive had it is known
        better than when it says that it was published.
        """
        before, arrived = self._records.state.clock, prepared.accepted.arrived
        if not self._tools.published:
            return max(before or 0, arrived)
        if prepared.accepted.envelope.withdraws is not None:
            return before  # an operator takes back today what a replay told of 2014
        stamp, at = prepared.article.published, prepared.accepted.envelope.sighted
        at = stamp.at if at is None and stamp else at
        if at is None or at > arrived + DAY_MS:
            return before
        if before is None:
            return at
        return max(before, at if self._tools.ordered else min(at, before + CLOCK_STEP_MS))

    def _close(self, made: Verdicts) -> Made:
        drops = self._records.buckets.forget()
        self._records.save_state()
        commit = Commit(
            consumer=made.consumer,
            entries=made.entries,
            head=self._view.head or b"",
            decisions=made.where,
            events=made.events,
            dead=made.dead,
            writes=self._view.writes(),
            drops=drops,
            counts={**made.counts(), **self._watch.read()},
        )
        return Made(commit, made.decisions, made.dispositions, made.merges, made.withdrawals)


def _read(case: Case, prepared: Prepared) -> str:
    read = f"{len(prepared.article.sentences)} sentences"
    if case.prepared is prepared:
        return read
    gone = len(case.prepared.text.standing)
    if not gone:
        return f"{read}, a placeholder: judged by its title"
    alone = ": judged by its title" if not case.article.sentences else ""
    return f"{read}, {gone} of them its outlet's under any title{alone}"
