"""`ingest watch` in a thread of its own, and what a test does to its folder."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path

from source_doubles import READERS, RememberingInbox

from ingest.settings import SourceSettings
from ingest.sources.aftermath import After
from ingest.sources.port import Outcome
from ingest.sources.watch import watch

PATIENCE = 20.0


class Watching:
    """`ingest watch` in a thread."""

    def __init__(
        self, folder: Path, inbox: RememberingInbox, after: After, polling: bool | None, limits: SourceSettings
    ) -> None:
        self.stop = threading.Event()
        self.said: queue.Queue[Outcome | BaseException] = queue.Queue()
        self._ready: queue.Queue[int] = queue.Queue()
        self._arguments = (folder, inbox, after, polling, limits)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        folder, inbox, after, polling, limits = self._arguments
        try:
            for outcome in watch(
                folder,
                inbox=inbox,
                readers=READERS,
                settings=limits,
                stop=self.stop,
                after=after,
                ready=self._ready.put,
                polling=polling,
            ):
                self.said.put(outcome)
        except BaseException as error:
            self.said.put(error)

    def next(self) -> Outcome:
        said = self.said.get(timeout=PATIENCE)
        if isinstance(said, BaseException):
            raise said
        return said

    def ready(self) -> int:
        return self._ready.get(timeout=PATIENCE)

    def end(self) -> list[Outcome]:
        """Stop it; what it said meanwhile."""
        self.stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        rest = []
        while not self.said.empty():
            rest.append(self.next())
        return rest


Start = Callable[..., Watching]


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, what
        threading.Event().wait(0.01)


def put(folder: Path, name: str, text: str = "Title\nText.") -> Path:
    """Written elsewhere and renamed in, as a careful writer does."""
    part = folder.parent / "part"
    part.write_text(text)
    (folder / name).parent.mkdir(exist_ok=True, parents=True)
    return part.rename(folder / name)
