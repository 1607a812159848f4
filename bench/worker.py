"""A process of its own for what is measured: a worker with its models loaded, or any function called apart.

The bench's own process holds the texts and offers them, so that a worker's memory and time are its own.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec

from ingest import telemetry
from ingest.model import Envelope
from ingest.settings import InboxSettings, LogSettings, Settings
from ingest.wiring import Installation, calm_collector, opened

from .measure import Spent, Stopwatch

T = TypeVar("T")
OFFERED = 64  # articles offered at once, as sources do
QUIET = LogSettings(level="error")


def settings_of(store: Path, server: str = "bundled") -> Settings:
    # The whole of a run lies in the inbox before it begins: no limit of it may matter here.
    inbox = InboxSettings(max_entries=10_000_000, max_bytes=100_000_000_000)
    return Settings(store=str(store), server=server, log=QUIET, inbox=inbox)


def fill(installation: Installation, articles: Sequence[Envelope]) -> None:
    inbox = installation.inbox()
    for first in range(0, len(articles), OFFERED):
        inbox.offer(articles[first : first + OFFERED])


class Apart:
    """One other process, started anew (not forked: it inherits nothing), ended with the block."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown()

    def call(self, function: Callable[..., T], *given: Any) -> T:
        return self._pool.submit(function, *given).result()


class Drained(msgspec.Struct, frozen=True):
    """What a worker did with what it found in the inbox. `rss` in bytes, at the end."""

    spent: Spent
    rss: int


class Worker(Apart):
    """A worker process on a store."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.call(_hold, settings)

    def __exit__(self, *error: object) -> None:
        self.call(_let_go)
        super().__exit__(*error)

    def drain(self) -> Drained:
        """Decide all that is in the inbox."""
        return self.call(_drain)


_held: list[Any] = []


def _hold(settings: Settings) -> None:
    telemetry.configure(settings.log)
    opening = opened(settings)
    installation = opening.__enter__()
    _held.extend((opening, installation, installation.worker()))
    calm_collector()  # as in every worker's process


def _let_go() -> None:
    opening = _held[0]
    _held.clear()
    opening.__exit__(None, None, None)


def _drain() -> Drained:
    _, installation, worker = _held
    before = _decided(installation)
    watch = Stopwatch(installation.client)
    worker.run(lambda: False, until_empty=True)
    spent = watch.spent(_decided(installation) - before)
    return Drained(spent, _rss())


def _decided(installation: Installation) -> int:
    counted = installation.counted()
    return counted.get("decided", 0) + counted.get("seen", 0)


def _rss() -> int:
    """Resident bytes now; where the system does not tell, the most there ever were."""
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
