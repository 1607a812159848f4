"""`ingest process`: worker processes, for as long as it runs."""

from __future__ import annotations

import threading
from typing import Annotated

import typer

from ingest import children, wiring
from ingest.cli import options
from ingest.cli.output import remark
from ingest.cli.signals import stopped_by_signals

HELP = """Decide what the sources put into the inbox, until stopped.

Starts RQ worker processes, replaces those that die, and rings the bell every two seconds. TERM or Ctrl-C: the article
in hand is finished, the rest is left for others, and all are gone within 10 seconds.

Examples:

    ingest process --workers 2

    ingest process --store redis://localhost:6379/0
"""


def register(app: typer.Typer) -> None:
    app.command(help=HELP)(process)


def process(
    workers: Annotated[int, typer.Option("--workers", "-w", min=1, max=64, help="Worker processes.")] = 1,
    store: options.Store = None,
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    settings = options.settings_of(store, config=config, partition=partition)
    stop = threading.Event()
    with wiring.opened(settings) as installation, stopped_by_signals(stop):
        installation.partition  # noqa: B018 -- made, or refused, before any worker starts
        remark(f"{workers} worker(s) on {installation.store.name}, partition {installation.keys.partition}")
        killed = children.supervisor(settings, installation, workers, stop).run()
    remark("stopped" + (f"; {killed} worker(s) had to be killed" if killed else ""))
    return 1 if killed else 0
