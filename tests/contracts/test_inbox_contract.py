"""What every inbox promises: an offer is all or nothing, and the counters balance."""

from __future__ import annotations

import pytest

from ingest.errors import Pressure, Stale
from ingest.inbox import envelope
from ingest.inbox.port import ProgressUpdate
from ingest.model import Due
from places import Place, article


def test_offered_articles_are_read_in_the_order_they_were_accepted(place: Place) -> None:
    entries = place.offer("one", "two", "three")
    assert entries == sorted(entries, key=lambda entry: tuple(map(int, entry.split("-"))))
    place.reader.enlist("a")
    got = place.reader.read("a", 10, 0)
    assert [entry for entry, _ in got] == entries
    assert [envelope.decode(payload).key for _, payload in got] == ["one", "two", "three"]
    assert place.reader.read("a", 10, 0) == []


def test_refusals_and_articles_are_counted_with_the_progress_of_their_source(place: Place) -> None:
    update = ProgressUpdate("feed", {"seen": b"1", "path\udcff\0": b""})
    offered = place.inbox.offer([article("one")], refused=2, progress=[update])
    balance = place.inbox.balance()
    assert (balance.counters.offered, balance.counters.refused, balance.counters.accepted) == (3, 2, 1)
    assert balance.counters.bytes == offered.bytes
    assert balance.holds
    assert place.inbox.progress("feed", ["seen", "path\udcff\0", "absent"]) == {"seen": b"1", "path\udcff\0": b""}
    assert place.inbox.progress("other", ["seen"]) == {}


def test_refusals_alone_record_progress(place: Place) -> None:
    assert place.inbox.offer([], refused=1, progress=[ProgressUpdate("feed", {"bad.txt": b"empty"})]).entries == ()
    assert place.inbox.progress("feed", ["bad.txt"]) == {"bad.txt": b"empty"}
    assert place.inbox.balance().holds


def test_progress_can_be_taken_back(place: Place) -> None:
    place.inbox.offer([], progress=[ProgressUpdate("feed", {"a": b"1", "b": b"2"})])
    place.inbox.offer([], progress=[ProgressUpdate("feed", {"a": None}, {"a": b"1"})])
    assert place.inbox.progress("feed", ["a", "b"]) == {"b": b"2"}


@pytest.mark.parametrize("believed", [{"a": b"2"}, {"a": None}, {"absent": b""}, {"a": b"1", "b": b"3"}, {"a": b""}])
def test_an_offer_that_believes_in_another_past_changes_nothing(
    place: Place, believed: dict[str, bytes | None]
) -> None:
    place.inbox.offer([article("one")], progress=[ProgressUpdate("feed", {"a": b"1", "b": b"2"})])
    before = place.state()
    with pytest.raises(Stale, match="feed"):
        place.inbox.offer([article("two")], refused=1, progress=[ProgressUpdate("feed", {"a": b"9"}, believed)])
    assert place.state() == before


def test_an_offer_that_believes_rightly_is_accepted(place: Place) -> None:
    place.inbox.offer([], progress=[ProgressUpdate("feed", {"a": b"1", "empty": b""})])
    believed = {"a": b"1", "absent": None, "empty": b""}
    place.inbox.offer([article("two")], progress=[ProgressUpdate("feed", {"a": b"2"}, believed)])
    assert place.inbox.progress("feed", ["a"]) == {"a": b"2"}


def test_a_full_inbox_takes_refusals_and_no_articles(small_place: Place) -> None:
    small_place.offer("one", "two", "three")
    before = small_place.state()
    with pytest.raises(Pressure) as caught:
        small_place.offer("four")
    assert caught.value.retry_after
    assert small_place.state() == before
    small_place.inbox.offer([], refused=1)
    assert small_place.inbox.balance().holds


def test_an_inbox_full_of_bytes_takes_no_articles(small_place: Place) -> None:
    small_place.inbox.offer([article("one", "x" * 1500)])
    with pytest.raises(Pressure, match="1 articles wait"):
        small_place.inbox.offer([article("two", "x" * 1500)])


def test_an_offer_larger_than_the_limit_passes_when_the_inbox_is_empty(small_place: Place) -> None:
    assert len(small_place.offer("one", "two", "three", "four")) == 4
    assert small_place.inbox.offer([], refused=0).entries == ()


def test_draining_makes_room(small_place: Place) -> None:
    small_place.offer("one", "two", "three")
    entries = small_place.read("a", 3)
    assert small_place.commit("a", entries) == "ok"
    assert len(small_place.offer("four")) == 1
    assert small_place.inbox.balance().holds


def test_what_is_not_read_counts_as_undelivered(place: Place) -> None:
    place.offer("one", "two", "three")
    place.read("a", 1)
    balance = place.inbox.balance()
    assert (balance.entries, balance.pending, balance.undelivered, balance.holds) == (3, 1, 2, True)


def test_what_is_due_is_given_to_one_taker_until_its_lease_ends(place: Place) -> None:
    feeds = {"a": b"1", "b": b"2", "c": b"3"}
    place.inbox.offer([], progress=[ProgressUpdate("feeds", feeds, due={"a": 200, "b": 100, "c": 900})])
    assert place.inbox.take_due("feeds", 50, 350, 10) == Due({}, 100)
    assert place.inbox.take_due("feeds", 300, 350, 1) == Due({"b": b"2"}, 200)
    assert place.inbox.take_due("feeds", 300, 350, 10) == Due({"a": b"1"}, 350)
    assert place.inbox.take_due("feeds", 349, 600, 10) == Due({}, 350)
    place.inbox.hold("feeds", {"a": 700, "c": 701, "absent": 702}, 350)
    place.inbox.offer([], progress=[ProgressUpdate("feeds", {"b": b"4"}, {"b": b"2"}, {"b": 800})])
    assert list(place.inbox.scheduled("feeds").items()) == [("a", 700), ("b", 800), ("c", 900)]
    assert place.inbox.scheduled("feeds", 800) == {"a": 700}
    assert place.inbox.scheduled("absent") == {}
    assert place.inbox.take_due("feeds", 699, 999, 10) == Due({}, 700)
    assert list(place.inbox.take_due("feeds", 900, 999, 10).fields.items()) == [("a", b"1"), ("b", b"4"), ("c", b"3")]


def test_of_those_due_in_the_same_millisecond_the_first_held_is_given_first(place: Place) -> None:
    names = {"a": b"1", "b": b"2", "c": b"3"}
    at = 1_790_000_000_000
    place.inbox.offer([], progress=[ProgressUpdate("feeds", names, due=dict.fromkeys(names, at))])
    place.inbox.hold("feeds", {"a": at + 0.5, "b": at + 0.25, "c": at + 0.2502}, at)
    assert place.inbox.take_due("feeds", at, at + 9, 10) == Due({}, at)
    assert list(place.inbox.take_due("feeds", at + 1, at + 9, 10).fields) == ["b", "c", "a"]


def test_what_is_taken_off_the_schedule_or_forgotten_is_not_due(place: Place) -> None:
    place.inbox.offer([], progress=[ProgressUpdate("feeds", {"a": b"1", "b": b"2"}, due={"a": 1, "b": 1})])
    place.inbox.offer([], progress=[ProgressUpdate("feeds", {"b": None}, due={"a": None})])
    assert place.inbox.take_due("feeds", 10, 20, 10) == Due({}, None)
    assert place.inbox.kept("feeds") == {"a": b"1"}


def test_a_stale_update_of_two_changes_neither_nor_any_schedule(place: Place) -> None:
    place.inbox.offer([], progress=[ProgressUpdate("feeds", {"a": b"1"}, due={"a": 5})])
    right = ProgressUpdate("feeds", {"a": b"2"}, {"a": b"1"}, {"a": 9})
    wrong = ProgressUpdate("seen", {"a": b"x"}, {"a": b"another"})
    before = place.state()
    with pytest.raises(Stale, match="seen"):
        place.inbox.offer([article("one")], progress=[right, wrong])
    assert place.state() == before
    assert place.inbox.take_due("feeds", 5, 6, 10).fields == {"a": b"1"}
    place.inbox.offer([article("one")], progress=[right, ProgressUpdate("seen", {"a": b"x"}, {"a": None})])
    assert (place.inbox.kept("feeds"), place.inbox.kept("seen")) == ({"a": b"2"}, {"a": b"x"})
