"""`ingest why`: every stage's verdict on an article, with its numbers."""

from __future__ import annotations

import os
import time
from typing import Annotated

import typer

from ingest import wiring
from ingest.cli import options
from ingest.cli.lookup import Lookup, verdicts, who
from ingest.cli.output import emit_json, remark, say
from ingest.cli.views import why_lines
from ingest.cli.views.shapes import WhyReport
from ingest.errors import Refused, UsageError
from ingest.ledger.rows import Step
from ingest.model import Accepted, Decision, Envelope, Normalised
from ingest.sources.replay import read_paths
from ingest.wiring import Installation

HELP = """Why an article became what it became: candidates looked at, containment both ways, the rule that fired, the
runner-up, the story's score.

For a FILE that was not decided yet: what would be decided now; nothing is stored.

Examples:

    ingest why 002_cae04e5c9d74d822.txt --last

    ingest why draft.html --json
"""


def register(app: typer.Typer) -> None:
    app.command(help=HELP)(why)


def why(
    name: Annotated[str, typer.Argument(metavar="KEY|URL|FILE", help="A key, KEY@n, a URL, or a file.")],
    store: options.Store = None,
    last: options.Last = False,
    partition: options.Partition = None,
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    settings = options.settings_of(store, last=last, config=config, partition=partition)
    with options.holding(settings) as installation:
        found = Lookup(installation).find(name)
        if found is not None:
            _show(Lookup(installation).why(found[1]), json)
            return 0
        if (noted := Lookup(installation).noted(name)) is not None:
            _show(noted, json)
            return 0
        if not os.path.isfile(name):
            raise UsageError(f"{name} is no article in {installation.store.name}, and no file either")
        return _of_file(name, installation, json)


def _of_file(name: str, installation: Installation, json: bool) -> int:
    refused = 0
    lookup = Lookup(installation)
    desk = installation.desk(installation.client)
    with wiring.readers(installation.settings) as readers:
        for where, item in read_paths([name], readers=readers, settings=installation.settings.sources):
            if not isinstance(item, Envelope):
                refused += isinstance(item, Refused)
                remark(str(item) if isinstance(item, Refused) else f"{where}: {item.detail}")
                continue
            if item.withdraws is not None:
                remark(f"{item.key}: takes this article back, by {item.withdraws.by}; it is no article itself")
                continue
            prepared = desk.prepare(Accepted("0-0", int(time.time() * 1000), item))
            decided = lookup.decided(item.key, prepared.article.version)
            if decided is not None:
                _show(lookup.why(decided[1]), json)
                continue
            decision, trace = desk.look(prepared)
            _show(_foretold(prepared.article, decision, trace), json)
    return 1 if refused else 0


def _foretold(article: Normalised, decision: Decision | None, trace: list[Step]) -> WhyReport:
    became = decision.type.removeprefix("story.") if decision is not None else "seen"
    return WhyReport(
        key=article.key,
        version=decision.version_number if decision is not None else 0,
        title=article.title,
        disposition=f"{became}, were it offered now",
        who=who(article.outlet, article.key, article.url),
        verdicts=verdicts(trace),
    )


def _show(report: WhyReport, json: bool) -> None:
    if json:
        emit_json(report)
        return
    for line in why_lines(report):
        say(line)
