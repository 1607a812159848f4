"""The whole arrow in one process, on the memory twins: for tests and gates that need thousands of articles fast."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial

from ingest.background import Background, load
from ingest.decide.case import Prepared
from ingest.decide.desk import Desk, Made, Tools
from ingest.events.describe import describe
from ingest.inbox import envelope
from ingest.inbox.memory import MemoryInbox
from ingest.inbox.port import Item, Turn
from ingest.ledger.keys import Keys
from ingest.ledger.memory import MemoryLedger
from ingest.ledger.records import Records
from ingest.ledger.rows import ArticleRow
from ingest.ledger.view import View
from ingest.meaning import Meaning
from ingest.model import Accepted, Decision, Envelope
from ingest.normalise import normalise
from ingest.settings import EventSettings, LedgerSettings
from ingest.stories.publishers import Publishers

NOW = 1_760_000_000_000


@cache
def background() -> Background:
    return load()


class Rehearsal:
    """A partition in memory and one worker. `decisions` are all that was told, in order. On the published clock,
    `ordered` says that no article is older than the one before."""

    def __init__(
        self,
        *,
        published: bool = False,
        ordered: bool = False,
        batch: int = 64,
        now: int = NOW,
        publishers: Publishers | None = None,
        meaning: Meaning | None = None,
    ) -> None:
        self.now = now
        self.inbox = MemoryInbox(lambda: self.now)
        self.ledger = MemoryLedger(self.inbox)
        self.keys = Keys("main")
        self.decisions: list[Decision] = []
        self.made: list[Made] = []
        tools = Tools(
            normalise=normalise,
            describe=partial(describe, settings=EventSettings()),
            background=background(),
            ledger_settings=LedgerSettings(),
            published=published,
            ordered=ordered,
            publishers=publishers or Publishers({}),
            meaning=meaning,
        )
        self.desk = Desk(self.ledger, self.keys, tools, settled=self._settled)
        self._other = Desk(self.ledger, self.keys, tools, settled=self._settled)
        self._batch = batch
        self._forgetful = False
        self.inbox.enlist("w")

    def drop_view_after_each_turn(self) -> None:
        """As if another worker had committed in between, or the worker were a new one each time."""
        self._forgetful = True

    def hand_over(self) -> None:
        """Another worker goes on, with all that it remembers of its own turns."""
        self.desk, self._other = self._other, self.desk

    def _settled(self, made: Made) -> None:
        self.made.append(made)
        self.decisions += made.decisions
        if self._forgetful:
            self.desk.forget()

    @property
    def records(self) -> Records:
        """What is stored now, to look at."""
        found = Records(View(self.ledger), self.keys, LedgerSettings(), published=False)
        found.load()
        return found

    def row(self, decision: Decision) -> ArticleRow:
        """The stored row of what was told."""
        records = self.records
        ref = records.decisions.find(decision.article.key, decision.article.version)
        assert ref is not None
        return records.articles([ref])[ref]

    def run(self, envelopes: Iterable[Envelope]) -> list[Decision]:
        """Offer and decide all; gives what was told of them."""
        before = len(self.decisions)
        for one in envelopes:
            self.inbox.offer([one])
        waiting: list[tuple[str, Prepared]] = []
        while True:
            for entry, payload in self.inbox.read("w", self._batch - len(waiting), 0):
                accepted = Accepted(entry, int(entry.split("-")[0]), envelope.decode(payload))
                waiting.append((entry, self.desk.prepare(accepted)))
            if not waiting:
                return self.decisions[before:]
            items = tuple(Item(entry, None, prepared) for entry, prepared in waiting)
            settled = self.desk.commit(self.desk.decide(Turn("w", self.inbox.head, items)))
            assert settled.status == "ok"
            done = set(settled.entries)
            waiting = [(entry, prepared) for entry, prepared in waiting if entry not in done]
