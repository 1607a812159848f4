"""The way of an article, and nothing else: who is called after whom.

    sources -> extraction -> inbox                                          intake(), in a source's process
                             inbox -> normalise -> dedupe -> stories        drain(), in a worker's process
                                                   -> ledger -> events

    intake   every outcome of a source: an article is accepted once the inbox has it, and the bell is rung
    drain    one worker's share: read ahead, wait for the turn, decide (`decide.Desk`), commit

The pipeline orders the calls and decides nothing; `decide` decides and touches nothing but its view; `inbox.turn` knows
when it is whose turn; `wiring` builds them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from ingest.inbox.port import Inbox, Offered, Report
from ingest.model import Due, Envelope, ProgressUpdate
from ingest.sources.port import Outcome


class Belled:
    """An inbox that rings the bell after each offer: one ring for a batch of up to 64 articles."""

    def __init__(self, inbox: Inbox, ring: Callable[[], object]) -> None:
        self._inbox, self._ring = inbox, ring

    def offer(
        self, offers: Sequence[Envelope], *, refused: int = 0, progress: Sequence[ProgressUpdate] = ()
    ) -> Offered:
        accepted = self._inbox.offer(offers, refused=refused, progress=progress)
        if offers:
            self._ring()
        return accepted

    def progress(self, source: str, fields: Sequence[str]) -> Mapping[str, bytes]:
        return self._inbox.progress(source, fields)

    def kept(self, source: str) -> Mapping[str, bytes]:
        return self._inbox.kept(source)

    def scheduled(self, source: str, before: int | None = None) -> Mapping[str, int]:
        return self._inbox.scheduled(source, before)

    def take_due(self, source: str, now: int, until: int, count: int) -> Due:
        return self._inbox.take_due(source, now, until, count)

    def hold(self, source: str, until: Mapping[str, float], latest: int) -> None:
        self._inbox.hold(source, until, latest)


def intake(outcomes: Iterable[Outcome], report: Callable[[Outcome], object] = lambda outcome: None) -> Counter[str]:
    """Let a source run to its end, an outcome at a time. Gives how many of each fate."""
    fates: Counter[str] = Counter()
    for outcome in outcomes:
        fates[outcome.fate] += 1
        report(outcome)
    return fates


class Drainer(Protocol):
    """A worker: `inbox.turn.Worker`, which knows the server; the pipeline does not."""

    def run_for(self, seconds: float, stop: Callable[[], bool], *, until_empty: bool) -> Report: ...


def drain(worker: Drainer, seconds: float, stop: Callable[[], bool]) -> Report:
    """Decide what is in the inbox, for at most so long: until it is empty, or told to stop."""
    return worker.run_for(seconds, stop, until_empty=True)
