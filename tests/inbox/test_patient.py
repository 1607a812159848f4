"""A worker of the bell stays when its server is full, and leaves when it is told to although nobody listens."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from rq.exceptions import StopRequested

from ingest.inbox import bell


@pytest.fixture
def client(valkey: Any) -> Iterator[redis.Redis]:
    with valkey.client() as client:
        yield client
        client.config_set("maxmemory", 0)


def burst(worker: bell.DrainWorker) -> None:
    """Work until the queue is empty; without the thread that hears `rq` commands and ends slowly."""
    worker.subscribe = lambda: None
    worker.work(burst=True, logging_level="CRITICAL")


def test_a_worker_whose_server_is_full_in_the_middle_of_a_drain_waits_and_hears_the_next_bell(
    client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    drained: list[str] = []
    waited = threading.Event()

    def drain(partition: str) -> None:
        if not drained:
            client.config_set("maxmemory", 1)
        drained.append(partition)

    def pause(seconds: float) -> None:
        waited.set()
        client.config_set("maxmemory", 0)

    monkeypatch.setattr("ingest.wiring.drain", drain)
    worker = bell.worker(client, "w")
    monkeypatch.setattr(worker, "pause", pause)
    bell.ring(client, "main")
    bell.queue(client).enqueue_call(bell.DRAIN, args=("main",), result_ttl=0, timeout=-1)
    burst(worker)
    assert waited.is_set()
    assert drained == ["main", "main"]


def test_a_worker_whose_job_is_gone_after_a_rollback_hears_the_next_bell(
    client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    drained: list[str] = []

    def drain(partition: str) -> None:
        if not drained:
            client.delete(*client.keys("rq:job:drain-*"))
        drained.append(partition)

    monkeypatch.setattr("ingest.wiring.drain", drain)
    bell.ring(client, "main")
    bell.queue(client).enqueue_call(bell.DRAIN, args=("main",), result_ttl=0, timeout=-1)
    burst(bell.worker(client, "w"))
    assert drained == ["main", "main"]


def test_a_worker_told_to_stop_while_its_server_refuses_everything_leaves(
    client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = bell.worker(client, "w")

    def drain(partition: str) -> None:
        client.config_set("maxmemory", 1)
        worker.handle_warm_shutdown_request()
        worker._shutdown()

    monkeypatch.setattr("ingest.wiring.drain", drain)
    bell.ring(client, "main")
    burst(worker)
    assert worker._stop_requested


def test_who_is_told_to_stop_asks_the_server_nothing_and_leaves_whatever_becomes_of_the_signals_exception(
    client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = bell.worker(client, "w")

    def asked(*args: Any, **kwargs: Any) -> None:
        raise AssertionError(f"asked for {args[0]} within the handler of a signal")

    monkeypatch.setattr(worker.connection, "execute_command", asked)
    with contextlib.suppress(StopRequested):  # a handler of articles may take it for an article's error
        worker.handle_warm_shutdown_request()
        worker._shutdown()
    worker.set_shutdown_requested_date()
    assert worker._stop_requested
