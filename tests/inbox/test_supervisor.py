"""The parent of workers: its children are small processes, its clock and its waiting are the test's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
import redis

from ingest.errors import StoreError, TransientError
from ingest.inbox.supervisor import Pace, Supervisor

LIVES = "print(flush=True); import sys; sys.stdin.read()"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + LIVES
FALLS = "raise SystemExit(70)"


class Nursery:
    """A supervisor whose rounds the test plays: `at[n]` is done before the nth look, and the last of them ends it."""

    def __init__(self, code: str = LIVES, workers: int = 1, *, step: float = 0.1, pace: Pace | None = None) -> None:
        self.now, self.step, self.round = 0.0, step, 0
        self.code = code
        self.at: dict[int, Callable[[], object]] = {}
        self.started: list[tuple[float, int]] = []
        self.children: list[subprocess.Popen[bytes]] = []
        self.rings: list[float] = []
        self.bereaved: list[int] = []
        self.supervisor = Supervisor(
            workers=workers,
            spawn=self.spawn,
            ring=lambda: self.rings.append(self.now),
            bereave=self.bereaved.append,
            clock=lambda: self.now,
            wait=self.wait,
            pace=pace or Pace(),
        )

    def spawn(self, slot: int) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", self.code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        child.stdout.read(1)  # it has begun, or is ending
        if self.code == FALLS:
            child.wait()
        self.started.append((self.now, slot))
        self.children.append(child)
        return child

    def wait(self, seconds: float) -> bool:
        self.now += self.step
        self.round += 1
        self.at.get(self.round, lambda: None)()
        return self.round >= max(self.at)

    def end(self, number: int, sign: int = signal.SIGKILL) -> None:
        self.children[number].send_signal(sign)
        self.children[number].wait()

    def close(self) -> None:
        for child in self.children:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                assert pipe is not None
                pipe.close()


@pytest.fixture
def nursery() -> Iterator[Callable[..., Nursery]]:
    made: list[Nursery] = []

    def make(*args: object, **more: object) -> Nursery:
        made.append(Nursery(*args, **more))  # type: ignore[arg-type]  # passed on as given
        return made[-1]

    yield make
    for one in made:
        one.close()


def nothing() -> None:
    """A round without an event."""


def test_a_child_that_dies_is_bereaved_and_replaced_at_once(nursery: Callable[..., Nursery]) -> None:
    family = nursery(workers=2)
    family.at = {3: lambda: family.end(1), 5: nothing}
    family.supervisor.run()
    assert [slot for _, slot in family.started] == [0, 1, 1]
    assert family.started[2][0] == pytest.approx(0.3)
    assert family.bereaved[0] == family.children[1].pid
    assert family.supervisor.deaths == 1


def test_a_child_that_falls_again_and_again_is_started_ever_more_slowly(nursery: Callable[..., Nursery]) -> None:
    family = nursery(FALLS, step=0.5)
    family.at = {260: nothing}
    family.supervisor.run()
    times = [at for at, _ in family.started]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps[:2] == [0.5, 0.5]
    assert gaps == sorted(gaps)
    assert 30 <= max(gaps) <= 31
    assert len(times) < 15


def test_a_child_that_did_well_for_a_while_is_not_made_to_wait(nursery: Callable[..., Nursery]) -> None:
    family = nursery(step=2.0)
    family.at = {4 * number: (lambda number=number: family.end(number - 1)) for number in range(1, 8)}
    family.at[29] = nothing
    family.supervisor.run()
    assert [at for at, _ in family.started] == [8.0 * number for number in range(8)]


def test_the_bell_rings_every_two_seconds(nursery: Callable[..., Nursery]) -> None:
    family = nursery()
    family.at = {65: nothing}
    family.supervisor.run()
    assert [round(at, 1) for at in family.rings] == pytest.approx([0.0, 2.0, 4.0, 6.0], abs=0.2)


@pytest.mark.parametrize("error", [redis.ConnectionError("away"), TransientError("away"), StoreError("lost")])
def test_a_store_that_is_away_stops_neither_the_rounds_nor_the_children(
    nursery: Callable[..., Nursery], error: Exception
) -> None:
    family = nursery()

    def fail(*_: object) -> None:
        raise error

    family.supervisor.ring = family.supervisor.bereave = fail
    family.at = {30: lambda: family.end(0), 40: nothing}
    assert family.supervisor.run() == 0
    assert len(family.started) == 2


def test_no_process_to_be_had_is_tried_again(nursery: Callable[..., Nursery]) -> None:
    family, refusals = nursery(workers=2), [OSError(11, "no memory")] * 4

    def spawn(slot: int) -> subprocess.Popen[bytes]:
        if slot == 1 and refusals:
            raise refusals.pop()
        return family.spawn(slot)

    family.supervisor.spawn = spawn
    family.at = {60: nothing}
    family.supervisor.run()
    assert [slot for _, slot in family.started] == [0, 1]


def test_children_are_told_to_leave_and_all_are_bereaved(nursery: Callable[..., Nursery]) -> None:
    family = nursery(workers=3)
    family.at = {1: nothing}
    assert family.supervisor.run() == 0
    assert [child.returncode for child in family.children] == [-signal.SIGTERM] * 3
    assert family.bereaved == [child.pid for child in family.children]


def test_a_child_that_does_not_leave_is_killed_after_the_grace(nursery: Callable[..., Nursery]) -> None:
    family = nursery(DEAF, pace=Pace(grace=0.05))
    family.at = {1: nothing}
    assert family.supervisor.run() == 1
    assert family.children[0].returncode == -signal.SIGKILL
    assert family.bereaved == [family.children[0].pid]


def test_a_surprise_in_the_rounds_leaves_no_child_behind(nursery: Callable[..., Nursery]) -> None:
    family = nursery()

    def surprise() -> None:
        raise KeyboardInterrupt

    family.at = {2: surprise}
    with pytest.raises(KeyboardInterrupt):
        family.supervisor.run()
    assert family.children[0].returncode == -signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(family.children[0].pid, 0)
