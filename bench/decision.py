"""What the judgement itself costs: relation, placement and telling of an article, in processor time, while stories and
the window grow. On the memory ledger, so that what is measured is the judgement and not a server.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any

import msgspec

import ingest.decide.desk as desks
from ingest import background, telemetry
from ingest.decide.desk import Desk, Tools
from ingest.decide.made import Made
from ingest.events.describe import describe
from ingest.inbox import envelope
from ingest.inbox.memory import MemoryInbox
from ingest.inbox.port import Item, Turn
from ingest.ledger.keys import Keys
from ingest.ledger.memory import MemoryLedger
from ingest.model import Accepted
from ingest.normalise import normalise
from ingest.settings import EventSettings, LedgerSettings
from ingest.wiring import calm_collector

from . import data
from .growth import BEGIN, END, dated
from .report import Row
from .sizes import Size
from .worker import OFFERED, QUIET, Apart

STAGES = {"find_parent": "relation", "find_home": "placement", "tell": "telling"}
REACH = ((5_000, 1.5), (50_000, 3.0))
"""Live stories, and the milliseconds that relation and placement of an article may take among so many."""


class Measured(msgspec.Struct, frozen=True):
    """Means over the last articles before `articles` were decided: milliseconds of processor by stage."""

    articles: int
    stories: int
    ms: dict[str, float]

    @property
    def judged(self) -> float:
        return self.ms["relation"] + self.ms["placement"]

    @property
    def most(self) -> float | None:
        """None where there are more stories than anything is promised for."""
        return next((ms for stories, ms in REACH if self.stories <= stories), None)


def run(size: Size, place: Path) -> list[Row]:
    with Apart() as apart:
        return [_row(found) for found in apart.call(_grown, size)]


def _row(found: Measured) -> Row:
    stages = ", ".join(f"{name} {ms:.2f}" for name, ms in found.ms.items())
    return Row(
        f"decision among {found.stories:,} live stories, {found.articles:,} articles in the window: processor",
        f"{found.judged:.2f} ms ({stages})",
        f"<= {found.most:g} ms" if found.most else "",
        found.judged <= found.most if found.most else None,
    )


def _grown(size: Size) -> list[Measured]:
    telemetry.configure(QUIET)
    spent = _watched()
    partition = _Partition()
    calm_collector()
    found = []
    for articles in (size.small, size.large, size.deep):
        partition.decide(articles - size.step, size.deep)
        spent.update(dict.fromkeys(spent, 0.0))
        before = partition.seconds
        partition.decide(articles, size.deep)
        ms = {stage: 1000 * seconds / size.step for stage, seconds in spent.items()}
        ms["whole turn"] = 1000 * (partition.seconds - before) / size.step
        found.append(Measured(articles, partition.stories, ms))
    return found


def _watched() -> dict[str, float]:
    """Seconds of processor by stage, from now on and in this process alone; the product's own clock shows no finer."""
    spent = dict.fromkeys(STAGES.values(), 0.0)

    def timed(function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        @wraps(function)
        def call(*given: Any) -> Any:
            start = time.process_time()
            try:
                return function(*given)
            finally:
                spent[stage] += time.process_time() - start

        return call

    for name, stage in STAGES.items():
        setattr(desks, name, timed(getattr(desks, name), stage))
    return spent


class _Partition:
    """A partition in memory and its worker. Dates are spread over the 71 hours in which an article is looked for."""

    def __init__(self) -> None:
        self._inbox = MemoryInbox(lambda: END)
        tools = Tools(
            normalise=normalise,
            describe=partial(describe, settings=EventSettings()),
            background=background.load(),
            ledger_settings=LedgerSettings(),
            published=True,
        )
        self._desk = Desk(MemoryLedger(self._inbox), Keys("main"), tools, self._settled)
        self._inbox.enlist("bench")
        self._decided = 0
        self.stories = 0
        self.seconds = 0.0  # of processor, in turns

    def _settled(self, made: Made) -> None:
        opened = sum(disposition == "opened" for _, disposition in made.dispositions)
        self.stories += opened - len(made.merges)

    def decide(self, until: int, of: int) -> None:
        """Go on until so many are decided. `of` is how many there will be in the end."""
        for first in range(self._decided, until, OFFERED):
            count = min(OFFERED, until - first)
            at = BEGIN + (END - BEGIN) * first // of
            self._inbox.offer([dated(article, at) for article in data.articles(count, first)])
            self._drain()
        self._decided = until

    def _drain(self) -> None:
        items: list[Item[Any]] = []
        for entry, payload in self._inbox.read("bench", OFFERED, 0):
            accepted = Accepted(entry, END, envelope.decode(payload))
            prepared = self._desk.prepare(accepted)
            self._desk.ahead(prepared)  # as a worker does while another one has the turn
            items.append(Item(entry, None, prepared))
        start = time.process_time()
        while items:
            done = set(self._desk.commit(self._desk.decide(Turn("bench", self._inbox.head, tuple(items)))).entries)
            items = [item for item in items if item.entry not in done]
        self.seconds += time.process_time() - start
