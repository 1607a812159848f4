"""Weeks in seconds: an event loop whose clock jumps to the next timer when nothing is under way.

Under way is whatever waits for a socket, for a thread of the loop's executor, or for a clerk that the clock attends to:
that takes its real time. Everything else waits for the clock alone, and the clock is ours.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

from ingest.sources.clerk import Clerk

Result = TypeVar("Result")


class _Selector(selectors.DefaultSelector):
    """Has its loop skip the time that it is to wait, where nothing is under way."""

    idle: Callable[[], bool]
    skip: Callable[[float], None]

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0 or not self.idle():
            return super().select(timeout)
        ready = super().select(0)
        if not ready:
            self.skip(timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """`pace`: how fast its time passes while something is under way; the real time of a busy machine is then no part of
    what is measured in virtual time."""

    def __init__(self, pace: float = 1.0) -> None:
        self._pace = pace
        selector = _Selector()
        selector.idle, selector.skip = self._idle, self._skip
        super().__init__(selector)
        self._skipped = 0.0
        self._threads = 0
        self._idle_sockets = len(selector.get_map())
        self.attended: list[Clerk] = []

    def time(self) -> float:
        return time.monotonic() * self._pace + self._skipped

    def run_in_executor(self, executor: Executor | None, func: Callable[..., Any], *args: Any) -> Any:
        self._threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._over)
        return future

    def _over(self, future: object) -> None:
        self._threads -= 1

    def _idle(self) -> bool:
        if self._threads or any(clerk.busy for clerk in self.attended):
            return False
        return len(self._selector.get_map()) <= self._idle_sockets  # type: ignore[attr-defined]  # of every selector loop

    def _skip(self, timeout: float) -> None:
        self._skipped += timeout


class VirtualClock:
    """`sources.fetcher.Clock` by the loop's time; `start` in seconds since 1970."""

    def __init__(self, start: float = 1_718_700_000.0) -> None:
        self._start = start
        self._began: float | None = None

    def now(self) -> float:
        """May be asked from any thread of the loop's executor, once the loop runs."""
        return self._start + self._loop.time() - self._zero

    async def wait(self, seconds: float) -> None:
        over = self._loop.create_future()
        timer = self._loop.call_later(max(0.0, seconds), lambda: over.done() or over.set_result(None))
        try:
            await over
        finally:
            timer.cancel()

    def adjust(self) -> None:
        """Nothing to go by."""

    def begin(self) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        self._loop, self._zero = loop, loop.time()

    def attend(self, clerk: Clerk) -> None:
        """Its thread's work takes its real time."""
        self._loop.attended.append(clerk)


def run_virtually(main: Coroutine[Any, Any, Result], pace: float = 1.0) -> Result:
    """`asyncio.run` in virtual time; `pace` as of the loop."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(pace)) as runner:
        return runner.run(main)
