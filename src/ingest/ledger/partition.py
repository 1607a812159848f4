"""Making a partition, once, and opening it: whoever opens it must agree with how it was made.

`meta` holds `clock` (real or published), `epoch` (random; cursors carry it), `made` (ms), one field `version:<name>`
for each version, and `stamp`, a hash of them that every commit names. The inbox's consumer group is made with it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from typing import Any

import msgspec
import redis

from ingest.errors import StoreError
from ingest.ledger.keys import Keys
from ingest.ledger.rows import READABLE, SCHEMA
from ingest.scripts import patiently

_VERSION = "version:"


class Partition(msgspec.Struct, frozen=True, kw_only=True):
    """An open partition. `epoch` is 16 hex digits; `stamp` goes to `RedisLedger`."""

    name: str
    clock: str
    epoch: str
    made: int
    stamp: bytes
    versions: dict[str, str]


def open_partition(client: redis.Redis, keys: Keys, *, clock: str, versions: Mapping[str, str]) -> Partition:
    """Make the partition where it is not there yet. Raises StoreError where it was made otherwise than told here."""
    versions = dict(sorted(versions.items()))
    with patiently():
        seconds, micros = client.time()
        wanted = {
            "clock": clock,
            "epoch": os.urandom(8).hex(),
            "made": str(seconds * 1000 + micros // 1000),
            **fields_of(versions),
        }
        # All of it in one transaction, each only where absent: of two that make it at once, one is the maker of all.
        if not client.exists(keys.meta):
            pipe = client.pipeline(transaction=True)
            for name, value in wanted.items():
                pipe.hsetnx(keys.meta, name, value)
            pipe.execute()
        _make_group(client, keys)
        meta: Any = client.hgetall(keys.meta)
    stored = {name.decode(): value.decode() for name, value in meta.items()}
    _compare(keys.partition, stored, clock, versions)
    return _partition(keys.partition, stored)


def as_made(client: redis.Redis, keys: Keys) -> Partition:
    """A partition to look at, by whatever versions it was made. Raises StoreError where its rows cannot be read."""
    with patiently():
        meta: Any = client.hgetall(keys.meta)
    found = _partition(keys.partition, {name.decode(): value.decode() for name, value in meta.items()})
    schema = found.versions.get("schema", "none")
    if schema not in READABLE:
        raise StoreError(
            f"partition {found.name} has schema {schema}, this is {SCHEMA}: there is no way from one to the other. "
            "Go on with the version that made it, or begin a new partition"
        )
    return found


def fields_of(versions: Mapping[str, str]) -> dict[str, str]:
    """The fields of `meta` that say by what a partition is made."""
    versions = dict(sorted(versions.items()))
    return {"stamp": _stamp(versions), **{_VERSION + name: version for name, version in versions.items()}}


def _partition(name: str, stored: Mapping[str, str]) -> Partition:
    return Partition(
        name=name,
        clock=stored["clock"],
        epoch=stored["epoch"],
        made=int(stored["made"]),
        stamp=stored["stamp"].encode(),
        versions=_versions(stored),
    )


def _versions(stored: Mapping[str, str]) -> dict[str, str]:
    return {field.removeprefix(_VERSION): value for field, value in stored.items() if field.startswith(_VERSION)}


def _stamp(versions: Mapping[str, str]) -> str:
    return hashlib.blake2b(msgspec.msgpack.encode(list(versions.items())), digest_size=8).hexdigest()


def _make_group(client: redis.Redis, keys: Keys) -> None:
    # Asked first: a full server refuses to make a group also where it is there, and sources may start then as well.
    try:
        groups: Any = client.xinfo_groups(keys.inbox)
    except redis.ResponseError:  # no stream yet
        groups = []
    if any(group["name"] == keys.GROUP.encode() for group in groups):
        return
    try:
        client.xgroup_create(keys.inbox, keys.GROUP, id="0", mkstream=True)
    except redis.ResponseError as error:
        if not str(error).startswith("BUSYGROUP"):
            raise


def _compare(name: str, stored: Mapping[str, str], clock: str, versions: Mapping[str, str]) -> None:
    if stored["clock"] != clock:
        raise StoreError(
            f"partition {name} goes by the {stored['clock']} clock, not by the {clock} one; that stays as it was made"
        )
    made_by = _versions(stored)
    for part in sorted(made_by.keys() | versions.keys()):
        _compare_part(name, part, made_by.get(part, "none"), versions.get(part, "none"))


def _compare_part(name: str, part: str, was: str, now: str) -> None:
    if was != now:
        raise StoreError(
            f"partition {name} was made by {part} {was}, this is {now}: it refuses to mix them. Go on with the version "
            "that made it, or take it over with `ingest upgrade`, which says what is kept"
        )
