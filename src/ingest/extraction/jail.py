"""Extraction behind bars: pages are read in a child process that is stopped from outside.

A page can hang the parser inside C code, where no signal handler runs, or swallow every exception raised at it (both
measured); only the end of the process helps, and only from outside. The price is 10 % of the pages per second.

The deadline is the child's processor time, which the kernel counts and ends; wall time is limited above it (`LIMITS`).
"""

from __future__ import annotations

import os
import selectors
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from queue import Empty, LifoQueue
from types import TracebackType
from typing import Generic, Self, TypeVar

import msgspec

from ingest.errors import IngestError, Refused
from ingest.model import Extracted
from ingest.settings import ExtractionSettings

from .child import FRAME, Answer, Page, frame

Found = TypeVar("Found")

DAYS = "ingest.extraction.about:load_days"
"""What a child for pages may have to load besides what it imports."""
_START_SECONDS = 60.0
"""The child imports for half a second on an idle machine; a loaded one gets its time, an endless start is an error."""
_LOOK_SECONDS = 0.05
_STOPPED = "told to stop"
_MAX_ANSWER = 64_000_000  # bytes; no article is as long, but a broken child could claim any length


class Limits(msgspec.Struct, frozen=True):
    """What holds for one reading besides its deadline, as multiples of that."""

    answer: float = 6
    """Wall time until the parent kills the child: for one that sleeps, waits or was stopped, which costs no processor
    time. At 2.5 runnable processes a core 1.9 s of processor time became 5 s; this bears more than twice that load."""
    orphan: float = 8
    """Wall time until the child's own timer ends it, where the parent was killed. Later than the parent's, which knows
    what to say of it."""


LIMITS = Limits()


class JailError(IngestError):
    """The child does not even start: the installation is broken, and no page is to blame."""


class _TimedOut(Exception):
    pass


class _Ended(Exception):
    pass


class Cell(Generic[Found]):
    """A child process that reads what comes from outside: started with the first page, kept for the next, replaced
    after a kill.

    Safe for one thread at a time. Do not fork with it open: the copy would hold the child's pipe.
    """

    def __init__(
        self,
        extractor: str,
        found: type[Found],
        seconds: float,
        megabytes: int,
        *,
        prepare: str | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        """`extractor` is MODULE:FUNCTION: it takes bytes and a string, and returns a `found` that msgpack can carry.

        A reading may cost `seconds` of processor time. `prepare` is MODULE:FUNCTION, too: it loads what is loaded once
        a child, by the first page that needs it, and is called at the start of children from the first on that was
        ended at its deadline: a page is not refused for what the next one gets for nothing.
        """
        self._deadline, self._found = seconds, found
        self._longest, orphan = limits.answer * seconds, limits.orphan * seconds
        child = [sys.executable, "-P", "-m", "ingest.extraction.child"]
        self._command = [*child, str(seconds), str(orphan), str(megabytes), extractor]
        self._prepare = prepare
        self._child: subprocess.Popen[bytes] | None = None
        self._fresh = False
        self._at_pipes = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        return self._child.pid if self._child else None

    def close(self) -> None:
        """End the child and wait for it; the next page would start another. A thread that reads is told JailError."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        with self._at_pipes:  # who reads them sees their end now; closed under it, they would have none
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()

    def read(self, data: bytes, about: str | None = None) -> Found:
        """What the extractor finds in it.

        Raises Refused (`extraction-timeout`, `extraction-memory`, `extraction-failed`, and the extractor's own) and
        JailError where no child can be started.
        """
        page = Page(data, about)
        said = self._ask(page)
        if said.reason == "extraction-memory" and not self._fresh:
            # A child that has read many pages may hold memory of theirs: this one is judged by itself.
            self.close()
            said = self._ask(page)
        if said.reason == "extraction-memory":
            self.close()
        else:
            self._fresh = False
        if said.found is None:
            raise Refused(said.reason or "extraction-failed", about or "page", said.detail)
        return msgspec.msgpack.decode(said.found, type=self._found)

    def _ask(self, page: Page) -> Answer:
        child = self._child
        if child is None or child.poll() is not None:
            child = self._start()
        try:
            return self._exchange(child, frame(page), self._longest)
        except _TimedOut:
            self.close()
            return Answer(reason="extraction-timeout", detail=f"no answer within {self._longest:g} s")
        except _Ended:
            if self._child is not child:
                raise JailError(_STOPPED) from None  # closed by another thread: no page is to blame
            status = child.wait()
            self.close()
            if status == -signal.SIGPROF and self._prepare:
                self._command, self._prepare = [*self._command, self._prepare], None
                return self._ask(page)
            return self._end(status)
        except BaseException:
            self.close()  # an answer half read would be taken for the next page's
            raise

    def _end(self, status: int) -> Answer:
        """What is said of a page whose child ended with it."""
        if status == -signal.SIGPROF:
            return Answer(reason="extraction-timeout", detail=f"stopped after {self._deadline:g} s of processor time")
        if status == -signal.SIGALRM:  # the child's own limit: only where this process stood still beyond its own
            return Answer(reason="extraction-timeout", detail=f"no answer within {self._longest:g} s")
        return Answer(reason="extraction-failed", detail=f"the child ended with status {status}")

    def _start(self) -> subprocess.Popen[bytes]:
        self.close()
        # A process group of its own: Ctrl-C in the terminal must not reach it even while it still imports.
        child = self._child = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, process_group=0
        )
        self._fresh = True
        try:
            self._exchange(child, b"", _START_SECONDS)
        except (_TimedOut, _Ended) as error:
            if self._child is not child:
                raise JailError(_STOPPED) from None
            self.close()
            raise JailError(f"the extraction child does not start; to see why: {shlex.join(self._command)}") from error
        except BaseException:
            self.close()
            raise
        return child

    def _exchange(self, child: subprocess.Popen[bytes], question: bytes, seconds: float) -> Answer:
        with self._at_pipes:
            if self._child is not child:
                raise _Ended
            return _exchange(child, question, seconds)


class Cells(Generic[Found]):
    """Several cells, for several threads: each reading has one to itself."""

    def __init__(self, cells: Sequence[Cell[Found]]) -> None:
        self.cells = cells
        self._closed = False
        # The last one used is the next: a single thread needs a single child.
        self._free: LifoQueue[Cell[Found]] = LifoQueue()
        for cell in cells:
            self._free.put(cell)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Returns when no thread reads any more; who does or wants to is told JailError."""
        self._closed = True  # threads that wait for a cell would start children that nobody ends
        back: list[Cell[Found]] = []
        while len(back) < len(self.cells):
            for cell in self.cells:
                cell.close()
            try:  # one that was just starting its child has it only now
                back.append(self._free.get(timeout=_LOOK_SECONDS))
            except Empty:
                continue
        for cell in back:
            self._free.put(cell)

    def read(self, data: bytes, about: str | None = None) -> Found:
        """As `Cell.read`, as soon as a cell is free."""
        cell = self._free.get()
        try:
            if self._closed:
                raise JailError(_STOPPED)
            return cell.read(data, about)
        finally:
            self._free.put(cell)


class Jail(Cell[Extracted]):
    """For pages."""

    def __init__(
        self,
        settings: ExtractionSettings,
        *,
        extractor: str = "ingest.extraction.html:read_html",
        prepare: str | None = DAYS,
        limits: Limits = LIMITS,
    ) -> None:
        """A test that needs a page that hangs names an `extractor` that does."""
        seconds, megabytes = settings.deadline_seconds, settings.memory_mb
        super().__init__(extractor, Extracted, seconds, megabytes, prepare=prepare, limits=limits)

    def extract_html(self, data: bytes, url: str | None = None) -> Extracted:
        """The article of a page; `url` is where it was fetched, None for a file.

        Raises Refused (`extraction-timeout`, `extraction-memory`, `extraction-failed`, `no-text`, `too-deep`, `empty`)
        and JailError.
        """
        return self.read(data, url)


def _exchange(child: subprocess.Popen[bytes], question: bytes, seconds: float) -> Answer:
    """Write a question and read an answer, whichever way the pipes are ready, before `seconds` are over."""
    assert child.stdin is not None
    assert child.stdout is not None
    ends = time.monotonic() + seconds
    unsent, got = memoryview(question), bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        if unsent:
            os.set_blocking(child.stdin.fileno(), False)
            ready.register(child.stdin, selectors.EVENT_WRITE)
        while True:
            left = ends - time.monotonic()
            if left <= 0:
                raise _TimedOut
            for key, _ in ready.select(left):
                if key.fileobj is child.stdin:
                    unsent = unsent[_send(child.stdin.fileno(), unsent) :]
                    if not unsent:
                        ready.unregister(child.stdin)
                    continue
                said = _receive(child.stdout.fileno(), got)
                if said is not None:
                    return said


def _send(pipe: int, unsent: memoryview) -> int:
    try:
        return os.write(pipe, unsent[:65536])
    except BrokenPipeError:
        raise _Ended from None


def _receive(pipe: int, got: bytearray) -> Answer | None:
    """Add what the pipe has; the answer once it is complete."""
    part = os.read(pipe, 1 << 16)
    if not part:
        raise _Ended
    got += part
    if len(got) < FRAME:
        return None
    size = int.from_bytes(got[:FRAME], "big")
    if size > _MAX_ANSWER:
        raise _Ended
    return msgspec.msgpack.decode(got[FRAME:], type=Answer) if len(got) >= FRAME + size else None
