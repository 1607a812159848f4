from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from ingest import pipeline
from ingest.errors import Pressure
from ingest.inbox.port import Report
from ingest.model import Envelope, ProgressUpdate
from ingest.sources.port import Outcome

ONE = Envelope(key="k", source="t", text="x")


class Inbox:
    """Notes what is done to it, together with the bell."""

    def __init__(self, *, full: bool = False) -> None:
        self.full = full
        self.done: list[str] = []

    def offer(
        self, offers: Sequence[Envelope], *, refused: int = 0, progress: Sequence[ProgressUpdate] = ()
    ) -> object:
        if self.full:
            raise Pressure("full")
        self.done.append(f"offer {len(offers)} and {refused}")
        return "accepted"

    def progress(self, source: str, fields: Sequence[str]) -> Mapping[str, bytes]:
        return dict.fromkeys(fields, source.encode())

    def ring(self) -> None:
        self.done.append("ring")


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def test_the_bell_rings_after_the_inbox_has_it(inbox: Inbox) -> None:
    assert pipeline.Belled(inbox, inbox.ring).offer([ONE, ONE], refused=1) == "accepted"
    assert inbox.done == ["offer 2 and 1", "ring"]


def test_nothing_rings_for_refusals_alone_nor_for_what_was_not_accepted(inbox: Inbox) -> None:
    pipeline.Belled(inbox, inbox.ring).offer([], refused=3)
    inbox.full = True
    with pytest.raises(Pressure):
        pipeline.Belled(inbox, inbox.ring).offer([ONE])
    assert inbox.done == ["offer 0 and 3"]


def test_a_sources_progress_is_passed_through(inbox: Inbox) -> None:
    assert pipeline.Belled(inbox, inbox.ring).progress("s", ["a"]) == {"a": b"s"}


def test_every_outcome_of_a_source_is_counted_and_reported() -> None:
    fates = ("accepted", "refused", "accepted", "waiting")
    outcomes = [Outcome(where=str(number), fate=fate) for number, fate in enumerate(fates)]  # type: ignore[arg-type]  # of the four
    reported: list[Outcome] = []
    assert pipeline.intake(iter(outcomes), reported.append) == {"accepted": 2, "refused": 1, "waiting": 1}
    assert reported == outcomes


def test_a_drain_ends_with_the_inbox_the_time_or_the_stop() -> None:
    class Worker:
        asked: Any = None

        def run_for(self, seconds: float, stop: Callable[[], bool], *, until_empty: bool) -> Report:
            self.asked = seconds, stop(), until_empty
            return Report()

    worker = Worker()
    pipeline.drain(worker, 5.0, lambda: True)
    assert worker.asked == (5.0, True, True)
