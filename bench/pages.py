"""Pages from a local server into the inbox, against bare trafilatura on the same pages and the same two cores.

Ours is the fetcher: taken from the schedule in a server, robots.txt asked, fetched over a socket, decoded, extracted in
killable children, labelled, offered together with its row. The web server that answers has its share of the two cores
as well. Theirs is bare_extraction(fast=True) in two processes, each with every second page, read from disk. Before the
watch each process reads a page whose day stands in words alone: what that loads for half a second is loaded once.
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import trafilatura

from ingest.fetching import fetching
from ingest.model import Envelope, ProgressUpdate
from ingest.settings import FetchSettings, Settings
from ingest.sources.pages import PAGES, Page, encode
from ingest.sources.port import Outcome
from ingest.wiring import Installation, opened, readers

from . import data
from .measure import Spent, Stopwatch, middle, taking_turns
from .report import Row
from .sizes import Size
from .worker import Apart, settings_of

REACH = 0.8
FIRST = 4  # made-up pages before the watch starts: two at a time, so that each of two children has one
CORES = 2


def run(size: Size, place: Path) -> list[Row]:
    pages = data.pages()[: 2 * size.pages]
    if not pages:
        return [Row("pages", "not measured: INGEST_EVAL_DATA has no pages")]
    stores = (place / f"pages-{number}" for number in itertools.count())
    with served(pages) as port:
        pair = taking_turns(
            size.rounds,
            lambda: _apart_ours(settings_of(next(stores)), port, FIRST + len(pages)),
            lambda: _theirs(pages),
        )
    ours, theirs = middle(pair.ours, lambda spent: spent.rate), middle(pair.theirs, lambda spent: spent.rate)
    what = f"pages: to inbox ({ours:.1f} pages/s) / bare trafilatura {trafilatura.__version__} ({theirs:.1f})"
    return [Row(what, pair.spread(), f">= {REACH}", pair.ratio >= REACH)]


def _apart_ours(settings: Settings, port: int, count: int) -> Spent:
    with Apart() as apart:
        return apart.call(_ours, settings, port, count)


def _ours(settings: Settings, port: int, count: int) -> Spent:
    fetch = FetchSettings(allow_private=(f"127.0.0.1:{port}",), host_seconds=0.001, host_requests=1000)
    settings = settings.model_copy(update={"fetch": fetch})
    with opened(settings) as installation:
        _on_two_cores()
        urls = [f"http://127.0.0.1:{port}/{number}" for number in range(count)]
        with readers(settings) as reading:
            asyncio.run(_fetched(installation, reading, urls[:FIRST]))
            return asyncio.run(_fetched(installation, reading, urls[FIRST:]))


async def _fetched(installation: Installation, reading: object, urls: list[str]) -> Spent:
    """Time from the schedule to the last article accepted."""
    stop = threading.Event()
    done: list[Spent] = []
    watch = Stopwatch(installation.client)

    accepted = itertools.count(1)

    def report(outcome: Outcome) -> None:
        if outcome.fate == "accepted" and next(accepted) == len(urls):
            done.append(watch.spent(len(urls)))
            stop.set()

    _schedule(installation, urls)
    async with fetching(installation, reading, stop, report) as built:  # type: ignore[arg-type]  # the readers of wiring
        watch = Stopwatch(installation.client)
        await built.fetcher.run()
    return done[-1]


def _schedule(installation: Installation, urls: list[str]) -> None:
    now = time.time_ns() // 1_000_000
    entries = {url: Envelope(key=url, source="bench", text="In short.", url=url, completeness="teaser") for url in urls}
    rows = {url: encode(Page(entry=entry, address=url, named_at=now, next_at=now)) for url, entry in entries.items()}
    installation.intake().offer([], progress=[ProgressUpdate(PAGES, rows, due=dict.fromkeys(rows, now))])


def _theirs(pages: list[Path]) -> Spent:
    with ProcessPoolExecutor(CORES, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_begun, range(CORES)))
        watch = Stopwatch()
        list(pool.map(_extracted, [pages[number::CORES] for number in range(CORES)]))
        return watch.spent(len(pages))


def _begun(number: int) -> None:
    _on_two_cores()
    _bare(_first(number))


def _extracted(pages: list[Path]) -> None:
    for page in pages:
        _bare(data.page(page))


def _bare(page: bytes) -> None:
    trafilatura.bare_extraction(page, fast=True, with_metadata=True, include_comments=False, deduplicate=False)


def _first(number: int) -> bytes:
    """A page that says its day in words."""
    text = "".join(
        f"<p>Ferry {number} went to the island {turn} times, and came back as often.</p>" for turn in range(20)
    )
    day = '<p class="date">Written on Thursday the 2nd of May in 2024</p>'
    return f"<html><head><title>A ferry</title></head><body><article>{day}{text}</article></body></html>".encode()


@contextmanager
def served(pages: list[Path]) -> Iterator[int]:
    """A web server in a process of its own; gives its port."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, pages), daemon=True)
    process.start()
    yield ours.recv()
    process.terminate()
    process.join()


def _serve(pipe: Connection, pages: list[Path]) -> None:
    _on_two_cores()
    bodies = [*map(_first, range(FIRST)), *map(data.page, pages)]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        number = request.split(b" ", 2)[1][1:]
        body = bodies[int(number)] if number.isdigit() else b""
        status = b"200 OK" if body else b"404 Not Found"
        head = b"HTTP/1.1 %b\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        writer.write(head % (status, len(body)) + body)
        await writer.drain()
        writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


def _on_two_cores() -> None:
    """And the children that are started from here."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
