"""A worker's heartbeat: a thread that says the process lives, and ends what does not move."""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import redis

from ingest.errors import TransientError

HUNG = 70
"""Exit code of a process that hung (EX_SOFTWARE): its parent starts another."""

GUARD_S = 20.0
"""Longer than the stops that a worker is to survive, and than twelve beats without progress."""

IDLE = 0.1
"""Share of a processor that the main thread used or queued for, below which it stands still. One that computes has used
or queued for nearly a whole one, however busy the machine is; one that sleeps, for none."""


class Limit(Protocol):
    """The time that an article may take (`overtime.Clock`)."""

    @property
    def inside(self) -> bool: ...

    def interrupt(self) -> None: ...


class Heartbeat:
    """Renews a consumer's heartbeat every second while the main thread calls `touch`.

    Beats without progress are counted, not seconds: a process that was stopped and goes on must not look hung. Nor does
    one that waits for a server that is silent, since a beat that fails is no beat. What comes of so many in a row:

        hang_beats       an article that stands still is interrupted; one that computes is its own clock's business
        twice as many    the process is ended, unless it is an article's computing that takes so long
        four times       the process is ended: whatever it does cannot be interrupted

    beat     renews; False when the heartbeat has run out
    effort   seconds that the main thread has used a processor or queued for one
    on_hang  the last words, before the process ends itself
    guard    seconds after which the process is also ended when the thread itself cannot run, because a C call holds
             the interpreter's lock; 0 for none. It cannot tell that from a process that was stopped, so it is longer
             than any stop that a worker should survive.
    """

    def __init__(
        self,
        beat: Callable[[str], bool],
        on_hang: Callable[[], None],
        *,
        hang_beats: int,
        limit: Limit,
        every: float = 1.0,
        guard: float = GUARD_S,
        effort: Callable[[], float] | None = None,
        exit: Callable[[int], Any] = os._exit,
    ) -> None:
        self._beat, self._on_hang, self._exit = beat, on_hang, exit
        self._limit, self._effort = limit, effort or main_threads_effort
        self._hang_beats, self._every, self._guard = hang_beats, every, guard
        self._consumer = ""
        self._pulse = 0
        self._last_pulse = -1
        self._still = 0
        self._moved_at = 0.0
        self._lost = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def lost(self) -> bool:
        """The consumer's heartbeat ran out: it holds nothing any more that is sure."""
        return self._lost.is_set()

    def touch(self) -> None:
        """The main thread moves."""
        self._pulse += 1

    def start(self, consumer: str) -> None:
        """Beat for this consumer from now on, which has its first heartbeat already."""
        self._consumer = consumer
        self._still = 0
        self._lost.clear()
        self._rearm()
        if self._thread is None:
            self._ended.clear()
            self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """No more beats after this returns."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def tick(self) -> None:
        """One beat."""
        consumer, pulse = self._consumer, self._pulse
        try:
            alive = self._beat(consumer)
        except (TransientError, redis.RedisError):
            return
        if not alive:
            if consumer == self._consumer:
                self._lost.set()
            return
        if pulse == self._last_pulse:
            self._still += 1
        else:
            self._still, self._last_pulse, self._moved_at = 0, pulse, self._effort()
        if self._still >= self._hang_beats:
            self._stands_still()

    def _stands_still(self) -> None:
        article = self._limit.inside
        idle = self._effort() - self._moved_at < IDLE * self._still * self._every
        if self._still >= self._hang_beats * (4 if article and not idle else 2):
            self._ended.set()
            self._on_hang()
            self._exit(HUNG)
        elif article and idle:
            self._limit.interrupt()

    def _run(self) -> None:
        while not self._ended.wait(self._every):
            try:
                self._rearm()
                self.tick()
            except MemoryError:  # an article has taken all there was, and is about to give it back
                continue
        if self._guard:
            faulthandler.cancel_dump_traceback_later()

    def _rearm(self) -> None:
        if self._guard:
            try:
                # It tells where the main thread was, and needs a real file for that.
                faulthandler.dump_traceback_later(self._guard, exit=True, file=sys.__stderr__ or 2)
            except (OSError, ValueError, AttributeError):
                self._guard = 0.0


def main_threads_effort() -> float:
    """Seconds on a processor and in its queue. Where the system does not tell (macOS), the processor time of the whole
    process: whoever is starved looks idle there."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/schedstat") as found:
            used, queued, _ = found.read().split()
            return (int(used) + int(queued)) / 1e9
    except (OSError, ValueError):
        return time.process_time()
