"""The time that one article may take, and the end of it: an exception in the thread that works on the article.

Processor time, not time on a clock: a machine that is busy with other things must not make a good article look bad.
A signal, not a second thread: it also reaches a regular expression that never lets another thread run (`re` looks for
signals while it backtracks), so a hang costs seconds and not the process. docs/decisions/0091 has the figures.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_AGAIN_S = 0.5  # an exception can be lost in a destructor, or be caught by whoever catches everything


class Overtime(BaseException):
    """This article has had its time. No Exception, so that a parser that catches those does not swallow it."""


class Clock:
    """Limits what is done `within` it, where the thread that uses it is the main thread; elsewhere there is no limit.

    seconds   of processor, of this whole process
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._inside = False
        self._thread = 0

    @property
    def inside(self) -> bool:
        """An article is being worked on, and can be interrupted."""
        return self._inside

    def listen(self) -> None:
        """Take the signal for this clock, before the first `within`. Outside the main thread nothing can be taken."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGPROF, self._ring)
            self._thread = threading.get_ident()

    @contextmanager
    def within(self) -> Iterator[None]:
        """Raises Overtime within, or just behind the end of it. One may stand in another (an article of the next batch
        is prepared while a turn gathers): at its end the time of the outer one begins anew."""
        if self._thread != threading.get_ident():
            yield
            return
        outer = self._inside
        try:
            self._inside = True
            self.wind()
            yield
        finally:
            self._inside = outer
            signal.setitimer(signal.ITIMER_PROF, 0)
            self.wind()

    def wind(self) -> None:
        """The next article of a batch: its time begins anew."""
        if self._inside:
            signal.setitimer(signal.ITIMER_PROF, self._seconds, _AGAIN_S)

    def interrupt(self) -> None:
        """From another thread: the work stands still and uses no processor, so that the timer never ends."""
        if self._inside:
            with suppress(ProcessLookupError):  # the thread has ended just now
                signal.pthread_kill(self._thread, signal.SIGPROF)

    def _ring(self, number: int, frame: FrameType | None) -> None:
        if self._inside:
            raise Overtime(f"it took more than {self._seconds:g} s of processor, or stood still for as long")
