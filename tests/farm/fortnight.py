"""A run of the farm in virtual time: the real fetcher, a real server, real sockets; only the clock is made up."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import redis
from farmer import Book
from plan import DAY, Feed
from render import START
from virtual_time import VirtualClock, run_virtually

from ingest.fetching import assemble
from ingest.inbox.envelope import decode
from ingest.inbox.redis import RedisInbox
from ingest.ledger.keys import Keys
from ingest.model import Envelope, ProgressUpdate
from ingest.settings import FetchSettings, InboxSettings, Settings
from ingest.sources.fetcher import Tact
from ingest.sources.http import Http
from ingest.sources.port import Outcome, Readers
from ingest.sources.subscriptions import FEEDS, Subscription, encode
from ingest.sources.subscriptions import Feed as Row

KEYS = Keys("main")
SUBSCRIBED = Subscription(added_at=1, pages="never")
"""The farm has no pages."""
SERVER = Path(__file__).parent / "server.py"
TACT = Tact(look=3600.0, soonest=180.0, renewed=3600.0, lease=10_800.0)
"""What is due within three minutes is taken together, as the sockets' real time is what a run lasts; nobody else holds
the schedule, so there is little to look for, and to renew."""


class Run(msgspec.Struct):
    """What came of it: `seen` is when a feed's item was accepted, (feed, token) -> seconds from the beginning, of each
    time; `cpu` seconds of the fetcher, of the server, and of farm and readers together."""

    feeds: Sequence[Feed]
    days: float
    book: Book
    seen: Mapping[tuple[int, str], Sequence[float]]
    fates: Mapping[str, int]
    seconds: float
    cpu: float
    server_cpu: float


@contextmanager
def farm(feeds: int, days: float, seed: int, settings: FetchSettings, *played: float) -> Iterator[int]:
    """A farm in a process of its own; its port. `played` as in `server`: pace, beginning, delay."""
    given = (feeds, days, seed, settings.host_seconds, settings.host_requests, *played)
    command = [sys.executable, str(SERVER), *map(str, given)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def book(port: int) -> Book:
    return msgspec.json.decode(asked(port, "/book"), type=Book)


def asked(port: int, path: str) -> bytes:
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", path)
        return connection.getresponse().read()


async def to_the_farm(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


class TimedHttp(Http):
    """Tells the farm what time it is."""

    def __init__(self, settings: FetchSettings, clock: VirtualClock) -> None:
        super().__init__(settings, resolve=to_the_farm)
        self._clock = clock

    async def get(self, url: str, headers: Mapping[str, str] | None = None, **others: Any) -> Any:
        at = {"X-Farm-Time": f"{self._clock.now() - START:.4f}"}
        return await super().get(url, {**(headers or {}), **at}, **others)


class Watched(RedisInbox):
    """Remembers when it accepted what: an entry's id tells the real time."""

    clock: VirtualClock

    def offer(self, offers: Sequence[Envelope], **others: Any) -> Any:
        accepted = super().offer(offers, **others)
        now = self.clock.now() - START
        self.times.update((entry, now) for entry in accepted.entries)
        return accepted

    times: dict[str, float]


class Until:
    """A stop that comes when the clock has gone so far. Nothing is waited for in a run where the inbox has room."""

    def __init__(self, clock: VirtualClock, seconds: float) -> None:
        self._clock, self._until = clock, START + seconds

    def is_set(self) -> bool:
        return self._clock.now() >= self._until

    def wait(self, timeout: float) -> bool:
        raise AssertionError("the inbox is full, or the server is gone")


def play(count: int, days: float, seed: int, client: redis.Redis, readers: Readers, feeds: Sequence[Feed]) -> Run:
    fetch = FetchSettings(allow_private=())
    with farm(count, days, seed, fetch) as port:
        allowed = tuple(f"{host}:{port}" for host in sorted({feed.host for feed in feeds}))
        settings = Settings(
            fetch=fetch.model_copy(update={"allow_private": allowed}), inbox=InboxSettings(max_entries=10_000_000)
        )
        inbox = Watched(client, KEYS, settings.inbox)
        inbox.times = {}
        fates: dict[str, int] = {}

        def report(outcome: Outcome) -> None:
            fates[outcome.fate] = fates.get(outcome.fate, 0) + 1

        async def run() -> None:
            clock = inbox.clock = VirtualClock(START)
            clock.begin()
            subscribe(inbox, [f"http://{feed.host}:{port}{feed.path}" for feed in feeds], SUBSCRIBED, START)
            async with TimedHttp(settings.fetch, clock) as http:
                built = assemble(
                    settings,
                    http=http,
                    inbox=inbox,
                    client=client,
                    keys=KEYS,
                    readers=readers,
                    clock=clock,
                    stop=Until(clock, days * DAY),
                    report=report,
                    tact=TACT,
                )
                clock.attend(built.clerk)
                await built.fetcher.run()

        began = time.perf_counter(), time.process_time(), _server_cpu(client)
        run_virtually(run(), pace=0.01)
        ended = time.perf_counter(), time.process_time(), _server_cpu(client)
        seconds, cpu, server_cpu = (after - before for after, before in zip(ended, began, strict=True))
        return Run(feeds, days, book(port), harvest(client, inbox.times), fates, seconds, cpu, server_cpu)


def subscribe(inbox: RedisInbox, urls: Sequence[str], about: Subscription, due: float) -> None:
    row, at = encode(Row(about=about)), int(due * 1000)
    for first in range(0, len(urls), 500):
        names = urls[first : first + 500]
        inbox.offer([], progress=[ProgressUpdate(FEEDS, dict.fromkeys(names, row), due=dict.fromkeys(names, at))])


def harvest(client: redis.Redis, times: Mapping[str, float]) -> dict[tuple[int, str], list[float]]:
    """All that is in the inbox, by feed and token."""
    found: dict[tuple[int, str], list[float]] = {}
    last = "-"
    while page := client.xrange(KEYS.inbox, last, count=5000):
        for entry, fields in page:
            envelope = decode(fields[b"e"])
            feed = int(envelope.source.rpartition("/")[2])
            token = (envelope.title or "").split()[-1]
            found.setdefault((feed, token), []).append(times.get(entry.decode(), 0.0))
        last = f"({page[-1][0].decode()}"
    return found


def _server_cpu(client: redis.Redis) -> float:
    used: Any = client.info("cpu")
    return float(used["used_cpu_user"]) + float(used["used_cpu_sys"])
