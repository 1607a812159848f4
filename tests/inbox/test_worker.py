"""The worker's loop, in memory and on both servers: each article once, in order, whatever an article does."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.errors import Stale, StoreError, TransientError
from ingest.inbox.turn import Pace
from ingest.settings import InboxSettings
from places import Place, article
from trivial import KeysOnly, once_at, worker


def test_every_article_is_decided_once_in_the_order_it_was_accepted(place: Place) -> None:
    names = [f"k{i}" for i in range(30)]
    place.offer(*names)
    place.offer("k3", "k30", "k7")
    report = worker(place.reader, KeysOnly(place.ledger, place.keys)).run_for(60)
    assert place.events() == [f"k{i}".encode() for i in range(31)]
    balance = place.inbox.balance()
    assert (balance.counters.decided, balance.counters.seen, balance.entries) == (31, 2, 0)
    assert balance.holds
    assert (report.settled, report.refused, report.batches) == (33, {}, 5)


def test_who_reads_ahead_waits_for_its_turn_and_leaves_what_it_may_not_decide(place: Place) -> None:
    place.offer(*(f"k{i}" for i in range(40)))
    ahead = KeysOnly(place.ledger, place.keys)
    other = worker(place.reader, ahead, "b", pace=Pace(block_ms=5, leave_s=0.02, ahead=3))
    faults = once_at("after-read", lambda: other.run(lambda: len(ahead.worked_ahead) == 8))
    first = KeysOnly(place.ledger, place.keys)
    report = worker(place.reader, first, "a", faults=faults).run_for(60)
    assert first.worked_ahead == []
    assert ahead.prepared == [f"k{i}" for i in range(8, 16)]
    assert ahead.worked_ahead == ahead.prepared
    assert ahead.decided == []
    assert report.claimed == 8
    assert place.events() == [f"k{i}".encode() for i in range(40)]


def test_the_next_batch_is_read_before_a_turn_and_prepared_when_there_is_time(place: Place) -> None:
    place.offer(*(f"k{i}" for i in range(20)))
    handler = KeysOnly(place.ledger, place.keys)
    one = worker(place.reader, handler)
    prepared: list[int] = []
    decide = handler.decide

    def with_time(turn: Any) -> Any:
        prepared.append(len(handler.prepared))
        one.prepare_one()
        one.prepare_one()
        prepared.append(len(handler.prepared))
        return decide(turn)

    handler.decide = with_time  # type: ignore[method-assign]  # as a ledger calls it while its server is busy
    one.run_for(60)
    assert prepared == [8, 10, 16, 18, 20, 20]
    assert handler.prepared == [f"k{i}" for i in range(20)]
    assert place.events() == [f"k{i}".encode() for i in range(20)]


def test_a_stop_is_heard_between_two_articles_and_the_rest_is_left_to_others(place: Place) -> None:
    place.offer(*(f"k{i}" for i in range(8)))
    handler = KeysOnly(place.ledger, place.keys)
    report = worker(place.reader, handler).run(lambda: len(handler.prepared) == 3)
    assert place.events() == [b"k0", b"k1", b"k2"]
    assert report.settled == 3
    assert place.reader.look(10).owner_ms < 0
    worker(place.reader, KeysOnly(place.ledger, place.keys), "b").run_for(60)
    assert place.events() == [f"k{i}".encode() for i in range(8)]


def test_an_article_that_raises_is_dead_after_three_times_and_the_rest_is_decided_once(place: Place) -> None:
    place.inbox.offer([article("a"), article("bad", "raise"), article("c")])
    handler = KeysOnly(place.ledger, place.keys)
    report = worker(place.reader, handler).run_for(60)
    assert place.events() == [b"a", b"c"]
    assert [error for _, _, error in place.letters()] == ["ValueError: cannot prepare bad [31m"]
    assert handler.prepared.count("bad") == 3
    assert handler.prepared.count("a") == handler.prepared.count("c") == 1
    assert (report.dead, place.inbox.balance().counters.dead, place.inbox.balance().holds) == (1, 1, True)


def test_an_article_that_breaks_the_decision_of_its_batch_is_found_and_dies_alone(place: Place) -> None:
    place.inbox.offer([article("a"), article("b"), article("bad", "refuse"), article("d")])
    handler = KeysOnly(place.ledger, place.keys)
    report = worker(place.reader, handler).run_for(60)
    assert place.events() == [b"a", b"b", b"d"]
    (entry, _, error), *others = place.letters()
    assert (error, others) == ("KeyError: 'refused'", [])
    # Once in its batch, three times alone, once to be buried.
    assert [len(batch) for batch in handler.decided if entry in batch] == [4, 1, 1, 1, 1]
    assert report.failures == 4
    assert place.inbox.balance().holds


def test_a_payload_that_is_no_envelope_becomes_a_dead_letter_with_its_bytes(place: Place) -> None:
    place.offer("a")
    place.smuggle(b"\x63garbage")
    place.offer("c")
    worker(place.reader, KeysOnly(place.ledger, place.keys)).run_for(60)
    assert place.events() == [b"a", b"c"]
    assert [(payload, error[:11]) for _, payload, error in place.letters()] == [(b"\x63garbage", "Undecodable")]


def test_an_entry_that_somebody_deleted_is_counted_as_dead(place: Place) -> None:
    one, two = place.offer("one", "two")
    place.read("gone", 2)
    place.delete(one)
    place.reader.leave("gone")
    worker(place.reader, KeysOnly(place.ledger, place.keys)).run_for(60)
    balance = place.inbox.balance()
    assert place.events() == [b"two"]
    assert (balance.counters.dead, balance.entries, balance.pending, balance.holds) == (1, 0, 0, True)
    assert two


def test_what_was_read_with_a_lost_answer_is_adopted(place: Place) -> None:
    place.offer("one", "two")
    reader = _Losing(place.reader, "read")
    handler = KeysOnly(place.ledger, place.keys)
    report = worker(reader, handler).run_for(60)
    assert place.events() == [b"one", b"two"]
    assert report.adopted == 2
    assert handler.forgotten >= 1


def test_a_commit_with_a_lost_answer_is_not_done_again(place: Place) -> None:
    place.offer("one", "two")
    handler = KeysOnly(_Losing(place.ledger, "commit"), place.keys)
    worker(place.reader, handler).run_for(60)
    assert place.events() == [b"one", b"two"]
    assert place.inbox.balance().counters.seen == 0
    assert place.inbox.balance().holds


@pytest.mark.parametrize("call", ["look", "fetch", "claim", "enlist", "leave"])
def test_no_lost_answer_counts_against_an_article(place: Place, call: str) -> None:
    place.offer("one", "two")
    place.read("gone", 1)
    place.reader.leave("gone")
    reader = _Losing(place.reader, call, times=4)
    worker(reader, KeysOnly(place.ledger, place.keys)).run_for(60)
    assert place.events() == [b"one", b"two"]
    assert place.letters() == []


def test_trouble_while_preparing_does_not_count_against_the_article(place: Place) -> None:
    class Troubled(KeysOnly):
        def prepare(self, accepted: Any) -> str:
            if len(self.prepared) < 5:
                self.prepared.append("")
                raise TransientError("a model is being fetched")
            return super().prepare(accepted)

    place.offer("one", "two")
    worker(place.reader, Troubled(place.ledger, place.keys)).run_for(60)
    assert place.events() == [b"one", b"two"]
    assert place.letters() == []


def test_an_attempt_that_neither_died_nor_raised_is_taken_back_when_the_worker_goes(place: Place) -> None:
    class Waiting(KeysOnly):
        def decide(self, turn: Any) -> Any:
            self.decided.append(())
            raise TransientError("the server is away")

    place.offer("one")
    (entry,) = place.read("gone", 1)
    place.reader.suspect(entry)
    place.reader.leave("gone")
    handler = Waiting(place.ledger, place.keys)
    worker(place.reader, handler).run(lambda: len(handler.decided) == 5)
    assert place.reader.attempt(entry, "next") == 1


def test_a_handler_may_settle_a_part_of_its_turn(place: Place) -> None:
    place.offer(*(f"k{i}" for i in range(8)))
    handler = KeysOnly(place.ledger, place.keys, most=3)
    report = worker(place.reader, handler).run_for(60)
    assert place.events() == [f"k{i}".encode() for i in range(8)]
    assert (report.batches, len(handler.prepared)) == (3, 8)


def test_a_head_that_moves_while_one_gathers_costs_one_look(place: Place) -> None:
    class Unlucky(KeysOnly):
        def decide(self, turn: Any) -> Any:
            if not self.decided:
                self.decided.append(())
                raise Stale("the partition was written meanwhile")
            return super().decide(turn)

    place.offer("one", "two")
    handler = Unlucky(place.ledger, place.keys)
    begun = handler.forgotten
    report = worker(place.reader, handler, settings=InboxSettings(batch=2)).run_for(60)
    assert place.events() == [b"one", b"two"]
    assert (report.refused, handler.prepared) == ({"stale": 1}, ["one", "two"])
    assert handler.forgotten == begun + 3  # when it came, when it was stale, when it went


def test_a_store_that_must_not_be_used_ends_the_worker(place: Place) -> None:
    place.offer("one")

    class Refusing(KeysOnly):
        def commit(self, made: Any) -> Any:
            raise StoreError("made by another version")

    with pytest.raises(StoreError):
        worker(place.reader, Refusing(place.ledger, place.keys)).run_for(60)
    assert place.reader.look(1).owner_ms < 0


def test_nobody_reads_on_while_too_much_is_undecided(place: Place) -> None:
    place.offer(*(f"k{i}" for i in range(20)))
    place.read("other", 16)
    handler = KeysOnly(place.ledger, place.keys)
    settings = InboxSettings(batch=2)
    looks = iter(range(6))
    worker(place.reader, handler, settings=settings).run(lambda: next(looks, None) is None)
    assert handler.prepared == []


def test_a_handler_that_decides_what_is_decided_does_not_go_round_for_ever(place: Place) -> None:
    place.offer("one", "one", "two")

    class Blind(KeysOnly):
        def decide(self, turn: Any) -> Any:
            made = super().decide(turn)
            again = [(self.shard, b"one", b"")] if any(item.prepared == "one" for item in turn.items) else []
            return type(made)(**{**{f: getattr(made, f) for f in made.__struct_fields__}, "decisions": again})

    entry = place.read("x", 1)
    assert place.ledger.commit(KeysOnly(place.ledger, place.keys).decide(_turn(place, "x", entry))).status == "ok"
    place.reader.leave("x")
    worker(place.reader, Blind(place.ledger, place.keys)).run_for(60)
    assert place.events() == [b"one", b"two"]
    assert [error for *_, error in place.letters()] == ["RuntimeError: the handler decides what is decided already"]


class _Losing:
    """Does the call, and loses the answer, the first times it is asked."""

    def __init__(self, inner: Any, call: str, times: int = 1) -> None:
        self._inner, self._call, self._left = inner, call, times

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name != self._call or self._left <= 0:
            return method

        def lost(*args: Any, **more: Any) -> Any:
            self._left -= 1
            method(*args, **more)
            raise TransientError("the answer was lost")

        return lost


def _turn(place: Place, consumer: str, entries: list[str]) -> Any:
    from ingest.inbox.port import Item, Turn

    return Turn(consumer, place.head(), tuple(Item(entry, None, "one") for entry in entries))
