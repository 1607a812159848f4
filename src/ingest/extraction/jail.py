"""Extraction behind bars: pages are read in a child process that is stopped from outside.

A page can hang the parser inside C code, where no signal handler runs, or swallow every exception raised at it (both
measured); only the end of the process helps, and only from outside. The price is 10 % of the pages per second.
"""

from __future__ import annotations

import os
import selectors
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from queue import LifoQueue
from types import TracebackType
from typing import Generic, Self, TypeVar

import msgspec

from ingest.errors import IngestError, Refused
from ingest.model import Extracted
from ingest.settings import ExtractionSettings

from .child import FRAME, Answer, Page, frame

Found = TypeVar("Found")

_START_SECONDS = 60.0
"""The child imports for half a second on an idle machine; a loaded one gets its time, an endless start is an error."""
_MAX_ANSWER = 64_000_000  # bytes; no article is as long, but a broken child could claim any length


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

    def __init__(self, extractor: str, found: type[Found], seconds: float, megabytes: int) -> None:
        """`extractor` is MODULE:FUNCTION: it takes bytes and a string, and returns a `found` that msgpack can carry."""
        self._deadline, self._found = seconds, found
        module = "ingest.extraction.child"
        self._command = [sys.executable, "-P", "-m", module, str(seconds), str(megabytes), extractor]
        self._child: subprocess.Popen[bytes] | None = None
        self._fresh = False

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
        """End the child and wait for it; the next page would start another."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()  # before its pipes are closed here: a thread that reads them sees their end, and waits no longer
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
        if self._child is None or self._child.poll() is not None:
            self._start()
        try:
            return self._exchange(frame(page), self._deadline)
        except _TimedOut:
            self.close()
            return Answer(reason="extraction-timeout", detail=f"stopped after {self._deadline:g} s")
        except _Ended:
            child = self._child
            status = child.wait() if child else None
            self.close()
            return Answer(reason="extraction-failed", detail=f"the child ended with status {status}")
        except BaseException:
            self.close()  # an answer half read would be taken for the next page's
            raise

    def _start(self) -> None:
        self.close()
        # A process group of its own: Ctrl-C in the terminal must not reach it even while it still imports.
        self._child = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, process_group=0
        )
        self._fresh = True
        try:
            self._exchange(b"", _START_SECONDS)
        except (_TimedOut, _Ended) as error:
            self.close()
            raise JailError(f"the extraction child does not start; to see why: {shlex.join(self._command)}") from error
        except BaseException:
            self.close()
            raise

    def _exchange(self, question: bytes, seconds: float) -> Answer:
        """Write a question and read an answer, whichever way the pipes are ready, before the deadline."""
        child = self._child
        assert child is not None
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


class Cells(Generic[Found]):
    """Several cells, for several threads: each reading has one to itself."""

    def __init__(self, cells: Sequence[Cell[Found]]) -> None:
        self._cells = cells
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
        self._closed = True  # threads that wait for a cell would start children that nobody ends
        for cell in self._cells:
            cell.close()

    def read(self, data: bytes, about: str | None = None) -> Found:
        """As `Cell.read`, as soon as a cell is free."""
        cell = self._free.get()
        try:
            if self._closed:
                raise JailError("told to stop")
            return cell.read(data, about)
        finally:
            self._free.put(cell)


class Jail(Cell[Extracted]):
    """For pages."""

    def __init__(self, settings: ExtractionSettings, *, extractor: str = "ingest.extraction.html:read_html") -> None:
        """A test that needs a page that hangs names an `extractor` that does."""
        super().__init__(extractor, Extracted, settings.deadline_seconds, settings.memory_mb)

    def extract_html(self, data: bytes, url: str | None = None) -> Extracted:
        """The article of a page; `url` is where it was fetched, None for a file.

        Raises Refused (`extraction-timeout`, `extraction-memory`, `extraction-failed`, `no-text`, `too-deep`, `empty`)
        and JailError.
        """
        return self.read(data, url)


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
