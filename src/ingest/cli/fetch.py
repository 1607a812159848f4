"""`ingest fetch`: the subscribed feeds on schedule until stopped, or one polite pass over what is named."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from contextlib import suppress
from typing import Annotated

import structlog
import typer

from ingest import fetching, wiring
from ingest.cli import options
from ingest.cli.output import remark
from ingest.cli.signals import stopped_by_signals
from ingest.outcome_log import logged
from ingest.settings import Settings
from ingest.sources.offering import Stopped
from ingest.sources.port import Outcome

log = structlog.get_logger()

HELP = """Fetch the subscribed feeds (`ingest feeds`) when each is due, until stopped; or, with URLs, read those once.

Feeds are RSS, Atom, RDF and JSON Feed. What is new in them goes to the workers together with what is remembered, so no
restart loses or repeats an article. Several fetchers share one schedule: start as many as you like, on any host.
Servers are asked politely: with conditions, at intervals learned from each feed, one request a second to a host. Pages
are fetched as robots.txt allows. Addresses that are not public are refused.

Examples:

    ingest fetch

    ingest fetch https://www.example.org/feed.xml https://www.example.org/news/1.html
"""


def register(app: typer.Typer) -> None:
    app.command(help=HELP)(fetch)


def fetch(
    urls: Annotated[list[str] | None, typer.Argument(metavar="[URL...]", help="Read these once, and end.")] = None,
    store: options.Store = None,
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    settings = options.settings_of(store, config=config, partition=partition)
    stop = threading.Event()
    fates: Counter[str] = Counter()

    def report(outcome: Outcome) -> None:
        fates[outcome.fate] += 1
        if urls:
            remark(str(outcome))
        else:
            logged("fetch", outcome, counted=True)

    with stopped_by_signals(stop), suppress(Stopped):
        asyncio.run(_fetch(settings, urls or [], stop, report))
    said = ", ".join(f"{count} {fate}" for fate, count in fates.items())
    if not urls:
        remark(f"stopped; {said or 'nothing fetched'}")
        return 0
    remark("stopped; what was accepted is safe" if stop.is_set() else said)
    return 130 if stop.is_set() else 1 if fates["refused"] else 0


async def _fetch(settings: Settings, urls: list[str], stop: threading.Event, report: fetching.Report) -> None:
    with wiring.opened(settings) as installation, wiring.readers(settings) as readers:
        async with fetching.fetching(
            installation, readers, stop, report, lambda event, fields: log.info(event, **fields)
        ) as built:
            if urls:
                await built.one_pass.run(urls)
            else:
                wiring.calm_collector()
                remark(f"fetching the feeds of {installation.store.name}; Ctrl-C ends it")
                await built.fetcher.run()
