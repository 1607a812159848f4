"""Articles that take too long, in this process: stopped, told apart from the others, and dead after three times."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from ingest.inbox import note
from ingest.inbox.note import Note
from ingest.inbox.overtime import Clock, Overtime
from ingest.inbox.reader import bereave
from ingest.settings import InboxSettings
from places import Place, RedisPlace, article
from trivial import KeysOnly, worker

IMPATIENT = InboxSettings(batch=8, article_seconds=0.05)


def spin() -> None:
    while True:
        pass


def backtrack() -> None:
    re.match("(a+)+$", "a" * 99 + "b")


@pytest.mark.parametrize("work", [spin, backtrack])
def test_work_that_never_ends_is_stopped_after_its_processor_time(work: Callable[[], None]) -> None:
    clock = Clock(0.05)
    clock.listen()
    begun = time.process_time()
    with pytest.raises(Overtime, match=r"more than 0\.05 s"), clock.within():
        work()
    assert time.process_time() - begun < 2
    assert not clock.inside
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_the_time_is_an_articles_and_not_a_batchs() -> None:
    clock = Clock(0.2)
    clock.listen()
    with clock.within():
        for _ in range(8):
            clock.wind()
            end = time.process_time() + 0.05
            while time.process_time() < end:
                pass


def test_what_sleeps_is_woken_from_another_thread_and_nothing_else_is() -> None:
    clock = Clock(60)
    clock.listen()
    clock.interrupt()
    other = threading.Timer(0.05, clock.interrupt)
    other.start()
    with pytest.raises(Overtime), clock.within():
        threading.Event().wait(30)
    other.join()


def test_outside_the_main_thread_there_is_no_limit() -> None:
    found: list[bool] = []

    def work() -> None:
        clock = Clock(0.01)
        clock.listen()
        with clock.within():
            end = time.thread_time() + 0.05
            while time.thread_time() < end:
                pass
            found.append(clock.inside)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [False]


def test_an_article_that_hangs_while_it_is_prepared_is_dead_and_no_process_with_it(place: Place) -> None:
    place.inbox.offer([article("a"), article("bad", "hang"), article("c")])
    report = worker(place.reader, KeysOnly(place.ledger, place.keys), settings=IMPATIENT).run_for(60)
    assert place.events() == [b"a", b"c"]
    assert [error for *_, error in place.letters()] == [
        "Overtime: it took more than 0.05 s of processor, or stood still for as long"
    ]
    assert (report.dead, place.inbox.balance().holds) == (1, True)


class Telling(KeysOnly):
    """Decides article by article, and says which; one of them takes for ever, and each turn is a drain of its own."""

    tell: Callable[[str], None]

    def decide(self, turn: Any) -> Any:
        for item in turn.items:
            self.tell(item.entry)
            if item.prepared == "bad":
                spin()
        return super().decide(turn)


def test_an_article_that_hangs_while_it_is_decided_is_known_from_drain_to_drain_and_alone_from_then_on(
    place: Place,
) -> None:
    place.offer("a", "b", "bad", "d", "e")
    handler = Telling(place.ledger, place.keys)
    one = worker(place.reader, handler, settings=IMPATIENT)
    handler.tell = one.deciding
    for _ in range(12):
        looks = iter((False, False, True))
        one.run(lambda looks=looks: next(looks, True), until_empty=True)
    one.run_for(60)
    assert place.events() == [b"a", b"b", b"d", b"e"]
    assert [error[:9] for *_, error in place.letters()] == ["Overtime:"]
    assert place.inbox.balance().holds


def test_who_is_told_to_go_leaves_a_suspect_to_others(place: Place) -> None:
    """It would handle it without counting an attempt."""
    entry, _ = place.offer("one", "two")
    handler = KeysOnly(place.ledger, place.keys)
    told = worker(place.reader, handler)

    def stop() -> bool:
        if len(handler.prepared) == 2:
            place.reader.suspect(entry)
        return len(handler.prepared) == 2

    told.run(stop)
    assert handler.decided == []
    worker(place.reader, KeysOnly(place.ledger, place.keys), "b").run_for(60)
    assert place.events() == [b"one", b"two"]


# -- the note


def test_a_note_says_what_its_writer_was_busy_with_and_whatever_else_stands_there_is_nothing() -> None:
    with note.make() as file:
        assert note.read(file) == ""
        write = Note(file.fileno())
        write("1700000000000-12")
        assert note.read(file) == "1700000000000-12"
        write("9-1")
        assert note.read(file) == "9-1"
        write(None)
        assert note.read(file) == ""
        for garbage in (b"9-", b"x-1\0", b"-1\0", b"1-1", b"\xff" * 64):
            os.pwrite(file.fileno(), garbage.ljust(64, b"x"), 0)
            assert note.read(file) == ""


def test_a_parent_that_knows_what_its_child_was_busy_with_suspects_that_article_alone(valkey: Any) -> None:
    with valkey.client() as client:
        place = RedisPlace(client, InboxSettings())
        one, two, three = place.offer("one", "two", "three")
        place.read("w-1-a", 3)
        assert bereave(client, place.keys, "w-1-", two) == 1
        place.reader.enlist("b")
        assert place.reader.claim("b", "w-1-a", 10) == 3
        assert [(held.entry, held.deaths) for held in place.reader.look(3).front] == [(one, 0), (two, 2), (three, 0)]
        # An entry that is nobody's any more tells nothing, and the death counts against all.
        assert bereave(client, place.keys, "b", "1-1") == 1
        place.reader.claim("c", "b", 10)
        assert [held.deaths for held in place.reader.look(3).front] == [1, 3, 1]
