"""The parent of worker processes: keeps so many alive, rings the bell, tells the inbox of each death at once.

A child that dies (killed, out of memory, hung and gone by its own hand) is replaced; one that dies at once and again is
replaced ever more slowly, and the others go on. The parent holds no connection while it starts a child.
"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import redis
import structlog

from ingest.errors import StoreError, TransientError

log = structlog.get_logger()

UNFIT = 78
"""Exit code of a child that must not work on this store (EX_CONFIG): another version has taken the partition over."""


@dataclass(frozen=True)
class Pace:
    """How often the parent looks, in seconds."""

    look: float = 0.1  # a dead child's articles wait this long at most before their claim
    ring: float = 2.0  # a lost bell costs this much
    grace: float = 8.0  # what a child gets between TERM and KILL: all are to be gone within 10 s, the parent included
    brief: float = 5.0  # a child that lived shorter than this did not do well
    deaths: int = 6  # brief lives in a row before a slot has to wait: an article that kills takes four or five
    longest_wait: float = 30.0  # between two starts of a slot that keeps failing


@dataclass
class _Slot:
    child: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    not_before: float = 0.0


@dataclass
class Supervisor:
    """Keeps `workers` children alive until told to stop.

    spawn    starts a child for a slot
    ring     rings the bell; a redis error is logged and tried again at the next round
    fit      called when a child said that it must not work on this store; raises StoreError where that is so
    bereave  tells the inbox that the process with this pid is dead, so that its articles are claimed now
    clock    seconds, monotonic; wait(seconds) returns early (True) when it is time to stop
    """

    workers: int
    spawn: Callable[[int], subprocess.Popen[bytes]]
    ring: Callable[[], object]
    bereave: Callable[[int], object]
    clock: Callable[[], float]
    wait: Callable[[float], bool]
    fit: Callable[[], object] = lambda: None
    pace: Pace = field(default_factory=Pace)
    deaths: int = 0
    _failing: set[str] = field(default_factory=set)

    def run(self) -> int:
        """Until `wait` says stop; then TERM to all, KILL after the grace. Gives the number of children killed.

        Raises StoreError, as `fit` does, when all are gone."""
        slots = [_Slot() for _ in range(self.workers)]
        next_ring = self.clock()
        try:
            while True:
                for number, slot in enumerate(slots):
                    self._tend(number, slot)
                if self.clock() >= next_ring:
                    next_ring = self.clock() + self.pace.ring
                    self._quietly(self.ring, "bell.failed")
                if self.wait(self.pace.look):
                    break
        finally:
            killed = self._dismiss([slot.child for slot in slots if slot.child is not None])
        return killed

    def _tend(self, number: int, slot: _Slot) -> None:
        now = self.clock()
        if slot.child is not None:
            status = slot.child.poll()
            if status is None:
                return
            pid, slot.child = slot.child.pid, None
            self.deaths += 1
            self._quietly(partial(self.bereave, pid), "bereave.failed")
            if status == UNFIT:
                self._ask_fit()
            again_in = self._put_off(slot, brief=now - slot.started < self.pace.brief)
            log.warning("worker.died", slot=number, pid=pid, status=_spell(status), again_in=again_in)
        if now >= slot.not_before:
            try:
                slot.child, slot.started = self.spawn(number), now
            except OSError as error:  # no memory or no process to be had now: the others go on
                again_in = self._put_off(slot, brief=True)
                log.warning("worker.not_started", slot=number, error=str(error), again_in=again_in)

    def _ask_fit(self) -> None:
        try:
            self.fit()
        except (redis.RedisError, TransientError) as error:  # it may be; the next child finds out
            log.warning("store.away", error=str(error))

    def _put_off(self, slot: _Slot, *, brief: bool) -> float:
        """When a slot may start its next child, in seconds from now: at once, unless it keeps failing."""
        slot.failures = slot.failures + 1 if brief else 0
        beyond = slot.failures - self.pace.deaths
        patience = 0.0 if beyond < 0 else min(self.pace.longest_wait, 2.0**beyond)
        slot.not_before = self.clock() + patience
        return patience

    def _quietly(self, call: Callable[[], object], event: str) -> None:
        """Said once until it goes well again."""
        try:
            call()
            if event in self._failing:
                self._failing.remove(event)
                log.info(event.replace("failed", "resumed"))
        except (redis.RedisError, TransientError, StoreError) as error:
            if event not in self._failing:
                self._failing.add(event)
                log.warning(event, error=str(error))

    def _dismiss(self, children: list[subprocess.Popen[bytes]]) -> int:
        for child in children:
            child.terminate()
        deadline, killed = self.clock() + self.pace.grace, 0
        for child in children:
            try:
                child.wait(max(0.0, deadline - self.clock()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
                killed += 1
            self._quietly(partial(self.bereave, child.pid), "bereave.failed")
        return killed


def _spell(status: int) -> str:
    """`exit 70`, `SIGKILL`."""
    return signal.Signals(-status).name if status < 0 else f"exit {status}"
