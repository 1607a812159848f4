"""Requests to one web host: spaced, and few at a time, across all fetchers of a partition.

The books are in Redis. A place in them ends by itself, so a fetcher that is killed blocks nobody for long.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec
import redis

from ingest.scripts import Script, patiently

_HERE = Path(__file__).parent


class HostKeys(Protocol):
    """The key names that are needed here; `ledger.keys.Keys` has them."""

    def host(self, name: str) -> str: ...


class Place(msgspec.Struct, frozen=True):
    """An answer: whether a request to the host may begin, and after how many seconds; else when to ask again.
    `spacing` is what was asked for."""

    granted: bool
    wait: float
    host: str
    token: str
    spacing: float = 0.0


NO_HOST = Place(True, 0.0, "", "")
"""For what asks no host."""


class Hosts:
    """`now` gives seconds since 1970, the same for all fetchers. Every call may raise TransientError."""

    def __init__(
        self, client: redis.Redis, keys: HostKeys, now: Callable[[], float], *, most: int, longest: float
    ) -> None:
        """most      requests to one host at a time
        longest   seconds after which a request is over, whatever became of it
        """
        self._client, self._keys, self._now, self._most, self._longest = client, keys, now, most, longest
        self._script, self._pause = Script(client, _HERE / "hosts.lua"), Script(client, _HERE / "pause.lua")

    def ask(self, url: str, spacing: float, patience: float) -> Place:
        """A place for a request to the host of `url`, `spacing` seconds after the one before, if it is to be had within
        `patience` seconds."""
        host, token = host_of(url), secrets.token_hex(6)
        times: list[Any] = [_ms(self._now()), token, _ms(spacing), self._most, _ms(patience), _ms(self._longest)]
        granted, wait = self._script([self._keys.host(host)], times)
        return Place(bool(granted), wait / 1000, host, token, spacing)

    def leave(self, place: Place, pause: float = 0.0) -> None:
        """The request is over. `pause`: the host asked everybody to wait so many seconds."""
        if not place.token:
            return
        key = self._keys.host(place.host)
        with patiently():
            self._client.hdel(key, place.token)
        if pause > 0:
            self._pause([key], [_ms(self._now() + pause), _ms(pause) + 60_000])


def host_of(url: str) -> str:
    """Host and port in small letters: what is spaced, as one server answers there."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].casefold()
    except ValueError:
        return ""


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
