"""A source, workers and the events they make, together in one terminal: what `ingest replay` does."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import structlog
from rich.console import Console

from ingest import children, pipeline, wiring
from ingest.cli.output import json_line, remark, say
from ingest.cli.signals import stopped_by_signals
from ingest.cli.views import event_lines
from ingest.decide.watch import STAGE_PREFIX
from ingest.errors import TransientError, UsageError
from ingest.events.cursor import Cursor, encode
from ingest.events.event import ArticleWithdrawn, StoryMerged
from ingest.events.stream import Told, read, walk
from ingest.inbox.port import Offered
from ingest.inbox.redis import RedisInbox
from ingest.inbox.supervisor import Supervisor
from ingest.model import DISPOSITIONS, Envelope, ProgressUpdate
from ingest.settings import Settings
from ingest.sources.offering import Stopped
from ingest.sources.port import Outcome
from ingest.sources.replay import replay
from ingest.wiring import Installation

log = structlog.get_logger()

STDOUT = "-"
SHOWN = 200
"""Events shown; the rest of a longer replay is counted. A person does not read more, and `ingest events` has all."""
LOOK_S = 0.05
AWAY_S = 1.0
"""Between two looks at a store that does not answer."""

Sink = Callable[[Told], None]


@contextmanager
def sink_to(target: str | None) -> Iterator[Sink | None]:
    """Where events go as JSON lines; None: nowhere. Raises UsageError for a file that cannot be written."""
    if target is None:
        yield None
    elif target == STDOUT:
        yield _Lines(sys.stdout.buffer)
    else:
        try:
            Path(target).write_bytes(b"")
        except OSError as error:
            raise UsageError(f"--events {target}: {error.strerror}") from None
        with open(target, "wb") as file:
            yield _Lines(file)


@dataclass(frozen=True)
class _Lines:
    file: BinaryIO

    def __call__(self, told: Told) -> None:
        self.file.write(json_line(told.raw).encode() + b"\n")
        self.file.flush()


@dataclass
class Summary:
    """What a replay came to. `stages` are seconds of the workers by stage."""

    fates: Counter[str] = field(default_factory=Counter)
    dispositions: dict[str, int] = field(default_factory=dict)
    stages: dict[str, float] = field(default_factory=dict)
    stories: int = 0
    seconds: float = 0.0
    story: str | None = None
    article: str = ""
    stopped: bool = False
    waiting: int = 0

    @property
    def code(self) -> int:
        if self.stopped:
            return 130
        return 1 if self.fates["refused"] or self.dispositions.get("dead") else 0

    def lines(self) -> list[str]:
        decided = sum(self.dispositions.values())
        rate = decided / self.seconds if self.seconds else 0.0
        shown = [name for name in DISPOSITIONS if name not in _RARE or self.dispositions.get(name)]
        parts = [f"{self.dispositions.get(name, 0)} {name}" for name in shown]
        articles, stories = _plural(decided, "article"), _plural(self.stories, "story", "stories")
        spent = ", ".join(f"{stage} {_duration(seconds)}" for stage, seconds in self.stages.items())
        lines = [
            f"{articles}, {stories}: " + ", ".join(parts) + f"; {self.fates['refused']} refused",
            "; ".join(part for part in (f"{self.seconds:.1f} s, {rate:,.1f} articles/s", spent) if part),
        ]
        if self.stopped:
            lines.append(f"stopped; {_plural(self.waiting, 'accepted article')} not yet decided, and safe in the store")
        return lines


_RARE = frozenset({"withdrawn", "noted"})  # of what most replays have none


def _plural(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{1000 * seconds:.0f} ms"


class _Own:
    """An inbox that remembers what it was given last: whose end a replay waits for, and nobody else's."""

    def __init__(self, inbox: pipeline.Belled) -> None:
        self._inbox = inbox
        self.last = ""

    def offer(
        self, offers: Sequence[Envelope], *, refused: int = 0, progress: Sequence[ProgressUpdate] = ()
    ) -> Offered:
        offered = self._inbox.offer(offers, refused=refused, progress=progress)
        self.last = offered.entries[-1] if offered.entries else self.last
        return offered

    def progress(self, source: str, fields: Sequence[str]) -> Mapping[str, bytes]:
        return self._inbox.progress(source, fields)


class Run:
    """One replay: a thread offers, child processes decide, this thread shows the events as they come."""

    def __init__(self, settings: Settings, *, workers: int, source: str) -> None:
        self._settings, self._workers, self._source = settings, workers, source
        self._stop = threading.Event()
        self._offered = threading.Event()
        self._summary = Summary()
        self._failure: BaseException | None = None
        self._updates: Counter[str] = Counter()
        self._shown = 0
        self._last = ""
        self._cursor = ""

    def replay(self, paths: Sequence[str], sink: Sink | None, stdin: BinaryIO | None, *, aloud: bool) -> Summary:
        """Run it to its end, or to Ctrl-C: then what was accepted stays in the store. `aloud`: show the events."""
        started = time.monotonic()
        with wiring.opened(self._settings) as installation:
            before = installation.counted()
            self._cursor = _end_of(installation)
            supervisor = children.supervisor(self._settings, installation, self._workers, self._stop)
            offer = threading.Thread(target=self._offer, args=(installation, paths, stdin), name="source")
            parent = threading.Thread(target=self._supervise, args=(supervisor,), name="supervisor")
            # A flag, not KeyboardInterrupt: that one can strike in a destructor, where Python prints and forgets it.
            with stopped_by_signals(self._stop):
                offer.start()
                parent.start()
                try:
                    with _progress() as progress:
                        self._follow(installation, sink, aloud, progress)
                finally:
                    self._summary.stopped = self._stop.is_set()
                    self._stop.set()
                    offer.join()
                    parent.join()
            self._summary.seconds = time.monotonic() - started
            self._conclude(installation, before)
        if self._failure is not None:
            raise self._failure
        return self._summary

    def _offer(self, installation: Installation, paths: Sequence[str], stdin: BinaryIO | None) -> None:
        try:
            inbox = _Own(installation.intake())
            with wiring.readers(self._settings) as readers:
                outcomes = replay(
                    paths,
                    inbox=inbox,
                    readers=readers,
                    settings=self._settings.sources,
                    stop=self._stop,
                    source=self._source,
                    stdin=stdin,
                )
                pipeline.intake(outcomes, self._report)
        except Stopped:
            pass
        except BaseException as error:
            self._failure = error  # for the thread that waits, which raises it
        else:
            self._last = inbox.last
        finally:
            self._offered.set()

    def _supervise(self, supervisor: Supervisor) -> None:
        try:
            supervisor.run()
        except BaseException as error:
            self._failure = error

    def _report(self, outcome: Outcome) -> None:
        self._summary.fates[outcome.fate] += 1
        if outcome.fate != "accepted":
            remark(str(outcome))

    def _follow(
        self, installation: Installation, sink: Sink | None, aloud: bool, progress: Callable[[str], None]
    ) -> None:
        inbox = installation.inbox()
        while not self._caught_up(installation, inbox, sink, aloud) and self._failure is None:
            if self._stop.is_set():
                return
            progress(f"{self._summary.fates['accepted']:,} accepted, {sum(self._updates.values()):,} decided")
            self._stop.wait(LOOK_S)

    def _caught_up(self, installation: Installation, inbox: RedisInbox, sink: Sink | None, aloud: bool) -> bool:
        """Tell what is new; whether that is all."""
        try:
            # Asked in this order: what was decided before the last one was seen to be gone is then read below. Articles
            # are decided in the order of accepting, so the last of ours goes last, whatever others add behind it.
            done = self._offered.is_set() and not inbox.holds(self._last)
            for told in walk(installation.client, installation.keys, after=self._cursor):
                if self._stop.is_set():
                    return False
                if isinstance(told, Told):
                    self._cursor = told.cursor
                    self._tell(told, sink, aloud)
        except TransientError as error:  # as the source and the workers do, which go on when it is back
            log.warning("store.away", error=str(error))
            self._stop.wait(AWAY_S)
            return False
        return done

    def _tell(self, told: Told, sink: Sink | None, aloud: bool) -> None:
        event = told.event
        self._updates[event.subject] += 1
        if isinstance(event, StoryMerged):  # these were stories until now
            self._updates[event.subject] += sum(self._updates.pop(story, 0) for story in event.data.merged)
        if isinstance(event, ArticleWithdrawn) and not self._summary.article:
            self._summary.article = f"{event.data.article.id}@{event.data.article.version}"
        if event.article is not None and (not self._summary.article or event.type == "story.updated"):
            self._summary.article = f"{event.article.key}@{event.article.version}"
        if sink is not None:
            sink(told)
        if not aloud:
            return
        self._shown += 1
        if self._shown <= SHOWN:
            for line in event_lines(event):
                say(line)
        elif self._shown == SHOWN + 1:
            say(f"... the first {SHOWN} events were shown; `events` has all of them")

    def _conclude(self, installation: Installation, before: Mapping[str, int]) -> None:
        summary = self._summary
        grown = {name: count - before.get(name, 0) for name, count in installation.counted().items()}
        summary.dispositions = {name: grown.get(name, 0) for name in DISPOSITIONS}
        spent = {name.removeprefix(STAGE_PREFIX): count for name, count in grown.items() if STAGE_PREFIX in name}
        summary.stages = {stage: microseconds / 1e6 for stage, microseconds in spent.items()}
        summary.stories = len(self._updates)
        summary.waiting = installation.balance().entries
        if self._updates:
            summary.story = max(self._updates, key=lambda story: self._updates[story])


def _end_of(installation: Installation) -> str:
    """The cursor behind the newest event there is."""
    epoch, partition = installation.partition.epoch, installation.keys.partition
    return encode(Cursor(epoch, {partition: read(installation.client, installation.keys, count=0).held.last}))


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A line that is rewritten, on a terminal; nothing in a pipe."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda text: None
        return
    with console.status("starting") as status:
        yield status.update
