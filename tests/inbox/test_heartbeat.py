"""The heartbeat's thread: what is a hang, and what is not. One beat at a time, without a server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pytest

from ingest.errors import TransientError
from ingest.inbox.heartbeat import HUNG, Heartbeat, main_threads_effort


class Article:
    """The limit of an article's time, and what the main thread does meanwhile: `pace` seconds of work a beat."""

    def __init__(self, *, inside: bool, pace: float) -> None:
        self.inside, self.pace = inside, pace
        self.interrupted = 0
        self.worked = 0.0

    def interrupt(self) -> None:
        self.interrupted += 1

    def effort(self) -> float:
        return self.worked


def _beats(answers: list[object], ended: list[int], hung: Callable[[], None], article: Article) -> Heartbeat:
    def beat(consumer: str) -> bool:
        article.worked += article.pace
        answer = answers.pop(0) if answers else True
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    return Heartbeat(
        beat, hung, hang_beats=3, limit=article, every=1, guard=0, effort=article.effort, exit=ended.append
    )


@pytest.mark.parametrize(
    ("inside", "pace", "interrupted", "ends"),
    [
        (True, 0.0, range(4, 7), 7),  # an article that stands still: interrupted, and ended where that is no use
        (True, 0.9, (), 13),  # one that computes is stopped by its own clock, unless it cannot be
        (True, 0.2, (), 13),  # the same on a machine that has little time for it
        (False, 0.0, (), 7),  # nothing that could be interrupted
        (False, 0.9, (), 7),
    ],
)
def test_what_does_not_move_is_interrupted_first_and_ended_later(
    inside: bool, pace: float, interrupted: Sequence[int], ends: int
) -> None:
    ended: list[int] = []
    last_words: list[str] = []
    article = Article(inside=inside, pace=pace)
    heart = _beats([], ended, lambda: last_words.append("hung"), article)
    found = []
    for beat in range(1, ends + 1):
        assert not ended
        before = article.interrupted
        heart.tick()
        found += [beat] * (article.interrupted - before)
    assert found == list(interrupted)
    assert (ended, last_words) == ([HUNG], ["hung"])


def test_what_moves_is_left_alone() -> None:
    ended: list[int] = []
    article = Article(inside=True, pace=0.0)
    heart = _beats([], ended, lambda: None, article)
    for _ in range(20):
        heart.touch()
        heart.tick()
    assert (ended, article.interrupted) == ([], 0)


def test_a_thread_that_computes_or_queues_makes_an_effort_and_one_that_waits_makes_none() -> None:
    begun = main_threads_effort()
    while main_threads_effort() < begun + 0.05:
        sum(range(1000))
    begun = main_threads_effort()
    threading.Event().wait(0.2)
    assert main_threads_effort() - begun < 0.1


def test_a_silent_server_is_no_hang() -> None:
    ended: list[int] = []
    heart = _beats([TransientError("silent")] * 20, ended, lambda: None, Article(inside=False, pace=0.0))
    for _ in range(20):
        heart.tick()
    assert (ended, heart.lost) == ([], False)


def test_a_heartbeat_that_ran_out_is_lost() -> None:
    heart = _beats([True, False], [], lambda: None, Article(inside=False, pace=0.0))
    heart.tick()
    assert not heart.lost
    heart.tick()
    assert heart.lost
