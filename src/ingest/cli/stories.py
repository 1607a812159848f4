"""`ingest stories` and `ingest story`: what the news is about, and one story from its beginning to now."""

from __future__ import annotations

from typing import Annotated

import typer

from ingest.cli import options
from ingest.cli.lookup import Lookup
from ingest.cli.output import emit_json, say
from ingest.cli.views import story_table, timeline_lines

STORIES = """The stories that moved last, newest first.

Examples:

    ingest stories --last

    ingest stories --most 100 --json
"""
STORY = """One story from its beginning: who carried what when, what it was to the others, what was new.

ID may be shortened, as long as it names one story.

Examples:

    ingest story st-niu6a5lgycipx6jt --last
"""


def register(app: typer.Typer) -> None:
    app.command(help=STORIES)(stories)
    app.command(help=STORY)(story)


def stories(
    most: Annotated[int, typer.Option("--most", min=1, max=10_000, help="At most so many.")] = 20,
    store: options.Store = None,
    last: options.Last = False,
    partition: options.Partition = None,
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    settings = options.settings_of(store, last=last, config=config, partition=partition)
    with options.looking(settings, json=json) as installation:
        if installation is None:
            return 0
        found = Lookup(installation).stories(most)
        if json:
            for row in found:
                emit_json(row)
            return 0
        for line in story_table(found):
            say(line)
        if not found:
            say(f"no story yet in {installation.store.name}")
    return 0


def story(
    id: Annotated[str, typer.Argument(metavar="ID", help="The story's id, or its beginning.")],
    store: options.Store = None,
    last: options.Last = False,
    partition: options.Partition = None,
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    settings = options.settings_of(store, last=last, config=config, partition=partition)
    with options.holding(settings) as installation:
        timeline = Lookup(installation).timeline(id)
        if json:
            emit_json(timeline)
            return 0
        for line in timeline_lines(timeline):
            say(line)
    return 0
