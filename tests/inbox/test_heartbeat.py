"""The heartbeat's thread: what is a hang, and what is not. One beat at a time, without a server."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from ingest.errors import TransientError
from ingest.inbox.heartbeat import HUNG, Heartbeat


def _beats(
    answers: list[object], ended: list[int], hung: Callable[[], None], cpu: Callable[[], float] | None = None
) -> Heartbeat:
    """Without `cpu`, a process that has all the processor it can use."""

    def beat(consumer: str) -> bool:
        answer = answers.pop(0) if answers else True
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    busy = count(step=3600).__next__
    return Heartbeat(beat, hung, hang_beats=3, every=3600, guard=0, exit=ended.append, cpu=cpu or busy)


def test_a_hang_is_so_many_beats_without_progress() -> None:
    ended: list[int] = []
    last_words: list[str] = []
    heart = _beats([], ended, lambda: last_words.append("hung"))
    for _ in range(10):
        heart.touch()
        heart.tick()
    assert ended == []
    for _ in range(3):
        heart.tick()
    assert (ended, last_words) == ([HUNG], ["hung"])


def test_a_worker_that_is_starved_gets_twice_the_beats() -> None:
    ended: list[int] = []
    heart = _beats([], ended, lambda: None, cpu=lambda: 1.0)
    for _ in range(6):
        heart.tick()
    assert ended == []
    heart.tick()
    assert ended == [HUNG]


def test_a_silent_server_is_no_hang() -> None:
    ended: list[int] = []
    heart = _beats([TransientError("silent")] * 20, ended, lambda: None)
    for _ in range(20):
        heart.tick()
    assert (ended, heart.lost) == ([], False)


def test_a_heartbeat_that_ran_out_is_lost() -> None:
    heart = _beats([True, False], [], lambda: None)
    heart.tick()
    assert not heart.lost
    heart.tick()
    assert heart.lost
