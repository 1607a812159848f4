"""A worker's heartbeat: a thread that says the process lives, and ends it when its main thread hangs."""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import redis

from ingest.errors import TransientError

HUNG = 70
"""Exit code of a process that hung (EX_SOFTWARE): its parent starts another."""

GUARD_S = 20.0
"""Longer than the stops that a worker is to survive, and than twelve beats without progress."""


class Heartbeat:
    """Renews a consumer's heartbeat every second while the main thread calls `touch`.

    Beats without progress are counted, not seconds: a process that was stopped and goes on must not look hung. Nor does
    one that waits for a server that is silent, since a beat that fails is no beat. And one that a busy machine starves
    gets twice the beats: it has not had the time that an article may take.

    beat     renews; False when the heartbeat has run out
    cpu      seconds of processor that the process has used
    on_hang  the last words, before the process ends itself
    guard    seconds after which the process is also ended when the thread itself cannot run, because a C call holds
             the interpreter's lock (a regular expression); 0 for none. It cannot tell that from a process that was
             stopped, so it is longer than any stop that a worker should survive.
    """

    def __init__(
        self,
        beat: Callable[[str], bool],
        on_hang: Callable[[], None],
        *,
        hang_beats: int,
        every: float = 1.0,
        guard: float = GUARD_S,
        cpu: Callable[[], float] = time.process_time,
        exit: Callable[[int], Any] = os._exit,
    ) -> None:
        self._beat, self._on_hang, self._exit, self._cpu = beat, on_hang, exit, cpu
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
            self._still, self._last_pulse, self._moved_at = 0, pulse, self._cpu()
        if self._still >= self._hang_beats * (2 if self._starved() else 1):
            self._ended.set()
            self._on_hang()
            self._exit(HUNG)

    def _starved(self) -> bool:
        # Half of a processor is what a hang uses where as many others want one; whoever sleeps looks starved as well.
        return self._cpu() - self._moved_at < self._hang_beats * self._every / 2

    def _run(self) -> None:
        while not self._ended.wait(self._every):
            self._rearm()
            self.tick()
        if self._guard:
            faulthandler.cancel_dump_traceback_later()

    def _rearm(self) -> None:
        if self._guard:
            try:
                # It tells where the main thread was, and needs a real file for that.
                faulthandler.dump_traceback_later(self._guard, exit=True, file=sys.__stderr__ or 2)
            except (OSError, ValueError, AttributeError):
                self._guard = 0.0
