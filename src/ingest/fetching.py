"""A fetcher, built: what `ingest fetch` runs, on schedule or once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypedDict

import redis

from ingest.ledger.keys import Keys
from ingest.settings import Settings, SourceSettings
from ingest.sources.access import Access
from ingest.sources.clerk import Clerk
from ingest.sources.clock import ServerClock
from ingest.sources.discovery import Discovery
from ingest.sources.feed_line import FeedLine
from ingest.sources.fetch import Pass
from ingest.sources.fetcher import TACT, Clock, Fetcher, Tact
from ingest.sources.hosts import Hosts
from ingest.sources.http import Http
from ingest.sources.hubs import Hubs
from ingest.sources.leaving import LeavingLine
from ingest.sources.outside import Outside
from ingest.sources.page_line import PageLine
from ingest.sources.patience import Patience
from ingest.sources.polling import Poller
from ingest.sources.port import Outcome, Readers, Scheduled, Stop
from ingest.sources.push_line import PushLine
from ingest.sources.robots import Robots
from ingest.sources.sums import Sums
from ingest.sources.tally import Log, Tally, no_log
from ingest.sources.turns import Turns
from ingest.wiring import Installation

Report = Callable[[Outcome], object]
_LOOK = 0.1
"""Seconds between two looks at the stop flag."""
_LEAVING = 4.0
"""Seconds that whoever is told to stop gives the store to answer: less than supervisors wait before they kill, and than
a server leaves requests under way."""


@dataclass(frozen=True)
class Fetching:
    """What fetches on schedule, what fetches once, what looks for feeds, what takes in what hubs deliver, and what was
    done so far."""

    fetcher: Fetcher
    one_pass: Pass
    discovery: Discovery
    pushes: PushLine
    tally: Tally
    clerk: Clerk


@asynccontextmanager
async def fetching(
    installation: Installation, readers: Readers, stop: Stop, report: Report, log: Log = no_log
) -> AsyncIterator[Fetching]:
    """The parts of a fetcher, its client open until the end."""
    access = Access(installation.settings.access)
    for finding in access.findings():
        report(Outcome(where="settings", fate="warning", detail=finding))
    async with Http(installation.settings.fetch, access=access) as http:
        built = assemble(
            installation.settings,
            http=http,
            inbox=installation.intake(),
            client=installation.client,
            keys=installation.keys,
            readers=readers,
            clock=ServerClock(installation.client),
            stop=stop,
            report=report,
            log=log,
        )
        leaving = asyncio.create_task(_leave(stop, built.clerk))
        try:
            yield built
        finally:
            await built.tally.write()
            leaving.cancel()


async def _leave(stop: Stop, clerk: Clerk) -> None:
    """Once told to stop, nobody waits long for a store that hangs: what it still holds of ours ends by itself."""
    try:
        while not stop.is_set():
            await asyncio.sleep(_LOOK)
        await asyncio.sleep(_LEAVING)
    finally:  # at once, where all is cancelled
        clerk.leave()


class LineParts(TypedDict):
    """What a line of the fetcher is made of, whatever it fetches."""

    inbox: Scheduled
    poller: Poller
    readers: Readers
    limits: SourceSettings
    patience: Patience
    outside: Outside
    now: Callable[[], float]
    chance: Callable[[], float]
    report: Report


class ByHost(TypedDict):
    """What asks hosts for places, on schedule or by hand."""

    inbox: Scheduled
    hosts: Hosts
    spacing: float
    clerk: Clerk
    stop: Stop
    report: Report


def assemble(
    settings: Settings,
    *,
    http: Http,
    inbox: Scheduled,
    client: redis.Redis,
    keys: Keys,
    readers: Readers,
    clock: Clock,
    stop: Stop,
    report: Report,
    log: Log = no_log,
    tact: Tact = TACT,
    chance: Callable[[], float] = random.random,
) -> Fetching:
    """Whatever fetches, of these parts; `chance` in 0..1 spreads its requests."""
    fetch, clerk, sums = settings.fetch, Clerk(), Sums(client, keys)
    tally = Tally(report, log, lambda counts: clerk.call(partial(sums.add, counts)))
    report, patience = tally.outcome, Patience(stop, clock.wait, tally.outcome, clerk)
    hosts = Hosts(client, keys, clock.now, most=fetch.host_requests, longest=fetch.deadline_seconds + 1)
    turns = partial(Turns, hosts, clerk, clock.now, clock.wait, fetch.host_seconds)
    poller = Poller(http, readers, fetch, clock.now, turns())
    by_hand = Poller(http, readers, fetch, clock.now, turns(stop=stop))
    robots = Robots(http, fetch.user_agent, clock.now, turns().pause)
    line: LineParts = {
        "inbox": inbox,
        "poller": poller,
        "readers": readers,
        "limits": settings.sources,
        "patience": patience,
        "outside": Outside(report),
        "now": clock.now,
        "chance": chance,
        "report": report,
    }
    feeds = FeedLine(hubs=Hubs(http, turns(), fetch.callback_url, clock.now, report), **line)
    pages = PageLine(robots=robots, access=Access(settings.access), **line)
    by_host: ByHost = {
        "inbox": inbox,
        "hosts": hosts,
        "spacing": fetch.host_seconds,
        "clerk": clerk,
        "stop": stop,
        "report": report,
    }
    one_pass = Pass(
        poller=by_hand, robots=robots, feeds=feeds, pages=pages, now=clock.now, wait=clock.wait, **by_host
    )
    leaving = LeavingLine(inbox=inbox, http=http, callback=fetch.callback_url, patience=patience, now=clock.now)
    fetcher = Fetcher(
        lines=[feeds, pages, leaving],
        clock=clock,
        patience=patience,
        tally=tally,
        at_once=fetch.requests,
        tact=tact,
        **by_host,
    )
    pushes = PushLine(inbox, feeds, clerk, clock.now, chance, report)
    return Fetching(fetcher, one_pass, Discovery(by_hand, robots, one_pass.place, one_pass.leave), pushes, tally, clerk)
