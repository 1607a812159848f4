"""Dead letters: looked at, tried again, dropped; and the partition balances all the while."""

from __future__ import annotations

import pytest
import redis

from ingest.inbox.dead import DeadLetters
from ingest.model import Accepted
from ingest.settings import InboxSettings
from places import RedisPlace, article
from trivial import KeysOnly, worker


@pytest.fixture
def partition(redis_client: redis.Redis) -> RedisPlace:
    """Two of its three articles have died."""
    place = RedisPlace(redis_client, InboxSettings())
    place.inbox.offer([article("a", "raise"), article("b"), article("c", "raise")])
    worker(place.reader, KeysOnly(place.ledger, place.keys)).run_for(60)
    return place


def test_a_letter_tells_what_it_was_and_why_it_died(partition: RedisPlace) -> None:
    dead = DeadLetters(partition.client, partition.keys)
    first, second = dead.list()
    assert (first.envelope().key, second.envelope().key) == ("a", "c")
    assert first.error.startswith("ValueError: cannot prepare a")
    assert (first.attempts, first.at > 1_600_000_000_000) == (3, True)
    assert first.entry < first.id or first.entry.split("-")[0] == first.id.split("-")[0]
    assert dead.list(after=first.id) == [second]
    assert dead.show(second.id) == second
    assert dead.show("1-1") is None


def test_a_letter_tried_again_is_an_inbox_entry_like_any_other(partition: RedisPlace) -> None:
    dead = DeadLetters(partition.client, partition.keys)
    first, second = dead.list()
    entries = dead.retry([first.id, "1-1"])
    assert entries["1-1"] is None
    assert dead.list() == [second]
    balance = partition.inbox.balance()
    assert (balance.counters.dead, balance.entries, balance.counters.bytes) == (1, 1, len(first.payload))
    assert balance.holds

    class Repaired(KeysOnly):
        def prepare(self, accepted: Accepted) -> str:
            return accepted.envelope.key

    worker(partition.reader, Repaired(partition.ledger, partition.keys)).run_for(60)
    assert partition.events() == [b"b", b"a"]
    assert partition.inbox.balance().holds


def test_a_letter_may_die_again(partition: RedisPlace) -> None:
    dead = DeadLetters(partition.client, partition.keys)
    dead.retry([dead.list()[0].id])
    worker(partition.reader, KeysOnly(partition.ledger, partition.keys)).run_for(60)
    assert [letter.envelope().key for letter in dead.list()] == ["c", "a"]
    assert partition.inbox.balance().counters.dead == 2
    assert partition.inbox.balance().holds


def test_a_dropped_letter_is_gone_and_stays_counted(partition: RedisPlace) -> None:
    dead = DeadLetters(partition.client, partition.keys)
    ids = [letter.id for letter in dead.list()]
    assert dead.drop([*ids, "1-1"]) == 2
    assert dead.list() == []
    assert partition.inbox.balance().counters.dead == 2
    assert partition.inbox.balance().holds
    assert (dead.drop([]), dead.retry([])) == (0, {})


def test_a_letter_without_a_payload_cannot_be_tried_again(partition: RedisPlace) -> None:
    (entry,) = partition.offer("gone")
    partition.read("x", 1)
    partition.client.xdel(partition.keys.inbox, entry)
    assert partition.commit("x", [entry], dead=[(entry, "it vanished")]) == "ok"
    dead = DeadLetters(partition.client, partition.keys)
    (lost,) = (letter for letter in dead.list() if not letter.payload)
    assert dead.retry([lost.id]) == {lost.id: None}
    assert dead.show(lost.id) == lost
