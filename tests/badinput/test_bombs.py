"""What a bomb costs: each is fetched in a process of its own, which says what it took."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asking import refusal
from bombs import bombs
from drips import DRIPS, dripping
from local_web import Web, raw_server

HERE = Path(__file__).parent
MEGABYTES = 200
NAMES = tuple(name for name, _, _ in bombs(1))
MOST_MEMORY, MOST_SECONDS = 64_000, 2.0
"""kB of growth and seconds of processor time, at the product's own limit of 10 MB."""
DEADLINE = 3.0

FETCH = """
import asyncio, json, sys, time
from ingest.errors import Refused
from ingest.settings import FetchSettings
from ingest.sources.http import Http

def peak():
    # in kB, of this program alone: getrusage tells the peak of the parent too, which a child inherits
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

async def run(bomb, harmless):
    hosts = tuple(url.split("/")[2] for url in (bomb, harmless))
    async with Http(FetchSettings(allow_private=hosts)) as http:
        await http.get(harmless)
        began, high = time.process_time(), peak()
        try:
            answer = await http.get(bomb)
            became = f"status {answer.status}, {len(answer.body)} bytes"
        except Refused as refused:
            became = refused.reason
        seconds = time.process_time() - began
    return {"became": became, "kilobytes": peak() - high, "seconds": round(seconds, 3)}

print(json.dumps(asyncio.run(run(*sys.argv[1:]))))
"""


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    server = Web()
    server.routes["/"] = (200, {}, b"harmless")
    for name, coding, body in bombs(MEGABYTES):
        server.routes[f"/{NAMES.index(name)}"] = (200, {"Content-Encoding": coding}, body)
    yield server
    server.close()


def cost(bomb: str, harmless: str) -> dict[str, float | str]:
    told = subprocess.run([sys.executable, "-c", FETCH, bomb, harmless], capture_output=True, check=True, timeout=60)
    found: dict[str, float | str] = json.loads(told.stdout)
    return found


@pytest.mark.badinput
@pytest.mark.parametrize("name", NAMES)
def test_a_bomb_costs_little_memory_and_little_time(web: Web, name: str) -> None:
    found = cost(web.url(f"/{NAMES.index(name)}"), web.url())
    print(name, found)
    assert found["became"] in {"too-large", "fetch-failed"}
    assert float(found["kilobytes"]) < MOST_MEMORY
    assert float(found["seconds"]) < MOST_SECONDS


ENDLESS = {
    "body": (b"\r\n", b"x" * 65_536),
    "small chunks": (b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 5_000),
    "trailers": (b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 5_000),
    "headers": (b"", b"X: y\r\n" * 5_000),
    "one header": (b"X: ", b"y" * 65_536),
    "interim answers": (None, b"HTTP/1.1 102 Processing\r\n\r\n" * 1_000),
}


@pytest.mark.badinput
@pytest.mark.parametrize("kind", ENDLESS)
def test_what_does_not_end_costs_little_memory_and_little_time(web: Web, kind: str) -> None:
    start, more = ENDLESS[kind]

    def speak(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(b"" if start is None else b"HTTP/1.1 200 OK\r\n" + start)
        while not over.is_set():
            connection.sendall(more)

    with raw_server(speak) as url:
        found = cost(url, web.url())
    print(kind, found)
    assert found["became"] in {"too-large", "fetch-failed"}
    assert float(found["kilobytes"]) < MOST_MEMORY
    assert float(found["seconds"]) < MOST_SECONDS


@pytest.mark.badinput
@pytest.mark.parametrize("kind", DRIPS)
def test_a_drip_is_cut_at_the_deadline(kind: str) -> None:
    with raw_server(dripping(kind, 0.1)) as url:
        began = time.monotonic()
        said = refusal(url, deadline_seconds=DEADLINE).detail
        took = time.monotonic() - began
    assert f"within {DEADLINE:g} s" in said
    assert abs(took - DEADLINE) < 1.0
