"""Calls that block, made from an event loop in one thread of their own, in their order.

A call of a server near by takes less time than the way to another thread and back, and every thread that is awake
competes for the interpreter with the loop. So what is asked for while the thread is busy is done in one go, and
answered in one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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


class Clerk:
    """Of one event loop."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "clerk")
        self._asked: list[_Asked] = []
        self._doing: list[_Asked] = []
        self._busy = self._left = False

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
            loop.call_soon(self._begin, loop)  # once all that is ready now has asked as well
        return await answer

    def leave(self) -> None:
        """Nobody waits any more: who does, and who asks from now on, is told TransientError. What the thread has begun
        ends with its connection at the latest; the rest is not done."""
        self._left = True
        for _, answer in (*self._doing, *self._asked):
            if not answer.done():
                answer.set_exception(TransientError(_LEFT))
        self._asked.clear()
        self._thread.shutdown(wait=False)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._left:
            return
        self._doing, self._asked = self._asked, []
        doing = loop.run_in_executor(self._thread, _all, self._doing)
        doing.add_done_callback(self._tell)

    def _tell(self, doing: asyncio.Future[list[_Done]]) -> None:
        for answer, value, error in doing.result():
            if answer.done():  # cancelled
                continue
            if error is None:
                answer.set_result(value)
            else:
                answer.set_exception(error)
        self._doing = []
        self._busy = bool(self._asked)
        if self._busy:
            self._begin(doing.get_loop())


def _all(asked: list[_Asked]) -> list[_Done]:
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
