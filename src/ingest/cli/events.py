"""`ingest events`: what was told, from a cursor on, and as it comes."""

from __future__ import annotations

import sys
import threading
from typing import Annotated

import typer

from ingest.cli import options
from ingest.cli.output import emit_json, remark, say
from ingest.cli.signals import stopped_by_signals
from ingest.cli.views import event_lines
from ingest.events.cursor import Gap
from ingest.events.filters import Filter
from ingest.events.schema import FILE
from ingest.events.stream import walk

HELP = """The events of the store, oldest first; with --follow also those to come.

Examples:

    ingest events --last

    ingest events --type story.updated --min-materiality 0.3 --follow

    ingest events --after CURSOR --json | jq .data.delta.added

    ingest events --schema > v1.json
"""


def register(app: typer.Typer) -> None:
    app.command(help=HELP)(events)


def events(
    after: Annotated[str | None, typer.Option("--after", help="Only after this cursor.", metavar="CURSOR")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")] = False,
    types: Annotated[
        list[str] | None, typer.Option("--type", help="story.opened, story.updated ...", metavar="TYPE")
    ] = None,
    story: Annotated[list[str] | None, typer.Option("--story", help="Only this story.", metavar="ID")] = None,
    outlet: Annotated[list[str] | None, typer.Option("--outlet", help="Only this outlet.", metavar="NAME")] = None,
    source: Annotated[list[str] | None, typer.Option("--source", help="Only this source.", metavar="NAME")] = None,
    language: Annotated[list[str] | None, typer.Option("--language", help="Only this language.", metavar="TAG")] = None,
    min_materiality: Annotated[
        float, typer.Option("--min-materiality", help="Of story.updated: only so material, 0 to 1.", metavar="M")
    ] = 0.0,
    store: options.Store = None,
    last: options.Last = False,
    partition: options.Partition = None,
    config: options.Config = None,
    json: options.Json = False,
    schema: Annotated[bool, typer.Option("--schema", help="The JSON Schema of events, and nothing else.")] = False,
) -> int:
    if schema:
        sys.stdout.write(FILE.read_text("utf-8"))
        return 0
    wanted = Filter.of(types or (), story or (), outlet or (), source or (), language or (), min_materiality)
    settings = options.settings_of(store, last=last, config=config, partition=partition)
    stop = threading.Event()
    where = options.waiting(settings, stop) if follow else options.looking(settings, json=json)
    with stopped_by_signals(stop), where as installation:
        if installation is None:
            return 0
        shown, cursor = 0, after
        client, keys = installation.client, installation.keys
        for told in walk(client, keys, after=after, wanted=wanted, follow=follow, stopped=stop.is_set):
            if isinstance(told, Gap):
                for line in event_lines(told):
                    remark(str(line))
                continue
            shown, cursor = shown + 1, told.cursor
            if json:
                emit_json(told.raw)
            else:
                for line in event_lines(told.event):
                    say(line)
        if not shown and not json and not follow:
            say(f"no such event in {installation.store.name}")
        if cursor is not None:
            remark(f"cursor {cursor}")
    return 0
