"""Is this server fit to keep the promise? What is wrong is told in plain sentences, with what to change.

`judge` and `exposure` are pure; `check` reads what they need.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
import redis

OLDEST = (6, 2)
"""XAUTOCLAIM, EXPIREAT on what we write, GETDEL: what the scripts use came with 6.2."""

MENDS_ITS_FILE = (7, 0)
"""From here on a transaction that was cut off at the end of the append-only file is taken back at the start."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong, in whole sentences. `refuse`: the store is not used."""

    severity: Literal["refuse", "warn"]
    message: str


def check(client: redis.Redis, *, embedded: bool) -> list[Finding]:
    """Read the server's own word. `embedded`: it is a folder's, whose guard mends its file.

    Raises redis.RedisError where the server does not answer; what it only forbids is a finding.
    """
    try:
        info: Mapping[str, Any] = client.info()
    except (redis.exceptions.NoPermissionError, redis.ResponseError):
        message = "The server does not let us read INFO, so nothing about it could be checked. Allow INFO to this user."
        return [Finding("warn", message)]
    try:
        fsync = client.config_get("appendfsync").get("appendfsync")
    except redis.ResponseError:  # unknown or forbidden, as in many a managed Redis
        fsync = None
    return judge(info, fsync, embedded=embedded)


def judge(info: Mapping[str, Any], fsync: str | None, *, embedded: bool) -> list[Finding]:
    """From INFO, and `appendfsync` where it could be read."""
    given = str(info.get("redis_version", "0"))
    version = version_of(given)
    found = []
    if version < OLDEST:
        found.append(Finding("refuse", f"The server is Redis {given}; at least 6.2 is needed. Use a newer one."))
    if info.get("role") == "slave":
        found.append(Finding("refuse", "The server is a replica and takes no writes. Give the address of its primary."))
    policy = info.get("maxmemory_policy", "unknown")
    if policy != "noeviction":
        found.append(
            Finding(
                "refuse",
                f"The server's maxmemory-policy is {policy}, so it would throw away articles and decisions when its "
                "memory is full. Set `maxmemory-policy noeviction`.",
            )
        )
    return found + _durability(info, fsync, version, embedded)


def _durability(info: Mapping[str, Any], fsync: str | None, version: tuple[int, ...], embedded: bool) -> list[Finding]:
    if not info.get("aof_enabled"):
        return [
            Finding(
                "warn",
                "The server writes no append-only file: a crash loses all since its last snapshot, accepted articles "
                "and events included. Set `appendonly yes`.",
            )
        ]
    found = []
    if fsync is None:
        found.append(
            Finding(
                "warn",
                "The server does not let us read appendfsync. With `always` a crash loses nothing that was accepted, "
                "with `everysec` up to two seconds.",
            )
        )
    elif fsync == "no":
        found.append(
            Finding(
                "warn",
                "The server's appendfsync is `no`: a power cut may lose half a minute. Set `everysec` or `always`.",
            )
        )
    if version < MENDS_ITS_FILE and not embedded:
        found.append(
            Finding(
                "warn",
                "After a power cut Redis 6.2 may run half a transaction and write an event twice. Run "
                "`redis-check-aof --fix` before it starts again, or use Redis 7, Valkey 8 or newer.",
            )
        )
    return found


def exposure(host: str, *, password: bool, tls: bool) -> Finding | None:
    """Of a server at `host` ("" for a Unix socket): whoever reaches it without either may rewrite the store."""
    if password or tls or not host or _loopback(host):
        return None
    return Finding(
        "refuse",
        f"{host} is another machine, and the URL has neither a password nor TLS: whoever reaches that server can read "
        "and rewrite everything. Give it a password (redis://:PASSWORD@HOST) or TLS (rediss://), or say that its "
        "network is private.",
    )


def _loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def version_of(text: str) -> tuple[int, ...]:
    """(6, 2, 14) of `6.2.14`; what is not a number counts as 0."""
    return tuple(int(part) if part.isdecimal() else 0 for part in text.split("."))
