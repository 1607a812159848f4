"""Workers that are stopped at a named point while others go on: nothing is decided twice, nothing out of order.

A stall is a call: at the point, worker A's heartbeat runs out and worker B does its part; then A goes on unaware.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.faults import WORKER_POINTS
from ingest.inbox.heartbeat import Heartbeat
from ingest.ledger.memory import MemoryLedger
from ingest.ledger.redis import RedisLedger
from places import Place
from trivial import KeysOnly, once_at, worker

NAMES = [f"k{i}" for i in range(20)]
EVENTS = [name.encode() for name in NAMES]


class Stall:
    """Worker A, which stalls once at `point` while `meanwhile` happens. Its ledger knows the points of the ledger."""

    def __init__(self, place: Place, point: str, meanwhile: Callable[[], object]) -> None:
        self.hearts: list[Heartbeat] = []
        faults = once_at(point, meanwhile)
        if isinstance(place.ledger, RedisLedger):
            ledger = RedisLedger(place.client, place.keys, faults=faults)
        else:
            ledger = MemoryLedger.__new__(MemoryLedger)
            ledger.__dict__ = {**place.ledger.__dict__, "_faults": faults}
        self.handler = KeysOnly(ledger, place.keys)
        self.worker = worker(place.reader, self.handler, "a", faults=faults, heartbeat=self.heart)

    def heart(self, *args: object, **more: object) -> Heartbeat:
        self.hearts.append(Heartbeat(*args, every=3600, guard=0, **more))
        return self.hearts[0]

    def tick(self) -> None:
        """A's own thread finds out, as it would within a second."""
        self.hearts[0].tick()


@pytest.mark.parametrize("point", WORKER_POINTS)
@pytest.mark.parametrize("noticed", [True, False])
def test_a_stalled_worker_whose_articles_others_decided_changes_nothing(
    place: Place, point: str, noticed: bool
) -> None:
    def meanwhile() -> None:
        place.reader.fail("a1")
        worker(place.reader, KeysOnly(place.ledger, place.keys), "b").run_for(60)
        if noticed:
            stall.tick()

    place.offer(*NAMES)
    stall = Stall(place, point, meanwhile)
    stall.worker.run_for(60)
    assert place.events() == EVENTS
    balance = place.inbox.balance()
    assert (balance.counters.decided, balance.counters.seen, balance.holds) == (20, 0, True)


def test_stopped_after_gather_while_another_committed_is_refused_for_the_head(place: Place) -> None:
    def meanwhile() -> None:
        place.reader.fail("a1")
        worker(place.reader, KeysOnly(place.ledger, place.keys), "b").run_for(60)

    place.offer(*NAMES)
    report = (stall := Stall(place, "after-gather", meanwhile)).worker.run_for(60)
    assert report.refused == {"head": 1}
    assert place.events() == EVENTS
    assert len(stall.handler.decided) == 1


def test_stopped_after_gather_while_another_only_claimed_is_refused_for_the_turn(place: Place) -> None:
    def meanwhile() -> None:
        place.reader.fail("a1")
        place.reader.enlist("b1")
        assert place.reader.claim("b1", "a1", 100) == 16  # its batch, and the one read ahead
        before.append(place.state())

    def after(point: str) -> None:
        if point == "before-turn" and before and len(before) == 1:
            before.append(place.state())
            place.reader.leave("b1")

    before: list[object] = []
    place.offer(*NAMES)
    stall = Stall(place, "after-gather", meanwhile)
    first = stall.worker._faults
    stall.worker._faults = lambda point: (first(point), after(point))
    report = stall.worker.run_for(60)
    assert report.refused == {"turn": 1}
    assert before[0] == before[1]
    assert place.events() == EVENTS


def test_stopped_between_turn_and_gather_the_script_sees_that_the_turn_is_gone(place: Place) -> None:
    """Head and decisions alone would let it in: it gathers under the new head, and counts all of it as `seen`."""

    def meanwhile() -> None:
        place.reader.fail("a1")
        worker(place.reader, KeysOnly(place.ledger, place.keys), "b").run_for(60)

    place.offer(*NAMES)
    report = Stall(place, "after-turn", meanwhile).worker.run_for(60)
    assert report.refused == {"turn": 1}
    balance = place.inbox.balance()
    assert (balance.counters.seen, balance.counters.decided, balance.holds) == (0, 20, True)


def test_the_smallest_pending_is_not_enough_for_a_turn(place: Place) -> None:
    """A holds 1-2 and 5-6, B holds 3-4: A decides 1-2 only."""
    entries = place.offer(*NAMES[:6])
    for consumer in ("a", "b", "c"):
        place.read(consumer, 2)
    place.reader.leave("c")
    assert place.reader.claim("a", "c", 2) == 2
    assert [held.owner for held in place.reader.look(6).front] == ["a", "a", "b", "b", "a", "a"]
    assert place.commit("a", [*entries[:2], *entries[4:]]) == "turn"
    assert place.commit("a", entries[:2]) == "ok"
    assert place.commit("a", entries[4:]) == "turn"


def test_a_worker_that_finds_its_heartbeat_gone_takes_a_new_name_and_forgets(place: Place) -> None:
    place.offer(*NAMES)
    stall = Stall(place, "after-read", lambda: (place.reader.fail("a1"), stall.tick()))
    report = stall.worker.run_for(60)
    assert place.events() == EVENTS
    assert report.claimed == 8
    assert stall.handler.prepared.count("k0") == 2
