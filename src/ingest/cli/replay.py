"""`ingest replay`: read files once, in order, and show what becomes of the stories."""

from __future__ import annotations

import shlex
import sys
from contextlib import ExitStack
from typing import Annotated

import typer

from ingest.cli import options
from ingest.cli.output import remark, say
from ingest.cli.replays import own_store
from ingest.cli.run import STDOUT, Run, Summary, sink_to
from ingest.errors import UsageError
from ingest.sources.replay import STDIN

HELP = """Replay files as news: every article in PATH, decided in order.

PATH is a file or a folder (.txt, .md, .html, .json, .jsonl, saved feeds, web archives, by content, gzip too), a quoted
pattern, or `-` for JSON lines on stdin.

Examples:

    ingest replay tests/fixtures/seeds

    ingest replay articles.jsonl --events - --workers 2

    ingest replay 'archive/**/*.jsonl.gz'

    zcat archive.jsonl.gz | ingest replay - --clock published --into ./history

    ingest replay 'CC-NEWS-*.warc.gz' --clock published --into ./history
"""


def register(app: typer.Typer) -> None:
    app.command(help=HELP)(replay)


def replay(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, patterns, or - for stdin.")],
    events: Annotated[
        str | None, typer.Option("--events", metavar="FILE", help="Every event as a JSON line; - is stdout.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", "-w", min=1, max=64, help="Worker processes.")] = 1,
    clock: Annotated[
        str | None, typer.Option("--clock", help="`real`, or `published`: time goes by the articles' dates.")
    ] = None,
    ordered: Annotated[
        bool, typer.Option("--sorted", help="Input is in order of date: with --clock published it may jump far.")
    ] = False,
    into: Annotated[
        str | None, typer.Option("--into", help="Into this store, instead of one of its own.", metavar="STORE")
    ] = None,
    source: Annotated[str, typer.Option("--source", help="Namespace of the articles' ids.", metavar="NAME")] = "replay",
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    if clock not in (None, "real", "published"):
        raise UsageError(f"--clock {clock}: there is `real` and `published`")
    options.check_paths(paths)
    with ExitStack() as held:
        store = into or str(held.enter_context(own_store(options.replays(options.settings_of(config=config)))))
        settings = options.settings_of(store, config=config, partition=partition, clock=clock, ordered=ordered)
        sink = held.enter_context(sink_to(events))
        run = Run(settings, workers=workers, source=source)
        summary = run.replay(paths, sink, sys.stdin.buffer if STDIN in paths else None, aloud=events != STDOUT)
    _conclude(summary, into, aside=events == STDOUT)
    return summary.code


def _conclude(summary: Summary, into: str | None, aside: bool) -> None:
    """What it came to, and where to look next; `aside`: on stderr, where stdout has the events."""
    tell = remark if aside else say
    for line in summary.lines():
        tell(line)
    if summary.story is None:
        return
    name, store = options.command_name(), f"--store {shlex.quote(into)}" if into else "--last"
    commands = (
        (f"story {summary.story} {store}", "who carried what when, and what each added"),
        (f"why {shlex.quote(summary.article)} {store}", "every stage's verdict on one article"),
        (f"events --type story.updated {store}", "what was new, and nothing else"),
    )
    width = max(len(command) for command, _ in commands)
    tell("Next:")
    for command, meaning in commands:
        tell(f"  {name} {command:<{width}}   # {meaning}")
