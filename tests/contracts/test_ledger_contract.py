"""What every ledger promises: gather is one moment, a commit is all or nothing."""

from __future__ import annotations

import pytest

from ingest.ledger.port import Commit, Write
from places import Place


def test_an_empty_partition_has_an_empty_head_and_nothing_to_find(place: Place) -> None:
    gathered = place.ledger.gather({"a": [b"x"], "b": []})
    assert (gathered.head, gathered.found) == (b"", {})


def test_what_a_commit_wrote_is_gathered_by_field_and_as_a_whole(place: Place) -> None:
    shard, one, two = place.keys.decisions(1, 1), place.keys.story(1), place.keys.story(2)
    fields = {b"x": b"1", b"\x00\xff": b""}
    assert place.commit("a", [], writes=[Write(shard, fields), Write(one, {b"r": b"2"})]) == "ok"
    gathered = place.ledger.gather({shard: [b"x", b"absent"], one: [], two: []})
    assert gathered.found == {shard: {b"x": b"1"}, one: {b"r": b"2"}}
    assert place.ledger.gather({shard: []}).found == {shard: fields}


def test_many_fields_of_one_hash_are_written_and_gathered(place: Place) -> None:
    fields = {str(i).encode(): b"%d" % (i * i) for i in range(2500)}
    key = place.keys.postings(1, 1)
    assert place.commit("a", [], writes=[Write(key, fields)]) == "ok"
    assert place.ledger.gather({key: list(fields)}).found == {key: fields}
    assert place.ledger.gather({key: []}).found == {key: fields}


def test_every_commit_moves_the_head_and_says_where_to(place: Place) -> None:
    heads = {b""}
    for _ in range(3):
        answer = place.ledger.commit(Commit(consumer="a", entries=[], head=place.head()))
        assert answer.status == "ok"
        assert answer.head == place.head()
        heads.add(answer.head)
    assert len(heads) == 4


def test_a_commit_on_a_head_that_has_moved_changes_nothing(place: Place) -> None:
    place.offer("one")
    entries = place.read("a", 1)
    old = place.head()
    place.commit("a", [], writes=[Write(place.keys.story(1), {b"r": b"1"})])
    before = place.state()
    answer = place.ledger.commit(_full(place, "a", entries, old))
    assert (answer.status, answer.head) == ("head", place.head())
    assert place.state() == before


@pytest.mark.parametrize("what", ["not read", "another's", "not the front", "gone", "too many"])
def test_a_commit_out_of_turn_changes_nothing(place: Place, what: str) -> None:
    one, two, three = place.offer("one", "two", "three")
    place.read("a", 1)
    place.read("b", 1)
    consumer, entries = {
        "not read": ("a", [one, two, three]),
        "another's": ("a", [one, two]),
        "not the front": ("b", [two]),
        "gone": ("a", ["1-1"]),
        "too many": ("a", [one, three]),
    }[what]
    before = place.state()
    assert place.ledger.commit(_full(place, consumer, entries, place.head())).status == "turn"
    assert place.state() == before


def test_a_version_with_a_decision_is_not_decided_again(place: Place) -> None:
    place.offer("one", "two")
    one, two = place.read("a", 2)
    assert place.ledger.commit(_full(place, "a", [one], place.head())).status == "ok"
    before = place.state()
    assert place.ledger.commit(_full(place, "a", [two], place.head())).status == "decided"
    assert place.state() == before


def test_a_decision_that_shares_its_place_is_told_by_the_end_of_its_value(place: Place) -> None:
    key = place.keys.decisions(1, 1)
    assert place.commit("a", [], writes=[Write(key, {b"d": b"7-one"})]) == "ok"
    for end, status in ((b"-one", "decided"), (b"-two", "ok"), (b"more than 7-one", "ok"), (b"", "decided")):
        head = place.head()
        commit = Commit(consumer="a", entries=[], head=head, decisions=[(key, b"d", end)], events=[b"e"])
        answer = place.ledger.commit(commit)
        assert (answer.status, place.head() == head) == (status, status == "decided")
    assert len(place.events()) == 2


def test_a_commit_removes_its_entries_emits_its_events_and_moves_the_counters(place: Place) -> None:
    place.offer("one", "two", "three")
    entries = place.read("a", 3)
    place.reader.look(10)
    commit = Commit(
        consumer="a",
        entries=entries,
        head=place.head(),
        events=[b"e1", b"e2"],
        counts={"decided": 2, "opened": 1, "updated": 1, "seen": 1},
    )
    assert place.ledger.commit(commit).status == "ok"
    assert place.events() == [b"e1", b"e2"]
    balance = place.inbox.balance()
    assert balance.holds
    assert (balance.entries, balance.pending, balance.counters.bytes) == (0, 0, 0)
    assert (balance.counters.decided, balance.counters.seen, balance.counters.opened) == (2, 1, 1)
    assert place.reader.look(10).front == ()


def test_a_dead_letter_keeps_payload_and_error(place: Place) -> None:
    place.offer("one", "two")
    one, two = place.read("a", 2)
    payload = place.reader.fetch([one])[one]
    assert place.commit("a", [one, two], dead=[(one, "ValueError: no")]) == "ok"
    assert place.letters() == [(one, payload, "ValueError: no")]
    balance = place.inbox.balance()
    assert (balance.counters.dead, balance.counters.decided, balance.holds) == (1, 1, True)


def test_dropped_keys_are_gone_before_the_writes_of_the_same_commit(place: Place) -> None:
    a, b = place.keys.postings(1, 1), place.keys.postings(1, 2)
    place.commit("a", [], writes=[Write(a, {b"x": b"1"}), Write(b, {b"x": b"1"})])
    place.commit("a", [], drops=[a, b], writes=[Write(b, {b"y": b"2"})])
    assert place.ledger.gather({a: [], b: []}).found == {b: {b"y": b"2"}}


def test_a_hash_whose_time_has_come_is_gone(place: Place) -> None:
    key = place.keys.postings(1, 1)
    place.commit("a", [], writes=[Write(key, {b"x": b"1"}, expire_at=1_000)])
    assert place.ledger.gather({key: []}).found == {}


def test_a_hash_is_kept_until_its_time_comes(place: Place) -> None:
    key = place.keys.postings(1, 1)
    place.commit("a", [], writes=[Write(key, {b"x": b"1"}, expire_at=4_000_000_000_000)])
    assert place.ledger.gather({key: []}).found == {key: {b"x": b"1"}}


def test_a_buckets_end_is_set_when_it_is_made_and_a_storys_with_each_write(place: Place) -> None:
    bucket, story = place.keys.postings(1, 1), place.keys.story(1)
    place.commit("a", [], writes=[Write(bucket, {b"x": b"1"}, 4_000_000_000_000), Write(story, {b"x": b"1"}, 1_000)])
    place.commit("a", [], writes=[Write(bucket, {b"y": b"1"}, 1_000)])
    place.commit("a", [], writes=[Write(story, {b"x": b"1"}, 4_000_000_000_000, renewed=True)])
    place.commit("a", [], writes=[Write(story, {b"x": b"2"}, 4_000_000_000_001, renewed=True)])
    found = place.ledger.gather({bucket: [], story: []}).found
    assert found == {bucket: {b"x": b"1", b"y": b"1"}, story: {b"x": b"2"}}
    place.commit("a", [], writes=[Write(story, {b"x": b"2"}, 1_000, renewed=True)])
    assert place.ledger.gather({bucket: [], story: []}).found == {bucket: {b"x": b"1", b"y": b"1"}}


def test_counts_that_do_not_account_for_every_entry_are_refused(place: Place) -> None:
    place.offer("one")
    entries = place.read("a", 1)
    with pytest.raises(ValueError, match="1 entries, but 0"):
        place.ledger.commit(Commit(consumer="a", entries=entries, head=place.head()))
    assert place.inbox.balance().entries == 1


@pytest.mark.parametrize("wrong", [{"counts": {"x": 0.5}}, {"writes": [Write("k", {b"a": b"b"}, expire_at=1.5)]}])
def test_what_would_fail_in_the_middle_of_a_commit_is_refused_before(place: Place, wrong: dict[str, object]) -> None:
    before = place.state()
    with pytest.raises(ValueError, match="integers"):
        place.commit("a", [], **{"counts": {}, **wrong})
    assert place.state() == before


def test_a_batch_of_nothing_but_vanished_entries_is_settled(place: Place) -> None:
    place.offer("one")
    entries = place.read("a", 1)
    place.delete(entries[0])
    assert place.commit("a", entries, dead=[(entries[0], "it vanished")]) == "ok"
    assert place.letters() == [(entries[0], b"", "it vanished")]
    assert place.inbox.balance().holds


def _full(place: Place, consumer: str, entries: list[str], head: bytes) -> Commit:
    """A commit that would change everything a commit can change."""
    key = place.keys.decisions(1, 1)
    return Commit(
        consumer=consumer,
        entries=entries,
        head=head,
        decisions=[(key, b"d", b"")],
        events=[b"e"],
        dead=[(entries[0], "why")],
        writes=[Write(key, {b"d": b"1"})],
        drops=[place.keys.story(1)],
        counts={"decided": len(entries) - 1},
    )
