"""What a fetcher has done: counters for whoever measures it, and a line a minute for whoever reads its log.

A poll without news has no line of its own: at 5,000 feeds they would be three a second, and hide the others.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from ingest import telemetry

from .names import printable
from .port import Outcome
from .schedule import Polled

Log = Callable[[str, Mapping[str, Any]], None]
"""An event of the fetcher's life and its fields."""
MINUTE = 60.0


def no_log(event: str, fields: Mapping[str, Any]) -> None:
    """Nobody listens."""


class Tally:
    def __init__(self, report: Callable[[Outcome], object], log: Log = no_log) -> None:
        self._report, self._log = report, log
        self._counts: Counter[str] = Counter()
        self._told_at = 0.0

    def polled(self, source: str, polled: Polled) -> None:
        """A request of this kind of thing, and what it came to."""
        telemetry.POLLS.labels(source, polled.kind).inc()
        telemetry.POLLED_BYTES.labels(source).inc(polled.size)
        if polled.error:
            telemetry.POLL_FAILURES.labels(source, polled.reason).inc()
        self._counts.update({"polls": 1, polled.kind: 1, "bytes": polled.size})

    def outcome(self, outcome: Outcome) -> None:
        """Pass it on, and count what the inbox has."""
        if outcome.fate == "accepted":
            telemetry.FETCHED.inc()
            self._counts["articles"] += 1
        self._report(outcome)

    def broke(self, source: str, name: str, error: BaseException, again: float) -> None:
        """An error that nobody expected, in the work on one thing, which is tried again after so many seconds."""
        telemetry.POLLS.labels(source, "broken").inc()
        telemetry.POLL_FAILURES.labels(source, "broken").inc()
        self._counts.update({"polls": 1, "broken": 1})
        places = traceback.extract_tb(error.__traceback__)
        at = f"{places[-1].filename.rpartition('/')[2]}:{places[-1].lineno}" if places else ""
        said = printable(f"{type(error).__name__}: {error}") + (f" ({at})" if at else "")
        detail = f"it could not be handled: {said}; tried again in {again / 60:.0f} min"
        self._report(Outcome(where=printable(name), fate="warning", detail=detail))

    def tell(self, now: float, under_way: int) -> None:
        """A line, once a minute at most, if anything was done since the last."""
        if now - self._told_at < MINUTE:
            return
        if self._told_at and self._counts:
            self._log("fetch.minute", {**self._counts, "under_way": under_way})
            self._counts.clear()
        self._told_at = now
