"""The bell, and what somebody who may write to Redis can make a worker do: ring, and nothing else."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from rq import Queue, SimpleWorker
from rq.defaults import DEFAULT_RESULT_TTL
from rq.serializers import DefaultSerializer

from ingest.inbox import bell

DRAINED: list[str] = []


class Trap:
    """Unpickled, it touches a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.system, (f"touch {self.path}",)


@pytest.fixture(autouse=True)
def drained(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Drains are noted, not done."""
    DRAINED.clear()
    monkeypatch.setattr("ingest.wiring.drain", lambda partition: DRAINED.append(partition) or {"settled": 1})
    return DRAINED


def smuggle(client: redis.Redis, data: bytes, **fields: Any) -> None:
    """A job as somebody would write it who has Redis and not our code."""
    job = {"data": data, "origin": bell.QUEUE, "status": "queued", "created_at": "2026-01-01T00:00:00.000000Z"}
    client.hset("rq:job:evil", mapping={**job, "timeout": 60, **fields})
    client.sadd("rq:queues", f"rq:queue:{bell.QUEUE}")
    client.rpush(f"rq:queue:{bell.QUEUE}", "evil")


def work(client: redis.Redis, worker: SimpleWorker | None = None) -> None:
    """As a worker does, until the queue is empty; without the thread that hears `rq` commands and ends slowly."""
    worker = worker or bell.worker(client, "w")
    worker.subscribe = lambda: None
    worker.work(burst=True, logging_level="CRITICAL")


def call(name: object, *args: object, instance: object = None) -> bytes:
    return json.dumps([name, instance, args, {}]).encode()


GOOD = call(bell.DRAIN, "main")


@pytest.mark.parametrize(
    "name", ["os.system", "subprocess.call", "ingest.wiring.work", "system", ["os.system"], None, 7]
)
def test_no_function_runs_but_the_drain(redis_client: redis.Redis, tmp_path: Path, name: object) -> None:
    smuggle(redis_client, call(name, f"touch {tmp_path / 'trap'}"))
    work(redis_client)
    assert not list(tmp_path.iterdir())
    assert not DRAINED
    assert redis_client.hget("rq:job:evil", "status") == b"failed"


def test_a_method_of_an_instance_in_the_payload_is_not_looked_up(valkey: Any, tmp_path: Path) -> None:
    with valkey.client() as client:
        smuggle(client, call("clear", instance={"not": "called"}))
        work(client)
        assert client.hget("rq:job:evil", "status") == b"failed"
        smuggle(client, call(bell.DRAIN, "main", instance=["append"]))
        work(client)
    assert DRAINED == ["main"]


@pytest.mark.parametrize("where", ["data", "meta", "result"])
def test_a_pickle_is_not_opened(redis_client: redis.Redis, tmp_path: Path, where: str) -> None:
    trap = pickle.dumps(Trap(tmp_path / "trap"))
    smuggle(redis_client, **{"data": GOOD, where: trap})
    work(redis_client)
    assert not list(tmp_path.iterdir())
    assert len(DRAINED) == (where != "data")


def test_callbacks_and_webhooks_in_the_payload_are_not_called(
    redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    monkeypatch.setattr("os.system", lambda *args: called.append("callback"))
    monkeypatch.setattr("rq.webhook.urlopen", lambda *args, **more: called.append("webhook"))
    hooks = [{"url": "http://127.0.0.1:9/", "job_status": status} for status in ("finished", "failed")]
    names = {f"{kind}_callback_name": "os.system" for kind in ("success", "failure", "stopped")}
    for data in (GOOD, call("os.system", "true")):
        smuggle(redis_client, data, webhooks=json.dumps(hooks), **names)
        work(redis_client)
    assert DRAINED == ["main"]
    assert not called


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[]", b'"drain"', b"{}", b'["a"]', b"[" * 5000])
def test_a_payload_that_is_no_job_fails_and_the_worker_goes_on(valkey: Any, data: bytes) -> None:
    with valkey.client() as client:
        smuggle(client, data)
        bell.ring(client, "main")
        work(client)
    assert DRAINED == ["main"]


@pytest.mark.parametrize(
    "field", ["timeout", "ttl", "result_ttl", "failure_ttl", "status", "created_at", "dependency_ids"]
)
@pytest.mark.parametrize("value", ["soon", b"\xff", "1" * 40])
def test_a_job_whose_fields_are_no_numbers_and_dates_does_not_end_the_worker(
    valkey: Any, field: str, value: str | bytes
) -> None:
    with valkey.client() as client:
        smuggle(client, GOOD, **{field: value})
        work(client)
        DRAINED.clear()
        bell.ring(client, "main")
        work(client)
    assert DRAINED == ["main"]


def test_a_field_whose_name_is_no_text_does_not_end_the_worker(valkey: Any) -> None:
    with valkey.client() as client:
        smuggle(client, GOOD)
        client.hset("rq:job:evil", b"\xff", b"")
        bell.ring(client, "main")
        work(client)
    assert DRAINED == ["main"]


def test_a_worker_that_begins_rings_for_itself(valkey: Any) -> None:
    with valkey.client() as client:
        bell.ring(client, "main")
        bell.ring_once(client, "main", "host-1-a")
        work(client)
        assert not client.keys("rq:job:*")
    assert DRAINED == ["main", "main"]


def test_a_worker_of_rqs_own_command_line_has_our_job_class_and_serializer_whatever_it_was_told(
    valkey: Any, tmp_path: Path
) -> None:
    with valkey.client() as client:
        theirs = [Queue(bell.QUEUE, connection=client, serializer=DefaultSerializer)]
        told = {"job_class": None, "queue_class": None, "serializer": None, "default_result_ttl": DEFAULT_RESULT_TTL}
        smuggle(client, pickle.dumps((bell.DRAIN, None, ("main",), {"trap": Trap(tmp_path / "trap")})))
        work(client, bell.DrainWorker(theirs, connection=client, name="x", worker_ttl=420, **told))
        assert client.hget("rq:job:evil", "status") == b"failed"
    assert not list(tmp_path.iterdir())


def test_a_worker_refuses_other_queues(valkey: Any) -> None:
    with valkey.client() as client, pytest.raises(ValueError, match="storywire alone"):
        bell.DrainWorker(["default", bell.QUEUE], connection=client)


def test_rqs_own_command_line_runs_a_drain(valkey: Any, tmp_path: Path) -> None:
    rq = Path(sys.executable).with_name("rq")
    with valkey.client() as client:
        bell.ring(client, "main")
        line = [rq, "worker", "storywire", "--url", valkey.url, "--worker-class", "ingest.inbox.bell.DrainWorker"]
        environment = {**os.environ, "INGEST_STORE": valkey.url}
        found = subprocess.run([*line, "--burst"], env=environment, capture_output=True, timeout=60, check=True)
        assert b"Job OK" in found.stdout + found.stderr
        assert not client.llen(f"rq:queue:{bell.QUEUE}")
        assert not client.exists("rq:failed:storywire")


def test_bells_of_two_seconds_are_rung_once_and_again_after_a_drain(valkey: Any) -> None:
    with valkey.client() as client:

        def rings() -> int:
            """How many were new of two rings in the same two seconds."""
            while True:
                before = client.time()[0] // 2
                new = bell.ring(client, "main") + bell.ring(client, "main")
                if client.time()[0] // 2 == before:
                    return new
                client.delete(*client.keys("rq:*"))

        assert rings() == 1
        work(client)
        assert rings() == 1
        work(client)
    assert DRAINED == ["main", "main"]


def test_a_bell_outlives_nothing(redis_client: redis.Redis) -> None:
    assert bell.ring(redis_client, "main") == 1
    (job,) = redis_client.keys("rq:job:drain-main-0-*")
    assert 0 < redis_client.ttl(job) <= bell.BELL_TTL
    work(redis_client)
    assert not redis_client.keys("rq:job:*")
    assert not redis_client.keys("rq:results:*")


def test_each_worker_has_a_bell_of_its_own_and_the_dead_have_none(valkey: Any) -> None:
    with valkey.client() as client:
        for name in ("host-1-a", "host-1-b", "host-12-a"):
            bell.worker(client, name).register_birth()
        assert bell.workers(client) == 3
        assert bell.ring(client, "main") >= 3
        client.delete("rq:worker:host-12-a")  # as its time to live does
        assert bell.workers(client) == 2
        assert bell.bury(client, "host-1-") == 2
        assert bell.workers(client) == 0
        assert client.smembers("rq:workers:storywire") == client.smembers("rq:workers") == {b"rq:worker:host-12-a"}
        assert bell.bury(client, "host-1-") == 0


def test_bells_that_nobody_hears_do_not_pile_up(valkey: Any) -> None:
    with valkey.client() as client:
        client.rpush(f"rq:queue:{bell.QUEUE}", *(f"old{number}" for number in range(5000)))
        bell.ring(client, "main")
        assert client.llen(f"rq:queue:{bell.QUEUE}") == bell.MOST_BELLS + 1
        work(client)
    assert DRAINED == ["main"]


def test_a_ring_is_bounded_whatever_rqs_lists_say(valkey: Any) -> None:
    with valkey.client() as client:
        names = [f"rq:worker:{number}" for number in range(1000)]
        client.sadd("rq:workers:storywire", *names)
        client.mset(dict.fromkeys(names, "x"))
        assert bell.ring(client, "main") == bell.MOST_BELLS


def test_a_drain_sees_that_its_worker_is_told_to_leave(valkey: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    with valkey.client() as client:
        worker = bell.worker(client, "w")

        def drain(partition: str) -> None:
            seen.append(bell.stopping())
            worker.handle_warm_shutdown_request()
            seen.append(bell.stopping())

        monkeypatch.setattr("ingest.wiring.drain", drain)
        bell.ring(client, "main")
        work(client, worker)
    assert seen == [False, True]
    assert not bell.stopping()
