"""`ingest fetch`: one polite pass over feeds and pages."""

from __future__ import annotations

import threading
from typing import Annotated

import typer

from ingest import pipeline, wiring
from ingest.cli import options
from ingest.cli.output import remark
from ingest.cli.signals import stopped_by_signals
from ingest.sources import fetch as fetching
from ingest.sources.offering import Stopped

HELP = """Read feeds (RSS, Atom, RDF, JSON Feed) and pages once, politely, and offer what is new to the workers.

What was read is remembered with the articles: the next pass asks for what has changed. robots.txt is kept for pages,
addresses that are not public are refused, a server gets one request a second.

Examples:

    ingest fetch https://www.example.org/feed.xml

    ingest fetch https://www.example.org/news/1.html https://feeds.example.net/world
"""


def register(app: typer.Typer) -> None:
    app.command(help=HELP)(fetch)


def fetch(
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Addresses of feeds and pages.")],
    store: options.Store = None,
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    settings = options.settings_of(store, config=config, partition=partition)
    stop = threading.Event()
    with wiring.opened(settings) as installation, wiring.readers(settings) as readers, stopped_by_signals(stop):
        outcomes = fetching.fetch(
            urls,
            inbox=installation.intake(),
            readers=readers,
            settings=settings.fetch,
            limits=settings.sources,
            stop=stop,
        )
        try:
            fates = pipeline.intake(outcomes, lambda outcome: remark(str(outcome)))
        except Stopped:
            remark("stopped; what was accepted is safe")
            return 130
    remark(", ".join(f"{count} {fate}" for fate, count in fates.items()) or "nothing to fetch")
    return 130 if stop.is_set() else 1 if fates["refused"] else 0
