"""`ingest fetch` in processes of its own, on a folder store and a local web: stopped, killed, its server lost."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from terminal import Command, Start, until

from ingest.ledger.keys import Keys
from ingest.normalise.urls import canonical
from ingest.sources.catalogue import Catalogue
from ingest.sources.subscriptions import FEEDS, Subscription
from ingest.wiring import Installation

sys.path.append(str(Path(__file__).parents[1] / "sources"))
from local_web import Web

DUE = Keys("main").due(FEEDS)


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.close()


def rss(name: str) -> bytes:
    item = f"<item><guid>{name}</guid><title>The ferry {name} runs again</title></item>"
    return f'<rss version="2.0"><channel><title>{name}</title>{item}</channel></rss>'.encode()


def subscribe(installation: Installation, web: Web, *paths: str) -> None:
    catalogue = Catalogue(installation.inbox(), canonical, time.time, [f"127.0.0.1:{web.port}"])
    assert catalogue.add({web.url(path): Subscription() for path in paths}) == {}


def fetching(start: Start, web: Web, store: Path, **more: str) -> Command:
    settings = {"ALLOW_PRIVATE": f'["127.0.0.1:{web.port}"]', "HOST_SECONDS": "0.01", "HOST_REQUESTS": "50", **more}
    command = start("fetch", "--store", store, **{f"INGEST_FETCH__{name}": value for name, value in settings.items()})
    command.says("Ctrl-C ends it")
    return command


def accepted(installation: Installation) -> int:
    return installation.counted().get("accepted", 0)


def test_two_fetchers_poll_each_feed_once_and_end_when_told(
    start: Start, installation: Installation, store_folder: Path, web: Web
) -> None:
    paths = [f"/{n}" for n in range(20)]
    web.routes = {path: (200, {}, rss(path)) for path in paths}
    subscribe(installation, web, *paths)
    both = [fetching(start, web, store_folder) for _ in range(2)]
    until(lambda: accepted(installation) == len(paths), "an article of each feed")
    assert sorted(web.paths()) == sorted(paths)
    assert [command.ends(signal.SIGTERM) for command in both] == [0, 0]
    assert all("stopped;" in command.err for command in both)
    said = "".join(command.err for command in both)
    assert "unchanged" not in said
    assert "accepted /" not in said


def test_who_is_told_to_stop_frees_what_hangs(
    start: Start, installation: Installation, store_folder: Path, web: Web
) -> None:
    over = threading.Event()

    def hang(headers: Any) -> Any:
        over.wait(60)
        return 200, {}, rss("slow")

    web.routes["/slow"] = hang
    subscribe(installation, web, "/slow")
    command = fetching(start, web, store_folder)
    until(lambda: web.asked, "the request")
    assert command.ends(signal.SIGINT, 10) == 0
    due: Any = installation.client.zscore(DUE, web.url("/slow"))
    now: Any = installation.client.time()
    assert due / 1000 <= now[0] + 1  # at once, not at the end of a lease
    over.set()


@pytest.mark.faults
def test_what_a_killed_fetcher_held_is_taken_over(
    start: Start, installation: Installation, store_folder: Path, web: Web
) -> None:
    over = threading.Event()

    def hang_once(headers: Any) -> Any:
        if web.paths().count("/slow") == 1:
            over.wait(60)
        return 200, {}, rss("slow")

    web.routes["/slow"] = hang_once
    subscribe(installation, web, "/slow")
    first = fetching(start, web, store_folder)
    until(lambda: web.asked, "the request")
    second = fetching(start, web, store_folder)
    os.kill(first.process.pid, signal.SIGKILL)
    until(lambda: accepted(installation) == 1, "the other taking over", 30)
    assert web.paths().count("/slow") == 2
    over.set()
    assert second.ends(signal.SIGTERM) == 0


@pytest.mark.faults
def test_a_server_that_dies_and_comes_back_loses_no_feed_and_no_article(
    start: Start, installation: Installation, store_folder: Path, web: Web
) -> None:
    server: Any = installation.client.info("server")
    answered = threading.Event()

    def die(headers: Any) -> Any:
        os.kill(server["process_id"], signal.SIGKILL)  # while the feed is being fetched; its guard starts another
        answered.set()
        return 200, {}, rss("one")

    web.routes = {"/one": die, "/two": (200, {}, rss("two"))}
    subscribe(installation, web, "/one")
    command = fetching(start, web, store_folder)
    assert answered.wait(60)
    web.routes["/one"] = (200, {}, rss("one"))
    until(lambda: _counted(installation) == 1, "the article")
    subscribe(installation, web, "/two")
    until(lambda: _counted(installation) == 2, "the other article")
    assert command.ends(signal.SIGTERM) == 0
    assert installation.inbox().balance().holds


def _counted(installation: Installation) -> int:
    try:
        return accepted(installation)
    except redis.ConnectionError:
        return -1
