"""`ingest watch`: a folder, for as long as it runs."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, get_args

import typer

from ingest import pipeline, wiring
from ingest.cli import options
from ingest.cli.output import remark
from ingest.cli.signals import stopped_by_signals
from ingest.errors import UsageError
from ingest.sources import watch as watching
from ingest.sources.aftermath import After

HELP = """Offer every article in FOLDER, and what comes, until stopped. `ingest process` decides them.

On a network mount, where no changes are announced, the folder is looked at every second, and one line says so.

A file counts once it is complete: renamed in, or still for a moment. A rewritten file is a new version of its article.
Links, pipes, devices and sockets are refused. What was done with each file is kept in the store: no restart loses or
repeats one.

Examples:

    ingest watch ./inbox

    ingest watch /srv/wire --after move --store redis://localhost:6379/0
"""


_BY = {"auto": None, "polling": True, "notices": False}


def register(app: typer.Typer) -> None:
    app.command(help=HELP)(watch)


def watch(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to watch.")],
    after: Annotated[
        str,
        typer.Option(
            "--after", help="What becomes of finished files: keep, move (to .done), delete (where nothing was refused)."
        ),
    ] = "keep",
    source: Annotated[
        str | None, typer.Option("--source", help="Namespace of the articles' ids (default the folder's name).")
    ] = None,
    polling: Annotated[
        bool | None,
        typer.Option("--polling/--notices", help="Look every second, or wait for the kernel (default: by the mount)."),
    ] = None,
    store: options.Store = None,
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    if after not in get_args(After):
        raise UsageError(f"--after {after}: there is keep, move and delete")
    chosen: After = "move" if after == "move" else "delete" if after == "delete" else "keep"
    settings = options.settings_of(store, config=config, partition=partition)
    stop = threading.Event()
    with wiring.opened(settings) as installation, wiring.readers(settings) as readers, stopped_by_signals(stop):
        outcomes = watching.watch(
            folder,
            inbox=installation.intake(),
            readers=readers,
            settings=settings.sources,
            stop=stop,
            after=chosen,
            source=source,
            polling=_BY[settings.sources.watch_by] if polling is None else polling,
            ready=lambda files: remark(f"watching {folder}: {files} file(s) to read"),
        )
        fates = pipeline.intake(outcomes, lambda outcome: remark(str(outcome)))
    remark(f"stopped; {fates['accepted']} accepted, {fates['refused']} refused")
    return 0
