"""`ingest article`: one article version."""

from __future__ import annotations

from typing import Annotated

import typer

from ingest.cli import options
from ingest.cli.lookup import Lookup
from ingest.cli.output import emit_json, say
from ingest.cli.views import article_lines
from ingest.errors import UsageError

HELP = """What is known of an article: where it is from, what it was to its story, its versions, its text.

`last seen` is the day its feed last had it. It is not known of what left its feed more than 30 days ago; nor, once the
page is asked no more, where the entry's link led to another address, unless its guid tells which it is.

Examples:

    ingest article 002_cae04e5c9d74d822.txt --last --text

    ingest article https://example.org/news/1 --json
"""


def register(app: typer.Typer) -> None:
    app.command(help=HELP)(article)


def article(
    name: Annotated[str, typer.Argument(metavar="KEY[@n]", help="Its key or URL; @n for its nth version.")],
    text: Annotated[bool, typer.Option("--text", help="With its text, and what was marked in it.")] = False,
    store: options.Store = None,
    last: options.Last = False,
    partition: options.Partition = None,
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    settings = options.settings_of(store, last=last, config=config, partition=partition)
    with options.holding(settings) as installation:
        lookup = Lookup(installation)
        found = lookup.find(name)
        if found is None:
            where = installation.store.name
            there = options.again(settings, where)
            raise UsageError(f"no article {name} in {where}; `ingest events{there}` names those there are")
        view = lookup.article(found[1], text=text)
        if json:
            emit_json(view)
            return 0
        for line in article_lines(view):
            say(line)
    return 0
