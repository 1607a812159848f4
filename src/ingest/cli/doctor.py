"""`ingest doctor`: how a partition does, and what it costs."""

from __future__ import annotations

import shlex
from collections import defaultdict
from typing import Any
from urllib.parse import quote

import msgspec
import redis
import typer

from ingest.cli import options
from ingest.cli.feeds_health import FeedsHealth, feeds_health
from ingest.cli.output import emit_json, say
from ingest.events.times import rfc3339
from ingest.inbox import bell
from ingest.inbox.port import Balance
from ingest.ledger.keys import FAMILIES, Keys
from ingest.wiring import Installation

HELP = """How the store does: balance of the inbox, whose turn it is, dead letters, workers, bytes by key family.

Exit code 1 where something is wrong: the balance does not hold, articles wait and nobody works, feeds
are due and nobody polls them, or what a licensed source is to be shown cannot be (its file, its host).

Examples:

    ingest doctor

    ingest doctor --last --json
"""

SAMPLES = 200
"""Keys whose memory is measured in each family; MEMORY USAGE of every key of a large store takes minutes."""


class FamilySize(msgspec.Struct):
    """`bytes` are measured on a sample and scaled to all `keys`."""

    keys: int = 0
    measured: int = 0
    bytes: int = 0

    @property
    def estimate(self) -> int:
        return self.bytes * self.keys // self.measured if self.measured else 0


def register(app: typer.Typer) -> None:
    app.command(help=HELP)(doctor)


def doctor(
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
        balance = installation.balance()
        families = measure(installation.client, installation.keys)
        owner = _turn(installation)
        dead = int(installation.client.xlen(installation.keys.dead))
        workers = bell.workers(installation.client)
        feeds = feeds_health(installation)
        troubles = _troubles(balance, workers, installation) + feeds.troubles
        if json:
            emit_json(_fields(installation, balance, families, owner, dead, workers, feeds, troubles))
        else:
            _show(installation, balance, families, owner, dead, workers, feeds, troubles)
    return 1 if troubles else 0


def measure(client: redis.Redis, keys: Keys) -> dict[str, FamilySize]:
    """Keys and bytes of the partition by family, by one walk over the key space."""
    names = [family.pattern.split(":")[0] for family in FAMILIES]
    found: dict[str, FamilySize] = defaultdict(FamilySize)
    prefix = keys.meta.removesuffix("meta")
    for key in client.scan_iter(match=_escaped(prefix) + "*", count=1000):
        family = found[key.decode("utf-8", "replace").removeprefix(prefix).split(":")[0]]
        family.keys += 1
        if family.measured < SAMPLES:
            family.measured += 1
            family.bytes += int(client.memory_usage(key, samples=0) or 0)
    return {name: found[name] for name in names if name in found}


def rq_line(installation: Installation) -> str:
    """The command that starts one more worker with RQ's own command line. A folder's socket lives as long as its
    server; a URL's password is left to whoever knows it, as a terminal is read by others."""
    socket = installation.client.connection_pool.connection_kwargs.get("path")
    name = installation.store.name
    store, url = (name, name) if "://" in name else (installation.store.url, f"unix://{quote(str(socket))}")
    return (
        f"INGEST_STORE={shlex.quote(store)} rq worker {bell.QUEUE} --url {shlex.quote(url)} "
        f"--worker-class {WORKER_CLASS}"
    )


WORKER_CLASS = f"{bell.DrainWorker.__module__}.{bell.DrainWorker.__qualname__}"


def _escaped(prefix: str) -> str:
    return prefix.replace("[", "\\[").replace("*", "\\*").replace("?", "\\?")


def _turn(installation: Installation) -> str | None:
    keys = installation.keys
    pending: Any = installation.client.xpending_range(keys.inbox, keys.GROUP, "-", "+", 1)
    return pending[0]["consumer"].decode() if pending else None


def _troubles(balance: Balance, workers: int, installation: Installation) -> list[str]:
    troubles = [finding.message for finding in installation.store.findings]
    if not balance.holds:
        troubles.append("the balance does not hold: accepted is not decided + seen + dead + in the inbox")
    if balance.entries and not workers:
        there = options.again(installation.settings, installation.store.name)
        troubles.append(f"{balance.entries} articles wait and no worker is running: `ingest process{there}`")
    return troubles


def _fields(
    installation: Installation,
    balance: Balance,
    families: dict[str, FamilySize],
    owner: str | None,
    dead: int,
    workers: int,
    feeds: FeedsHealth,
    troubles: list[str],
) -> dict[str, object]:
    partition = installation.as_made
    return {
        "store": installation.store.name,
        "rq": rq_line(installation),
        "partition": partition.name,
        "clock": partition.clock,
        "epoch": partition.epoch,
        "made": rfc3339(partition.made),
        "versions": partition.versions,
        "counters": balance.counters,
        "inbox": {"entries": balance.entries, "pending": balance.pending, "undelivered": balance.undelivered},
        "balanced": balance.holds,
        "turn": owner,
        "dead_letters": dead,
        "workers": workers,
        "feeds": {**feeds.states, "overdue": feeds.overdue},
        "families": {name: {"keys": size.keys, "bytes": size.estimate} for name, size in families.items()},
        "troubles": troubles,
    }


def _show(
    installation: Installation,
    balance: Balance,
    families: dict[str, FamilySize],
    owner: str | None,
    dead: int,
    workers: int,
    feeds: FeedsHealth,
    troubles: list[str],
) -> None:
    partition, counters = installation.as_made, balance.counters
    versions = ", ".join(f"{name} {version}" for name, version in partition.versions.items())
    say(f"store      {installation.store.name}, partition {partition.name}, {partition.clock} clock; {versions}")
    say(f"articles   {counters.offered:,} offered = {counters.refused:,} refused + {counters.accepted:,} accepted")
    say(
        f"           {counters.accepted:,} accepted = {counters.decided:,} decided + {counters.seen:,} seen + "
        f"{counters.dead:,} dead + {balance.entries:,} in the inbox"
    )
    became = f"{counters.opened:,} opened, {counters.updated:,} updated, {counters.repeated:,} repeated"
    noted = f", {counters.noted:,} noted" if counters.noted else ""
    say(f"decided    {became}, {counters.withdrawn:,} withdrawn{noted}; {counters.merged:,} merges")
    say(f"inbox      {balance.pending:,} in workers' hands, {balance.undelivered:,} unread, {counters.bytes:,} bytes")
    say(f"turn       {owner or 'nobody'}; {workers} worker(s); {dead} dead letter(s)")
    say(f"feeds      {feeds}")
    decided = max(1, counters.decided)
    say(f"{'family':<10} {'keys':>9} {'bytes':>13} {'an article':>11}")
    for name, size in families.items():
        say(f"{name:<10} {size.keys:>9,} {size.estimate:>13,} {size.estimate / decided:>11,.0f}")
    say(f"by hand    {rq_line(installation)}")
    for trouble in troubles:
        say(f"trouble    {trouble}")
    if not troubles:
        say("all is well")
