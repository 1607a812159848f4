"""What a run cost, and what two kinds of run that took turns say about each other. Pure but for `Stopwatch`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec


class Spent(msgspec.Struct, frozen=True):
    """`count` things in `seconds`; `cpu` seconds of the process measured, `server_cpu` those of its server."""

    count: int
    seconds: float
    cpu: float = 0.0
    server_cpu: float = 0.0

    @property
    def rate(self) -> float:
        return self.count / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor for one thing, server included: what a busy machine does not blur."""
        return 1000 * (self.cpu + self.server_cpu) / self.count


class Pair(msgspec.Struct, frozen=True):
    """Rounds of two kinds of run, taken in turn, so that what slows the machine down slows both."""

    ours: tuple[Spent, ...]
    theirs: tuple[Spent, ...]

    @property
    def ratios(self) -> list[float]:
        return [one.rate / other.rate for one, other in zip(self.ours, self.theirs, strict=True)]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def cpu_ratio(self) -> float:
        """Their processor time for one thing over ours."""
        return middle(self.theirs, lambda spent: spent.cpu_ms) / middle(self.ours, lambda spent: spent.cpu_ms)

    def spread(self) -> str:
        """`4.1 (3.9 to 4.3)`"""
        return f"{self.ratio:.2f} ({min(self.ratios):.2f} to {max(self.ratios):.2f})"


def taking_turns(rounds: int, ours: Callable[[], Spent], theirs: Callable[[], Spent]) -> Pair:
    """The first alternates as well: whoever comes second finds a warmer machine."""
    first, second = [], []
    for number in range(rounds):
        if number % 2:
            second.append(theirs())
            first.append(ours())
        else:
            first.append(ours())
            second.append(theirs())
    return Pair(tuple(first), tuple(second))


def middle(runs: Sequence[Spent], of: Callable[[Spent], float]) -> float:
    return statistics.median(map(of, runs))


def at(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed: nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Stopwatch:
    """Wall and processor time of this process and, given a client, of its server, from `start` on."""

    def __init__(self, client: Any = None) -> None:
        self._client = client
        self._start = self._now()

    def _now(self) -> tuple[float, float, float]:
        used = self._client.info("cpu") if self._client is not None else {}
        server = float(used.get("used_cpu_user", 0)) + float(used.get("used_cpu_sys", 0))
        return server, time.process_time(), time.perf_counter()

    def spent(self, count: int) -> Spent:
        server, cpu, wall = (now - then for now, then in zip(self._now(), self._start, strict=True))
        return Spent(count, wall, cpu, server)
