"""An article prepared while a turn gathers must not take the turn's limit away."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from ingest.inbox.overtime import Clock, Overtime


@pytest.fixture
def clock() -> Iterator[Clock]:
    before = signal.getsignal(signal.SIGPROF)
    clock = Clock(0.05)
    clock.listen()
    yield clock
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


def spin() -> None:
    while True:
        pass


def test_the_outer_limit_holds_behind_an_inner_one(clock: Clock) -> None:
    def turn() -> None:
        with clock.within():
            with clock.within():
                assert clock.inside
            spin()

    with pytest.raises(Overtime):
        turn()
    assert not clock.inside


def test_an_inner_one_that_ran_out_leaves_the_outer_one_its_time(clock: Clock) -> None:
    with clock.within():
        with pytest.raises(Overtime), clock.within():
            spin()
        assert clock.inside
    assert not clock.inside
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
