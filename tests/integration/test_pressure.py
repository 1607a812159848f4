"""A full inbox and a full server, with real processes: said once, waited out, drained, and nothing lost."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from terminal import Start, articles, until

from ingest import wiring
from ingest.errors import Pressure
from ingest.wiring import Installation


@pytest.fixture
def installation(redis_client: redis.Redis, server_url: str) -> Iterator[Installation]:
    """On Valkey 9.1 and on Redis 6.2, without a limit of memory before and after."""
    redis_client.config_set("maxmemory", 0)
    with wiring.opened(wiring.read_settings(store=server_url)) as installation:
        installation.inbox()
        yield installation
    redis_client.config_set("maxmemory", 0)


def written(path: Path, count: int) -> Path:
    with path.open("w") as file:
        for number, article in enumerate(articles(count)):
            file.write(json.dumps({"id": f"k{number}", "title": article.title, "text": article.text}) + "\n")
    return path


def drained(installation: Installation) -> bool:
    return not installation.balance().entries


def test_sources_wait_at_a_full_inbox_say_so_once_and_go_on_when_it_is_drained(
    start: Start, installation: Installation, tmp_path: Path
) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    written(folder / "long.jsonl", 300)
    small = {"INGEST_INBOX__MAX_ENTRIES": "128"}
    watch = start("watch", folder, "--store", installation.store.url, **small)
    watch.says("waiting inbox (the inbox is full: 128 articles wait in the inbox")
    assert "sources stop at 128" in watch.err
    assert "`ingest process` decides them" in watch.err
    stopped = start("watch", folder, "--store", installation.store.url, "--source", "other", **small)
    stopped.says("the inbox is full")
    assert stopped.ends(signal.SIGINT) == 0
    assert "stopped; 0 accepted" in stopped.err

    process = start("process", "--store", installation.store.url)
    watch.says("resumed inbox")
    until(lambda: installation.balance().counters.decided == 300, "all decided")
    assert watch.ends(signal.SIGTERM) == 0
    assert process.ends(signal.SIGTERM) == 0
    said = [line.split(" (")[0] for line in watch.err.splitlines() if "inbox (" in line or "resumed" in line]
    assert said == ["waiting inbox", "resumed inbox"] * (len(said) // 2)
    assert len(said) <= 8  # 300 articles by 64, and no line every second
    assert "stopped; 300 accepted, 0 refused" in watch.err
    assert installation.balance().holds


def test_what_is_accepted_up_to_the_limit_of_memory_can_be_decided_under_that_limit(
    start: Start, installation: Installation, tmp_path: Path
) -> None:
    client = installation.client
    used = client.info("memory")["used_memory"]
    client.config_set("maxmemory", used + 8_000_000)
    inbox, offers, accepted = installation.inbox(), articles(3_000), 0
    said = ""
    for at in range(0, len(offers), 64):
        try:
            accepted += len(inbox.offer(offers[at : at + 64]).entries)
        except Pressure as error:
            said = str(error)
            break
    assert f"of memory, and the {accepted:,} articles in the inbox will take about" in said
    assert accepted > 300
    process = start("process", "--store", installation.store.url)
    until(lambda: drained(installation), "all decided under the limit")
    assert process.ends(signal.SIGTERM) == 0
    assert "out of memory" not in process.err
    balance = installation.balance()
    assert balance.holds
    assert (balance.counters.decided, balance.counters.dead) == (accepted, 0)


def test_workers_stay_up_at_a_full_server_say_so_and_go_on_when_there_is_room(
    start: Start, installation: Installation, tmp_path: Path
) -> None:
    client = installation.client
    offers = articles(200)
    for at in range(0, 200, 50):
        installation.inbox().offer(offers[at : at + 50])
    process = start("process", "--store", installation.store.url, INGEST_INBOX__BATCH="8")
    until(lambda: installation.counted().get("decided", 0) > 0, "the first article")
    children = process.children()
    client.config_set("maxmemory", 1)
    process.says("memory")
    folder = tmp_path / "inbox"
    folder.mkdir()
    written(folder / "more.jsonl", 3)
    watch = start("watch", folder, "--store", installation.store.url)
    watch.says("waiting inbox")
    assert process.process.poll() is None
    assert process.children() == children, process.err
    client.config_set("maxmemory", 0)
    until(lambda: installation.balance().counters.decided == 203, "all decided")
    assert process.ends(signal.SIGTERM) == 0
    assert watch.ends(signal.SIGTERM) == 0
    assert process.children() == []
    assert "died" not in process.err
    assert installation.balance().holds


def test_a_server_that_would_throw_articles_away_is_refused_by_the_command(
    start: Start, installation: Installation
) -> None:
    installation.client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        for words in (("process",), ("watch", ".")):
            command = start(*words, "--store", installation.store.url)
            assert command.ends() == 2
            assert "Set `maxmemory-policy noeviction`" in command.err
            assert len(command.err.splitlines()) == 1
    finally:
        installation.client.config_set("maxmemory-policy", "noeviction")
