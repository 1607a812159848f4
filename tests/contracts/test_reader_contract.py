"""What every reader promises: the pending list is the truth, and only the dead are inherited from."""

from __future__ import annotations

from places import Place


def test_the_look_tells_owners_head_and_sizes(place: Place) -> None:
    entries = place.offer("one", "two", "three", "four")
    place.read("a", 2)
    place.read("b", 1)
    look = place.reader.look(10)
    assert [(held.entry, held.owner, held.deaths) for held in look.front] == [
        (entries[0], "a", 0),
        (entries[1], "a", 0),
        (entries[2], "b", 0),
    ]
    assert (look.entries, look.pending, look.head) == (4, 3, b"")
    assert look.owner_ms > 0
    assert [held.entry for held in place.reader.look(1).front] == entries[:1]


def test_the_head_of_the_look_is_the_head_of_the_ledger(place: Place) -> None:
    place.commit("a", [])
    assert place.reader.look(1).head == place.head() != b""


def test_nothing_is_claimed_from_the_living(place: Place) -> None:
    place.offer("one")
    place.read("a", 1)
    place.reader.enlist("b")
    assert place.reader.claim("b", "a", 10) == 0
    assert place.reader.look(1).front[0].owner == "a"


def test_the_dead_are_inherited_from_oldest_first_and_their_deaths_counted(place: Place) -> None:
    entries = place.offer("one", "two", "three")
    place.read("a", 3)
    place.reader.fail("a")
    assert place.reader.look(1).owner_ms < 0
    place.reader.enlist("b")
    assert place.reader.claim("b", "a", 2) == 2
    assert [(h.entry, h.owner, h.deaths) for h in place.reader.look(3).front] == [
        (entries[0], "b", 1),
        (entries[1], "b", 1),
        (entries[2], "a", 0),
    ]
    assert place.reader.claim("b", "a", 2) == 1
    assert place.reader.claim("b", "a", 2) == 0


def test_a_heartbeat_that_ran_out_is_not_renewed(place: Place) -> None:
    place.reader.enlist("a")
    assert place.reader.beat("a")
    place.reader.fail("a")
    assert not place.reader.beat("a")


def test_who_leaves_is_inherited_from_at_once_and_counts_as_no_death(place: Place) -> None:
    place.offer("one")
    place.read("a", 1)
    place.reader.leave("a")
    assert place.reader.look(1).owner_ms < 0
    place.reader.enlist("b")
    assert place.reader.claim("b", "a", 10) == 1
    assert [(h.owner, h.deaths) for h in place.reader.look(1).front] == [("b", 0)]


def test_attempts_are_counted_by_life_and_can_be_taken_back(place: Place) -> None:
    (entry,) = place.offer("one")
    attempt = place.reader.attempt
    assert [attempt(entry, "x"), attempt(entry, "x"), attempt(entry, "y")] == [1, 1, 2]
    place.reader.undo(entry, "y")
    place.reader.undo(entry, "x")
    assert attempt(entry, "y") == 2


def test_raising_is_counted_apart_from_attempts(place: Place) -> None:
    (entry,) = place.offer("one")
    place.reader.attempt(entry, "x")
    assert [place.reader.raised(entry), place.reader.raised(entry)] == [1, 2]
    assert place.reader.attempt(entry, "y") == 2


def test_a_suspect_is_as_one_that_died_twice(place: Place) -> None:
    place.offer("one", "two")
    one, _ = place.read("a", 2)
    place.reader.suspect(one)
    assert [held.deaths for held in place.reader.look(2).front] == [2, 0]


def test_a_commit_forgets_what_was_counted(place: Place) -> None:
    place.offer("one")
    entries = place.read("a", 1)
    place.reader.suspect(entries[0])
    place.reader.attempt(entries[0], "x")
    place.reader.raised(entries[0])
    assert place.commit("a", entries) == "ok"
    assert place.reader.attempt(entries[0], "z") == 1
    assert place.reader.raised(entries[0]) == 1


def test_a_commit_ends_the_wait_for_the_turn(place: Place) -> None:
    turn = place.reader.look(1).turn
    place.commit("a", [])
    place.reader.wait(turn, 60_000)
    assert place.reader.look(1).turn != turn
