"""Processes that die, hang or are told to go, on real servers."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from ingest.inbox.reader import bereave
from ingest.settings import InboxSettings
from places import RedisPlace, article

PROCESS = Path(__file__).parent / "process.py"
DEADLINE = 30.0

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def partition(valkey: Any) -> Iterator[RedisPlace]:
    """On Valkey alone: what differs between servers is tried in test_servers_trouble, without processes."""
    with valkey.client() as client:
        yield RedisPlace(client, InboxSettings())


@pytest.fixture
def start(valkey: Any) -> Iterator[Start]:
    """Start a worker process; what still runs after the test is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(name: str, *more: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(PROCESS), valkey.url, name, *more]
        started.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


def until_empty(place: RedisPlace, start: Start, *more: str) -> list[int]:
    """As a parent does it: start workers, one after the other, until the inbox is empty. Their exit codes."""
    codes = []
    while place.inbox.balance().entries:
        process = start("w", *more)
        codes.append(process.wait(DEADLINE))
        bereave(place.client, place.keys, f"w:{process.pid}:")
        assert len(codes) < 12
    return codes


def wait_for(true: Callable[[], object], reader: redis.Redis, key: str) -> None:
    """Until it is true, looked at whenever the turn is poked."""
    end = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < end
        reader.xread({key: "$"}, block=20)


def test_what_a_killed_worker_held_is_decided_by_the_next(partition: RedisPlace, start: Start) -> None:
    partition.inbox.offer([article("k0"), article("k1", "hang"), article("k2")])
    process = start("a")
    wait_for(lambda: partition.inbox.balance().pending == 3, partition.client, partition.keys.turn)
    process.send_signal(signal.SIGKILL)
    assert process.wait(DEADLINE) == -signal.SIGKILL
    assert partition.reader.look(1).owner_ms > 0
    assert bereave(partition.client, partition.keys, f"a:{process.pid}:") == 1
    assert partition.reader.look(1).owner_ms < 0
    assert bereave(partition.client, partition.keys, "b:") == 0


def test_an_article_that_kills_its_worker_is_dead_after_three_times_alone(partition: RedisPlace, start: Start) -> None:
    partition.inbox.offer([article("k0"), article("bad", "die"), article("k2"), article("k3")])
    codes = until_empty(partition, start)
    # Twice in a batch, three times alone; the sixth buries it and decides the rest.
    assert codes == [-signal.SIGKILL] * 5 + [0]
    assert partition.events() == [b"k0", b"k2", b"k3"]
    assert [error for *_, error in partition.letters()] == ["its worker died 3 times while handling it alone"]
    assert partition.inbox.balance().holds


def test_an_article_that_hangs_is_known_at_once_and_dead_after_three_times(
    partition: RedisPlace, start: Start
) -> None:
    partition.inbox.offer([article("k0"), article("bad", "hang"), article("k2")])
    codes = until_empty(partition, start, "0.05")
    assert codes == [70, 70, 70, 0]
    assert partition.events() == [b"k0", b"k2"]
    assert [error for *_, error in partition.letters()] == ["its worker died 3 times while handling it alone"]


def test_a_worker_that_hangs_in_c_ends_itself_as_well(partition: RedisPlace, start: Start) -> None:
    partition.inbox.offer([article("bad", "lock")])
    process = start("w", "0.05", "0.5")
    assert process.wait(DEADLINE) == 1
    assert partition.inbox.balance().pending == 1


def test_a_worker_told_to_go_decides_what_it_has_and_leaves_no_trace(partition: RedisPlace, start: Start) -> None:
    partition.offer("k0")
    partition.read("other", 1)
    partition.offer("k1")
    process = start("a")
    wait_for(lambda: partition.inbox.balance().pending == 2, partition.client, partition.keys.turn)
    process.terminate()
    assert process.wait(10) == 0
    assert [held.deaths for held in partition.reader.look(2).front] == [0, 0]
    partition.reader.leave("other")
    assert until_empty(partition, start) == [0]
    assert partition.events() == [b"k0", b"k1"]
    assert partition.client.xinfo_consumers(partition.keys.inbox, partition.keys.GROUP) == []
    assert partition.client.keys("*:hb:*") == []
