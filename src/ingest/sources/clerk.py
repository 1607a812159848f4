"""Calls that block, made from an event loop in one thread of their own, in their order.

A call of a server near by takes less time than the way to another thread and back, and every thread that is awake
competes for the interpreter with the loop. So what is asked for while the thread is busy is done in one go, and
answered in one.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

from ingest.errors import Pressure, TransientError

Answer = TypeVar("Answer")
_LEFT = "it was not waited for any longer"


class _Asked(NamedTuple):
    call: Callable[[], Any]
    answer: asyncio.Future[Any]


class _Done(NamedTuple):
    answer: asyncio.Future[Any]
    value: Any
    error: BaseException | None


class _Work(NamedTuple):
    """For the thread: what it is to do, and the loop in which `tell` is told what came of it."""

    asked: Sequence[_Asked]
    loop: asyncio.AbstractEventLoop
    tell: Callable[[Sequence[_Done]], None]


class Clerk:
    """Of one event loop. Its thread is no executor's: their futures, made twice and chained, cost as much as the way to
    a thread and back."""

    def __init__(self) -> None:
        self._works: SimpleQueue[_Work | None] = SimpleQueue()
        self._asked: list[_Asked] = []
        self._doing: list[_Asked] = []
        self._busy = self._left = False
        # One that hangs in a call keeps no process from ending.
        threading.Thread(target=_serve, args=(self._works,), name="clerk", daemon=True).start()
        weakref.finalize(self, self._works.put, None)

    @property
    def busy(self) -> bool:
        """Whether something was asked that is not answered yet."""
        return self._busy

    async def call(self, call: Callable[[], Answer]) -> Answer:
        """What it gives, and raises; TransientError also where one before it found the store away, or nobody waits any
        more. Whoever is cancelled meanwhile does not hear of it; the call is made."""
        if self._left:
            raise TransientError(_LEFT)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._asked.append(_Asked(call, answer))
        if not self._busy:
            self._busy = True
            loop.call_soon(self._begin)  # once all that is ready now has asked as well
        return await answer

    def leave(self) -> None:
        """Nobody waits any more: who does, and who asks from now on, is told TransientError. What the thread has begun
        ends with its connection at the latest; the rest is not done."""
        self._left = True
        for _, answer in (*self._doing, *self._asked):
            if not answer.done():
                answer.set_exception(TransientError(_LEFT))
        self._asked.clear()
        self._busy = False
        self._works.put(None)

    def _begin(self) -> None:
        if self._left:
            return
        self._doing, self._asked = self._asked, []
        self._works.put(_Work(self._doing, asyncio.get_running_loop(), self._tell))

    def _tell(self, done: Sequence[_Done]) -> None:
        for answer, value, error in done:
            if answer.done():  # cancelled
                continue
            if error is None:
                answer.set_result(value)
            else:
                answer.set_exception(error)
        self._doing = []
        self._busy = bool(self._asked)
        if self._busy:
            self._begin()


def _serve(works: SimpleQueue[_Work | None]) -> None:
    while _worked(works.get()):
        pass


def _worked(work: _Work | None) -> bool:
    """Whether there may be more; by itself, so that who waits for the next work holds nothing of the last."""
    if work is None:
        return False
    done = _all(work.asked)
    with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
        work.loop.call_soon_threadsafe(work.tell, done)
    return True


def _all(asked: Sequence[_Asked]) -> list[_Done]:
    """Where the store does not answer, those behind are told so without a try: each would wait as long, one by one."""
    away: TransientError | None = None
    done = []
    for call, answer in asked:
        value, error = _tried(call) if away is None else (None, TransientError(str(away), away.retry_after))
        if isinstance(error, TransientError) and not isinstance(error, Pressure):
            away = error
        done.append(_Done(answer, value, error))
    return done


def _tried(call: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    try:
        return call(), None
    except StopIteration as error:  # no future takes it, and the others would never hear
        return None, RuntimeError(f"StopIteration: {error}")
    except BaseException as error:  # it is the asker's
        return None, error
