"""Where a worker's time goes, by stage; the commit carries it into the partition's counters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

STAGE_PREFIX = "us_"
"""Of the counters that hold the workers' time by stage, in microseconds."""


class Stopwatch:
    """Seconds by stage since the last commit."""

    def __init__(self, timer: Callable[[], float]) -> None:
        self._timer = timer
        self._spent: dict[str, float] = {}

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        begun = self._timer()
        try:
            yield
        finally:
            self._spent[stage] = self._spent.get(stage, 0.0) + self._timer() - begun

    def read(self) -> dict[str, int]:
        """Microseconds by stage, and start anew."""
        spent, self._spent = self._spent, {}
        return {STAGE_PREFIX + stage: round(1e6 * seconds) for stage, seconds in spent.items()}
