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
from collections.abc import Callable, Iterable

from ingest.decide.case import Prepared
from ingest.decide.desk import Made
from ingest.inbox.port import Report
from ingest.inbox.turn import Worker
from ingest.sources.port import Outcome

RING_EVERY = 64
"""Accepted articles between two rings: a worker's batch. The bell rings every two seconds anyhow."""


def intake(
    outcomes: Iterable[Outcome], ring: Callable[[], object], report: Callable[[Outcome], object] = lambda outcome: None
) -> Counter[str]:
    """Let a source run to its end; ring when there is something to do. Gives how many of each fate."""
    fates: Counter[str] = Counter()
    for outcome in outcomes:
        fates[outcome.fate] += 1
        if outcome.fate == "accepted" and fates["accepted"] % RING_EVERY == 1:
            ring()
        report(outcome)
    if fates["accepted"]:
        ring()
    return fates


def drain(worker: Worker[Prepared, Made], seconds: float, stop: Callable[[], bool]) -> Report:
    """Decide what is in the inbox, for at most so long: until it is empty, or told to stop."""
    return worker.run_for(seconds, stop, until_empty=True)
