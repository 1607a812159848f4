"""Taking a partition over under the versions of this program: what is kept, what goes, and what follows from it.

    schema       what the rows' bytes mean. Rows of a readable one stay and are written anew as they change
    normaliser   what an article's version is a hash of. Everything stays
    sketch       which index keys a text has. Those of the last 72 hours name nothing any more, and go
    judgement    every threshold. Everything stays: what was decided stays decided
    meaning      the model of meaning, where there is one. Everything stays; vectors of another one count for nothing

Decisions, stories, texts, events, sources' progress and the inbox stay in every case. It is an operator's write: the
head is rewritten together with `meta`, so no commit that was prepared before is applied.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import redis

from ingest.errors import StoreError
from ingest.ledger.keys import Keys
from ingest.ledger.partition import Partition, fields_of
from ingest.ledger.records import Records
from ingest.scripts import Script, patiently

_HERE = Path(__file__).parent

FOLLOWS: Mapping[str, str] = {
    "schema": "a program of the older schema can no longer read this partition",
    "normaliser": "an article offered once more, with the text it had, may count as a new version of itself: one "
    "event, mostly story.repeated. Sources that go on do not offer again what they offered; a replay does",
    "sketch": "a copy of an article from the last {hours} hours is found by its key or its story only, and may be told "
    "as coverage; after {hours} hours nothing of this is left",
    "meaning": "headlines are compared by their words alone with a story that gets no article from now on",
    "judgement": "decided articles stay as they were decided; what comes is judged by the new thresholds",
}
"""What a subscriber and an operator notice, by the version that changed."""

_IN_ONE_CALL = 500


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What an upgrade will do. `changes` are (name, was, now); `dropped` the index keys that go."""

    partition: Partition
    changes: tuple[tuple[str, str, str], ...]
    dropped: tuple[str, ...]
    follows: tuple[str, ...]


def plan(
    client: redis.Redis, made: Partition, versions: Mapping[str, str], records: Callable[[], Records]
) -> Plan:
    """Read only; `records` is asked where rows must be read. `made` is as `partition.as_made` gives it: readable."""
    changes = tuple(
        (name, made.versions.get(name, "none"), versions.get(name, "none"))
        for name in sorted(made.versions.keys() | versions.keys())
        if made.versions.get(name) != versions.get(name)
    )
    changed = {name for name, _, _ in changes}
    if "sketch" not in made.versions and "judgement" not in changed:
        changed.discard("sketch")  # made before it had a number of its own: then the judgement told it
    dropped: tuple[str, ...] = ()
    hours = 0
    if "sketch" in changed:
        found = records()
        dropped, hours = _present(client, found.index.names()), found.index.window_hours
    follows = tuple(FOLLOWS[name].format(hours=hours) for name in FOLLOWS if name in changed)
    return Plan(partition=made, changes=changes, dropped=dropped, follows=follows)


def take_over(client: redis.Redis, keys: Keys, plan: Plan, versions: Mapping[str, str], *, force: bool) -> None:
    """Do it, as one step. Raises StoreError where workers live (unless `force`), or somebody else did it meanwhile."""
    fields = fields_of(versions)
    gone = [f"version:{name}" for name in plan.partition.versions if name not in versions]
    args: list[Any] = [keys.GROUP, keys.heartbeat(""), plan.partition.stamp, int(force), os.urandom(16)]
    status, *more = Script(client, _HERE / "takeover.lua")(
        [keys.meta, keys.head, keys.inbox, *plan.dropped], [*args, *chain.from_iterable(fields.items())]
    )
    if status == b"alive":
        raise StoreError(alive(plan.partition.name, more[0]))
    if status == b"stale":
        raise StoreError(f"partition {plan.partition.name} was taken over by somebody else at this moment")
    if gone:
        with patiently():
            client.hdel(keys.meta, *gone)


def alive(partition: str, workers: int) -> str:
    return (
        f"{workers} worker(s) are at work on partition {partition}: stop them first (Ctrl-C or TERM to `ingest "
        "process`), or say --force: they can commit no more, and stop"
    )


def _present(client: redis.Redis, names: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    for at in range(0, len(names), _IN_ONE_CALL):
        part = names[at : at + _IN_ONE_CALL]
        with patiently():
            pipe = client.pipeline(transaction=False)
            for name in part:
                pipe.exists(name)
            found += [name for name, there in zip(part, pipe.execute(), strict=True) if there]
    return tuple(found)
