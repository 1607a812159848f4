"""`ingest upgrade`: go on with a partition that another version of this program made."""

from __future__ import annotations

from typing import Annotated

import typer

from ingest.cli import options
from ingest.cli.output import emit_json, say

HELP = """Take a partition over under this version, after another one made it.

One step: from then on no worker of the version before can decide anything there; those that still run stop. Decisions,
stories, texts, events, the inbox and the sources' progress are kept. What the new version cannot read is dropped, and
named, with what follows from it. Refused while workers run there, and where rows are of another schema.

Examples:

    ingest upgrade --dry-run

    ingest upgrade --store redis://localhost:6379/0 --partition main
"""


def register(app: typer.Typer) -> None:
    app.command(help=HELP)(upgrade)


def upgrade(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Although workers run there: they stop.")] = False,
    store: options.Store = None,
    last: options.Last = False,
    partition: options.Partition = None,
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    settings = options.settings_of(store, last=last, config=config, partition=partition)
    with options.holding(settings) as installation:
        plan = installation.upgrade(force=force, act=not dry_run)
    done = not dry_run and bool(plan.changes)
    if json:
        changes = [{"name": name, "was": was, "now": now} for name, was, now in plan.changes]
        emit_json({"done": done, "changes": changes, "dropped": len(plan.dropped), "follows": plan.follows})
        return 0
    if not plan.changes:
        say(f"partition {plan.partition.name} is of this version already; nothing to do")
        return 0
    for name, was, now in plan.changes:
        say(f"{name:<10} {was} -> {now}")
    say("kept       decisions, stories, texts, events, the inbox, sources' progress")
    say(f"dropped    {len(plan.dropped):,} keys of the index by shingle" if plan.dropped else "dropped    nothing")
    for line in plan.follows:
        say(f"follows    {line}")
    say("done; start this version's workers: `ingest process`" if done else "nothing was done (--dry-run)")
    return 0
