"""Fetchers on a real schedule of a real server, in virtual time; the web is a local one."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import msgspec
from local_web import Answer, Web
from source_doubles import READERS, ImpatientStop
from virtual_time import VirtualClock, run_virtually

from ingest.fetching import assemble
from ingest.inbox.redis import RedisInbox
from ingest.ledger.keys import Keys
from ingest.model import ProgressUpdate
from ingest.settings import AccessSettings, FetchSettings, Settings
from ingest.sources.access import Access
from ingest.sources.dial import Resolve
from ingest.sources.fetcher import Tact
from ingest.sources.http import Http
from ingest.sources.port import Outcome, Readers
from ingest.sources.subscriptions import FEEDS, Feed, Subscription, decode, encode
from ingest.store import Store

START = 1_718_700_000.0
HOUR, DAY = 3600.0, 86_400.0
KEYS = Keys("main")
SLOW = Tact(look=600.0, renewed=600.0, lease=1200.0)


async def at_once(host: str, port: int) -> list[str]:
    """Resolves without a thread, which the virtual clock would not wait for."""
    return [host]


class Span(ImpatientStop):
    """Stops when the clock has gone so far."""

    def __init__(self, clock: VirtualClock, until: float) -> None:
        super().__init__()
        self._clock, self._until = clock, until

    def is_set(self) -> bool:
        return self._clock.now() >= self._until


def rss(*guids: str) -> bytes:
    items = "".join(f"<item><guid isPermaLink='false'>{g}</guid><title>Title {g}</title></item>" for g in guids)
    return f'<rss version="2.0"><channel><title>Daily</title>{items}</channel></rss>'.encode()


@dataclass
class Bureau:
    """A store with subscriptions, and fetchers that run on them, span after span."""

    web: Web
    store: Store
    readers: Readers = READERS
    tact: Tact = SLOW
    settings: dict[str, Any] = field(default_factory=dict)
    access: dict[str, AccessSettings] = field(default_factory=dict)
    at: float = START
    resolve: Resolve = at_once
    outcomes: list[Outcome] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    clock: VirtualClock = field(default_factory=VirtualClock)
    asked: list[tuple[float, str]] = field(default_factory=list)
    chance: Callable[[], float] = field(default_factory=lambda: random.Random(1).random)
    pace: float = 1.0

    def __post_init__(self) -> None:
        self.inbox: Any = RedisInbox(self.store.client(), KEYS)

    def answers(self, path: str, answer: Callable[[], Answer] | Answer) -> str:
        """Have the web answer so at this path, and note when it is asked; gives the URL."""

        def noting(headers: Any) -> Answer:
            self.asked.append((self.clock.now() - START, path))
            return answer() if callable(answer) else answer

        self.web.routes[path] = noting
        return self.web.url(path)

    def subscribe(self, *urls: str, about: Subscription | None = None) -> None:
        row = encode(Feed(about=about or Subscription(added_at=1)))
        due = dict.fromkeys(urls, int(self.at * 1000))
        self.inbox.offer([], progress=[ProgressUpdate(FEEDS, dict.fromkeys(urls, row), due=due)])

    def run(self, seconds: float, fetchers: int = 1) -> list[Outcome]:
        """What they say in a span of time that passes in no time."""
        said = len(self.outcomes)
        run_virtually(self._run(seconds, fetchers), self.pace)
        return self.outcomes[said:]

    async def _run(self, seconds: float, fetchers: int) -> None:
        self.clock = VirtualClock(self.at)
        self.clock.begin()
        self.at += seconds
        found = FetchSettings(**{"allow_private": (f"127.0.0.1:{self.web.port}",), **self.settings})
        async with AsyncExitStack() as stack:
            built = [
                assemble(
                    Settings(fetch=found, access=self.access),
                    http=await stack.enter_async_context(Http(found, resolve=self.resolve, access=Access(self.access))),
                    inbox=self.inbox,
                    client=self.store.client(),
                    keys=KEYS,
                    readers=self.readers,
                    clock=self.clock,
                    stop=Span(self.clock, self.at),
                    report=self.outcomes.append,
                    log=lambda event, fields: self.logged.append(event),
                    tact=self.tact,
                    chance=self.chance,
                )
                for _ in range(fetchers)
            ]
            for each in built:
                self.clock.attend(each.clerk)
            await asyncio.gather(*(each.fetcher.run() for each in built))

    def feed(self, url: str) -> Feed:
        return decode(self.inbox.kept(FEEDS)[url])

    def due(self, url: str) -> float | None:
        """When it is due, seconds after the start; None for never."""
        at: Any = self.store.client().zscore(KEYS.due(FEEDS), url)
        return None if at is None else at / 1000 - START

    def times(self, path: str) -> list[float]:
        return [at for at, asked in self.asked if asked == path]

    def articles(self) -> int:
        return int(self.store.client().xlen(KEYS.inbox))  # type: ignore[arg-type]  # of a client that does not wait

    def change(self, url: str, **fields: Any) -> None:
        """Somebody writes into its row."""
        row = msgspec.structs.replace(self.feed(url), **fields)
        self.inbox.offer([], progress=[ProgressUpdate(FEEDS, {url: encode(row)})])
