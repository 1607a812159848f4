"""`ingest withdraw`: take an article back by the operator's word."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from ingest.cli import options
from ingest.cli.lookup import Lookup
from ingest.cli.output import remark
from ingest.errors import UsageError
from ingest.model import Envelope, Stamp, Withdrawal

OPERATOR = "operator"
"""The source of what is put in by hand."""

HELP = """Take an article back: subscribers are told so (`article.withdrawn`), with its copies and the reason.

It goes through the inbox like an article. All versions of the article are taken back; a version that comes later is
told as ever, and says so.

Examples:

    ingest withdraw https://example.org/news/1 --reason "Wrong person named"

    ingest withdraw wire#17 --reason "Kill 17" --unseen
"""


def register(app: typer.Typer) -> None:
    app.command(help=HELP)(withdraw)


def withdraw(
    name: Annotated[str, typer.Argument(metavar="KEY|URL", help="The article's key or URL.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for subscribers to read; 500 characters at most.")],
    unseen: Annotated[
        bool, typer.Option("--unseen", help="Also where no such article has come: it is taken back when it does.")
    ] = False,
    store: options.Store = None,
    last: options.Last = False,
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    settings = options.settings_of(store, last=last, config=config, partition=partition)
    with options.holding(settings) as installation:
        found = Lookup(installation).find(name)
        if found is None and not unseen:
            raise UsageError(
                f"no article {name} in {installation.store.name}; with --unseen it is taken back when it comes"
            )
        key = found[1].key if found is not None else name
        # The time tells this word from the operator's next one about the same article.
        issued = Stamp(int(time.time() * 1000))
        notice = Withdrawal(by="notice", reason=reason)
        entry = Envelope(key=key, source=OPERATOR, text="", published=issued, withdraws=notice)
        (accepted,) = installation.intake().offer([entry]).entries
        remark(f"{key}: in the inbox as {accepted}; `ingest events --type withdrawn` tells it once it is decided")
    return 0
