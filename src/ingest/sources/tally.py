"""What a fetcher has done: counters for whoever measures it, and a line a minute for whoever reads its log.

A poll without news has no line of its own: at 5,000 feeds they would be three a second, and hide the others.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ingest.errors import TransientError

from .names import printable, shown
from .port import Outcome
from .schedule import Polled

Log = Callable[[str, Mapping[str, Any]], None]
"""An event of the fetcher's life and its fields."""
MINUTE = 60.0


def no_log(event: str, fields: Mapping[str, Any]) -> None:
    """Nobody listens."""


async def not_kept(counts: Mapping[str, int]) -> None:
    """Nobody measures."""


class Tally:
    """`keep` adds counts to those of all fetchers (`sums`); may raise TransientError."""

    def __init__(
        self,
        report: Callable[[Outcome], object],
        log: Log = no_log,
        keep: Callable[[Mapping[str, int]], Awaitable[None]] = not_kept,
    ) -> None:
        self._report, self._log, self._keep = report, log, keep
        self._counts: Counter[str] = Counter()
        self._sums: Counter[str] = Counter()
        self._told_at = 0.0

    def polled(self, source: str, polled: Polled) -> None:
        """A request of this kind of thing, and what it came to."""
        self._sums.update({f"polls {source} {polled.kind}": 1, f"bytes {source}": polled.size})
        if polled.error:
            self._sums[f"failures {source} {polled.reason}"] += 1
        self._counts.update({"polls": 1, polled.kind: 1, "bytes": polled.size})

    def outcome(self, outcome: Outcome) -> None:
        """Pass it on, and count what the inbox has."""
        if outcome.fate == "accepted":
            self._sums["articles"] += 1
            self._counts["articles"] += 1
        elif outcome.fate == "refused":
            self._sums[f"refusals {outcome.reason}"] += 1
        self._report(outcome)

    def broke(self, source: str, name: str, error: BaseException, again: float) -> None:
        """An error that nobody expected, in the work on one thing, which is tried again after so many seconds."""
        self._sums.update({f"polls {source} broken": 1, f"failures {source} broken": 1})
        self._counts.update({"polls": 1, "broken": 1})
        places = traceback.extract_tb(error.__traceback__)
        at = f"{places[-1].filename.rpartition('/')[2]}:{places[-1].lineno}" if places else ""
        said = printable(f"{type(error).__name__}: {error}") + (f" ({at})" if at else "")
        detail = f"it could not be handled: {said}; tried again in {again / 60:.0f} min"
        self._report(Outcome(where=shown(name), fate="warning", detail=detail))

    async def write(self) -> None:
        """Have what was counted since the last time kept; where the store does not answer, the next time."""
        counts, self._sums = self._sums, Counter()
        try:
            await self._keep(counts)
        except TransientError:
            self._sums.update(counts)

    def tell(self, now: float, under_way: int) -> None:
        """A line, once a minute at most, if anything was done since the last."""
        if now - self._told_at < MINUTE:
            return
        if self._told_at and self._counts:
            self._log("fetch.minute", {**self._counts, "under_way": under_way})
            self._counts.clear()
        self._told_at = now
