"""Polls of one fetcher, of which 95 % are answered 304, against bare httpx and feedparser; whether it grows, and
keeps its schedule.

Ours is all of it: schedule, hosts, the guarded client, parser children, articles and progress in one step. The peer
keeps its tags in a dict and throws away what it parsed.
"""

from __future__ import annotations

import asyncio
import io
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import feedparser
import httpx

from ingest.fetching import assemble
from ingest.inbox.port import Offered
from ingest.inbox.redis import RedisInbox
from ingest.model import Envelope, ProgressUpdate
from ingest.settings import FetchSettings, InboxSettings, Settings
from ingest.sources.clock import ServerClock
from ingest.sources.http import Http
from ingest.sources.port import Readers
from ingest.sources.subscriptions import FEEDS, Feed, Subscription, encode
from ingest.wiring import Installation, calm_collector, opened, readers

from .measure import Pair, Spent, Stopwatch, middle, taking_turns
from .report import Row
from .sizes import Size

HOSTS = 0.3  # a feed
AT_ONCE = 100
FLAT = 1.1
LATE = 1.0  # seconds after it was due, with the poll itself


class Counting(RedisInbox):
    """Calls when so many polls are settled: each ends with one offer that moves the feed's row."""

    left = 0
    over: Callable[[], object]
    due: Mapping[str, int]  # ms, the time that each is due
    late: list[float]  # seconds from then until it was settled

    def offer(self, offers: Sequence[Envelope], **others: Any) -> Offered:
        accepted = super().offer(offers, **others)
        polled = [update for update in others.get("progress", ()) if update.source == FEEDS]
        if polled:
            self.late += [time.time() - self.due[url] / 1000 for update in polled for url in update.fields]
            self.left -= 1
            if self.left == 0:
                self.over()
        return accepted


class Bench:
    def __init__(self, installation: Installation, reading: Readers, feeds: int, port: int) -> None:
        self._installation, self._reading, self._port = installation, reading, port
        self._urls = [f"http://h{n % max(1, int(feeds * HOSTS))}.example:{port}/{n}" for n in range(feeds)]
        allowed = tuple({url.split("/")[2] for url in self._urls})
        self._fetch = FetchSettings(allow_private=allowed, host_seconds=0.001, requests=AT_ONCE)
        self._tags: dict[int, str] = {}

    def ours(self) -> Spent:
        """Every feed once, all of them due at once."""
        return self._polled(0)[0]

    def late(self, spread: float) -> list[float]:
        """Every feed once, each due at its own moment of so many seconds: seconds from then until it was settled."""
        return sorted(self._polled(spread)[1])

    def _polled(self, spread: float) -> tuple[Spent, list[float]]:
        stop = threading.Event()
        installation = self._installation
        inbox = Counting(installation.client, installation.keys, installation.settings.inbox)
        spent: list[Spent] = []

        def over() -> None:  # at the last poll: the fetcher may look once more before it hears of the stop
            spent.append(watch.spent(len(self._urls)))
            stop.set()

        inbox.over, inbox.late = over, []
        kept, now = inbox.kept(FEEDS), int(time.time() * 1000)
        inbox.due = {url: now + int(1000 * spread * n / len(self._urls)) for n, url in enumerate(self._urls)}
        new = encode(Feed(about=Subscription(added_at=1, pages="never")))
        for first in range(0, len(self._urls), 500):
            rows = {url: kept.get(url, new) for url in self._urls[first : first + 500]}
            inbox.offer([], progress=[ProgressUpdate(FEEDS, rows, due={url: inbox.due[url] for url in rows})])
        inbox.left = len(self._urls)
        watch = Stopwatch(installation.client)
        asyncio.run(self._run(inbox, stop))
        return spent[0], inbox.late

    async def _run(self, inbox: RedisInbox, stop: threading.Event) -> None:
        async def here(host: str, port: int) -> list[str]:
            return ["127.0.0.1"]

        async with Http(self._fetch, resolve=here) as http:
            built = assemble(
                Settings(fetch=self._fetch),
                http=http,
                inbox=inbox,
                client=self._installation.client,
                keys=self._installation.keys,
                readers=self._reading,
                clock=ServerClock(self._installation.client),
                stop=stop,
                report=lambda outcome: None,
            )
            await built.fetcher.run()

    def theirs(self) -> Spent:
        watch = Stopwatch()
        asyncio.run(self._bare())
        return watch.spent(len(self._urls))

    async def _bare(self) -> None:
        places = asyncio.Semaphore(AT_ONCE)
        async with httpx.AsyncClient(trust_env=False) as client:

            async def one(number: int) -> None:
                async with places:
                    tag = self._tags.get(number)
                    answer = await client.get(
                        f"http://127.0.0.1:{self._port}/bare/{number}", headers={"If-None-Match": tag} if tag else {}
                    )
                if answer.status_code == 200:
                    self._tags[number] = answer.headers["etag"]
                    feedparser.parse(io.BytesIO(answer.content))

            await asyncio.gather(*map(one, range(len(self._urls))))


def run(size: Size, place: Path) -> list[Row]:
    before = _of_children()
    # Nobody empties the inbox, and the first round alone brings as many articles as it takes by default.
    settings = Settings(store=str(place / "polls"), inbox=InboxSettings(max_entries=10_000_000))
    with opened(settings) as installation, _server() as port:
        with readers(installation.settings) as reading:
            calm_collector()  # as `ingest fetch` does
            bench = Bench(installation, reading, size.feeds, port)
            bench.ours()  # all of it is new, and read
            bench.theirs()
            pair = taking_turns(size.rounds, bench.ours, bench.theirs)
            memory = [(size.feeds * (1 + size.rounds), _resident())]
            while memory[-1][0] < size.polls:
                bench.ours()
                memory.append((memory[-1][0] + size.feeds, _resident()))
            late = bench.late(size.spread)
        parsing = _of_children() - before
    polled = memory[-1][0] + size.feeds
    return [*_rows(size, pair, memory, 1000 * parsing / polled), _on_schedule(size, late)]


def _on_schedule(size: Size, late: list[float]) -> Row:
    """A feed's interval is ten minutes at least: so many in a minute are more than there can be in the long run."""
    what = f"{size.feeds:,} feeds due one by one within {size.spread} s: settled after, median, 99 %, the last"
    half, most, worst = late[len(late) // 2], late[len(late) * 99 // 100], late[-1]
    shown = f"{half:.2f} s, {most:.2f} s, {worst:.2f} s"
    return Row(what, shown, f"none later than {LATE:.0f} s", worst <= LATE)


def _rows(size: Size, pair: Pair, memory: list[tuple[int, int]], parsing: float) -> list[Row]:
    rate, cost = middle(pair.ours, lambda s: s.rate), middle(pair.ours, lambda s: s.cpu_ms)
    theirs, bare = middle(pair.theirs, lambda s: s.rate), middle(pair.theirs, lambda s: s.cpu_ms)
    fifth = next(each for each in memory if each[0] >= size.polls // 5)
    shown = f"{fifth[1] / 1e6:.0f} MB after {fifth[0]:,} polls, {memory[-1][1] / 1e6:.0f} MB after {memory[-1][0]:,}"
    return [
        Row(f"polls/s of one fetcher, {size.feeds:,} feeds, 95 % answered 304", f"{rate:.0f} ({cost:.2f} ms each)"),
        Row("besides, the parser children's time for a poll, with the first round", f"{parsing:.2f} ms"),
        Row(f"against bare httpx and feedparser ({theirs:.0f} polls/s, {bare:.2f} ms each)", pair.spread()),
        Row("memory of the fetcher", shown, f"flat (<= {FLAT})", memory[-1][1] <= FLAT * fifth[1]),
    ]


@contextmanager
def _server() -> Iterator[int]:
    command = [sys.executable, "-m", "bench.feed_server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def _of_children() -> float:
    """Processor seconds of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
