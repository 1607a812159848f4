"""Commands in processes of their own, as a person runs them in a terminal; every wait has a deadline."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.events.event import Event, decode
from ingest.model import Envelope
from ingest.wiring import Installation

SECONDS = 60.0
"""Longest wait for anything: a loaded machine takes ten times as long as an idle one."""


def until(true: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    """Wait for it."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what}: not within {seconds:g} s"
        select.select([], [], [], 0.02)


class Command:
    """`ingest ...`, running. `said` is its output so far, both streams in one file each."""

    program: tuple[str, ...] = ("-m", "ingest.cli.main")

    def __init__(self, folder: Path, *words: str | Path, **environment: str) -> None:
        self.words = [str(word) for word in words]
        self._out, self._err = folder / f"{id(self)}.out", folder / f"{id(self)}.err"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("INGEST_")}
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, *self.program, *self.words],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env={**clean, **environment},
                process_group=0,
            )

    @property
    def out(self) -> str:
        return self._out.read_text()

    @property
    def err(self) -> str:
        return self._err.read_text()

    def says(self, text: str) -> None:
        until(lambda: text in self.out + self.err or self.process.poll() is not None, f"{self.words} saying {text!r}")
        assert text in self.out + self.err, self.err

    def ends(self, sign: int | None = None, seconds: float = SECONDS) -> int:
        """Its exit code, after a signal where one is given."""
        if sign is not None:
            self.process.send_signal(sign)
        code = self.process.wait(seconds)
        assert "Traceback" not in self.err, self.err
        return code

    def children(self, name: str = "ingest.cli.worker") -> list[int]:
        """Process ids of its children whose command line has the name."""
        return [pid for pid in children_of(self.process.pid) if name in command_line(pid)]

    def close(self) -> None:
        for pid in [*children_of(self.process.pid), self.process.pid]:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


Start = Callable[..., Command]
"""As `Command`, in a folder of the test's own, and ended with the test."""


def children_of(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]


def command_line(pid: int) -> str:
    return subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout


def alive(pid: int) -> bool:
    """Whether there is such a process; one that waits to be buried is dead."""
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(found.stdout.strip()) and not found.stdout.startswith("Z")


def articles(count: int, seed: int = 1) -> list[Envelope]:
    """Texts of words drawn by chance, some of them sent by two outlets: stories with and without repeats."""
    draw = random.Random(seed)
    words = ["".join(draw.choices("bcdfglmnprst", k=3)) + "a" + draw.choice("nrst") for _ in range(400)]

    def sentence() -> str:
        return " ".join(draw.choices(words, k=12)).capitalize() + "."

    texts = [" ".join(sentence() for _ in range(6)) for _ in range(count * 2 // 3)]
    chosen: Sequence[str] = [*texts, *draw.choices(texts, k=count - len(texts))]
    return [
        Envelope(key=f"k{number}", source="t", title=f"Title {text[:30]}", text=text, outlet=f"Outlet {number % 7}")
        for number, text in enumerate(chosen)
    ]


def offer(installation: Installation, count: int) -> None:
    """Accept the first `count` of `articles`, k0, k1 and so on, in this order."""
    inbox, offers = installation.inbox(), articles(count)
    for at in range(0, count, 64):
        inbox.offer(offers[at : at + 64])


def decided(installation: Installation) -> int:
    return installation.counted().get("decided", 0)


def events_of(installation: Installation) -> list[Event]:
    return [decode(fields[b"e"]) for _, fields in installation.client.xrange(installation.keys.events)]


def all_decided_once(installation: Installation, count: int, dead: Sequence[str] = ()) -> None:
    """What `offer` accepted has one event each, in that order, but the dead; no sequence has a hole, and the books
    balance."""
    balance = installation.inbox().balance()
    assert balance.holds
    assert (balance.entries, balance.counters.decided, balance.counters.dead) == (0, count - len(dead), len(dead))
    events = events_of(installation)
    told = [event.article.key for event in events if event.article]
    assert told == [key for key in (f"k{number}" for number in range(count)) if key not in dead]
    last: dict[str, int] = {}
    for event in events:
        assert int(event.sequence) == last.get(event.subject, 0) + 1
        last[event.subject] = int(event.sequence)
