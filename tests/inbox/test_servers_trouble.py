"""What a server may do to a worker: forget its scripts, fill up, restart, lose entries."""

from __future__ import annotations

from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ingest.errors import Pressure, Stale, StoreError, TransientError
from ingest.inbox.port import ProgressUpdate
from ingest.inbox.redis import RedisInbox
from ingest.ledger.keys import Keys
from ingest.ledger.partition import open_partition
from ingest.ledger.port import Commit, Write
from ingest.ledger.redis import RedisLedger
from ingest.settings import InboxSettings
from places import VERSIONS, RedisPlace, article
from trivial import KeysOnly, once_at, worker


@pytest.fixture
def partition(redis_client: redis.Redis) -> RedisPlace:
    redis_client.config_set("maxmemory", 0)
    return RedisPlace(redis_client, InboxSettings())


def test_a_flushed_script_is_sent_again(partition: RedisPlace) -> None:
    partition.offer("k0", "k1")
    faults = once_at("after-turn", partition.client.script_flush)
    worker(partition.reader, KeysOnly(partition.ledger, partition.keys), faults=faults).run_for(60)
    assert partition.events() == [b"k0", b"k1"]


def test_a_full_server_refuses_a_commit_as_a_whole(partition: RedisPlace) -> None:
    partition.offer("k0")
    entries = partition.read("a", 1)
    key = partition.keys.story(1)
    commit = Commit(
        consumer="a", entries=entries, head=b"", events=[b"e"], writes=[Write(key, {b"f": b"1"})], counts={"decided": 1}
    )
    before = partition.state()
    partition.client.config_set("maxmemory", 1)
    with pytest.raises(Pressure):
        partition.ledger.commit(commit)
    partition.client.config_set("maxmemory", 0)
    assert partition.state() == before
    assert partition.ledger.commit(commit).status == "ok"


def test_a_server_that_fills_up_during_a_commit_does_all_or_nothing(partition: RedisPlace) -> None:
    """The limit is put at every height between "full before" and "not full afterwards"."""
    answers = []
    for megabytes in range(1, 24, 2):
        names = partition.offer("k0")
        partition.read("a", 1)
        writes = [Write(partition.keys.story(i), {b"f%d" % megabytes: b"x" * 100_000}) for i in range(30)]
        before = partition.state()
        used = partition.client.info("memory")["used_memory"]
        partition.client.config_set("maxmemory", used + megabytes * 1_000_000)
        try:
            answers.append(partition.commit("a", names, writes=writes, events=[b"e" * 100_000] * 30))
        except Pressure:
            answers.append("full")
        partition.client.config_set("maxmemory", 0)
        if answers[-1] == "full":
            assert partition.state() == before
            assert partition.commit("a", names) == "ok"
        else:
            assert len(partition.ledger.gather({writes[-1].key: [b"f%d" % megabytes]}).found) == 1
        assert partition.inbox.balance().holds
    assert set(answers) == {"full", "ok"}


def test_a_full_server_refuses_an_offer_as_a_whole(partition: RedisPlace) -> None:
    before = partition.state()
    partition.client.config_set("maxmemory", 1)
    with pytest.raises(Pressure):
        partition.inbox.offer([], refused=1, progress=[ProgressUpdate("s", {"a": b"1"})])
    with pytest.raises(Pressure, match="of 1 bytes"):
        partition.offer("k0")
    partition.client.config_set("maxmemory", 0)
    assert partition.state() == before


def test_sources_wait_at_a_share_of_the_memory_while_workers_go_on(partition: RedisPlace) -> None:
    partition.offer("k0")
    used = partition.client.info("memory")["used_memory"]
    partition.client.config_set("maxmemory", int(used / 0.85))
    with pytest.raises(Pressure, match="bytes of memory"):
        partition.offer("k1")
    worker(partition.reader, KeysOnly(partition.ledger, partition.keys)).run_for(60)
    assert partition.events() == [b"k0"]
    assert partition.inbox.balance().holds
    partition.client.config_set("maxmemory", 0)


def test_attempts_and_deaths_of_another_server_run_are_void(partition: RedisPlace) -> None:
    (entry,) = partition.offer("k0")
    partition.read("a", 1)
    for life in ("x", "y", "z"):
        assert partition.reader.attempt(entry, life)
    partition.reader.suspect(entry)
    assert partition.reader.look(1).front[0].deaths == 2
    for key in (partition.keys.attempts, partition.keys.deaths):
        partition.client.hset(key, "run", "that of the server before it was restarted")
    assert partition.reader.look(1).front[0].deaths == 0
    assert partition.reader.attempt(entry, "x") == 1
    assert partition.reader.raised(entry) == 1
    partition.reader.leave("a")
    worker(partition.reader, KeysOnly(partition.ledger, partition.keys)).run_for(60)
    assert partition.events() == [b"k0"]


def test_only_names_that_are_dead_and_hold_nothing_are_removed(partition: RedisPlace) -> None:
    def names() -> set[bytes]:
        return {c["name"] for c in partition.client.xinfo_consumers(partition.keys.inbox, partition.keys.GROUP)}

    partition.offer("k0")
    for name in ("holds", "lives", "idle"):
        partition.read(name, 1)
    for name in ("lives", "idle"):  # Redis 6.2 makes a name only with its first entry
        partition.client.xgroup_createconsumer(partition.keys.inbox, partition.keys.GROUP, name)
    partition.reader.fail("holds")
    partition.reader.fail("idle")
    partition.reader.enlist("new")
    assert names() == {b"holds", b"lives"}
    assert partition.inbox.balance().pending == 1
    assert partition.reader.claim("new", "holds", 10) == 1
    assert b"holds" not in names()
    assert partition.reader.look(1).front[0].owner == "new"


def test_no_answer_is_trouble_to_wait_for(partition: RedisPlace) -> None:
    nowhere = redis.Redis(unix_socket_path="/nowhere/s", retry=Retry(NoBackoff(), 0))
    with pytest.raises(TransientError):
        RedisInbox(nowhere, partition.keys).offer([article("k0")])
    with pytest.raises(TransientError):
        RedisInbox(nowhere, partition.keys).balance()
    with pytest.raises(TransientError):
        RedisLedger(nowhere, partition.keys).gather({})


def test_a_partition_that_is_gone_is_said_to_be_gone(partition: RedisPlace) -> None:
    partition.client.flushall()
    with pytest.raises(StoreError, match="not in this store"):
        worker(partition.reader, KeysOnly(partition.ledger, partition.keys)).run_for(60)


def test_a_partition_is_made_once(partition: RedisPlace) -> None:
    first = open_partition(partition.client, partition.keys, clock="real", versions=VERSIONS)
    again = open_partition(partition.client, partition.keys, clock="real", versions=VERSIONS)
    assert first == again
    other = open_partition(partition.client, Keys("other"), clock="published", versions=VERSIONS)
    assert (other.clock, other.epoch != first.epoch) == ("published", True)


def test_a_partition_of_other_versions_or_another_clock_is_refused(partition: RedisPlace) -> None:
    with pytest.raises(StoreError, match="partition main was made by normaliser 1, this is 2"):
        open_partition(partition.client, partition.keys, clock="real", versions={**VERSIONS, "normaliser": "2"})
    with pytest.raises(StoreError, match="made by sketch none, this is 1"):
        open_partition(partition.client, partition.keys, clock="real", versions={**VERSIONS, "sketch": "1"})
    with pytest.raises(StoreError, match="goes by the real clock"):
        open_partition(partition.client, partition.keys, clock="published", versions=VERSIONS)


def test_a_worker_of_another_version_does_not_commit(partition: RedisPlace) -> None:
    partition.offer("k0")
    old = RedisLedger(partition.client, partition.keys, stamp=b"another")
    before = partition.state()
    with pytest.raises(StoreError, match="taken over by another version"):
        worker(partition.reader, KeysOnly(old, partition.keys)).run_for(60)
    assert [name for name, _ in partition.state()][:2] == [name for name, _ in before][:2]
    assert partition.inbox.balance().entries == 1


def test_a_gather_in_parts_is_stale_when_the_partition_is_written_between_them(
    partition: RedisPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [partition.keys.story(i) for i in range(3)]
    writes = [Write(key, {b"a": b"x" * 500}) for key in keys]
    partition.commit("a", [], writes=writes)
    small = RedisLedger(partition.client, partition.keys, gather_bytes=600)
    inner = small._gather

    def written_meanwhile(*args: Any) -> Any:
        found = inner(*args)
        partition.commit("b", [])
        return found

    monkeypatch.setattr(small, "_gather", written_meanwhile)
    with pytest.raises(Stale):
        small.gather({key: [] for key in keys})
    assert small.gather({keys[0]: []}).found == {keys[0]: writes[0].fields}


def test_a_gather_larger_than_its_cap_is_done_in_parts_under_one_head(partition: RedisPlace) -> None:
    keys = [partition.keys.story(i) for i in range(10)]
    writes = [Write(key, {b"a": b"x" * 500, b"b": b"y" * 500}) for key in keys]
    partition.commit("a", [], writes=writes)
    small = RedisLedger(partition.client, partition.keys, gather_bytes=1200)
    wants = {key: [] if i % 2 else [b"a", b"b", b"c"] for i, key in enumerate(keys)}
    assert small.gather(wants).found == {write.key: write.fields for write in writes}
