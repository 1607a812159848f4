"""Requests to one web host: spaced, and few at a time, across all fetchers of a partition.

The books are in Redis. A place in them ends by itself unless it is kept, so a fetcher that is killed blocks nobody for
long.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec
import redis

from ingest.addresses import remembering
from ingest.scripts import Script, answer, patiently

_HERE = Path(__file__).parent
_LONGEST_PAUSE = 3600.0
"""Seconds, of a host that asked one request to wait; what that was for waits for as long as it was told."""
_NONE = "none"
"""A token that no place has."""
_PORTS = {"http": 80, "https": 443}


class HostKeys(Protocol):
    """The key names that are needed here; `ledger.keys.Keys` has them."""

    def host(self, name: str) -> str: ...


class Place(msgspec.Struct, frozen=True):
    """An answer: whether a request to the host may begin, and after how many seconds; else when to ask again.
    `spacing` is what was asked for, in seconds; `pause` until when the host wants no request at all, ms since 1970,
    0 where it has not asked for that; `over` when its request is over at the latest, ms since 1970."""

    granted: bool
    wait: float
    host: str
    token: str
    spacing: float = 0.0
    pause: int = 0
    over: int = 0


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
        self._ask, self._leave = Script(client, _HERE / "places.lua"), Script(client, _HERE / "left.lua")
        self._keep = Script(client, _HERE / "kept.lua")

    def ask(self, wishes: Sequence[tuple[str, float]], patience: float, lease: float | None = None) -> list[Place]:
        """Places for requests, each to the host of its URL, so many seconds after the one before, if it is to be had
        within `patience` seconds; in their order. They are free again after `lease` seconds, unless they are kept;
        without one when the request is over at the latest."""
        asked = [(host_of(url), secrets.token_hex(6), spacing) for url, spacing in wishes]
        if not asked:
            return []
        now = _ms(self._now())
        until = patience + self._longest if lease is None else lease
        args: list[Any] = [now, self._most, _ms(patience), _ms(self._longest), _ms(until)]
        for _, token, spacing in asked:
            args += [token, _ms(spacing)]
        answers = self._ask([self._keys.host(host) for host, _, _ in asked], args)
        return [
            Place(
                granted > 0,
                wait / 1000,
                *each,
                pause=now + wait if granted < 0 else 0,
                over=now + wait + _ms(self._longest),
            )
            for each, granted, wait in zip(asked, answers[::2], answers[1::2], strict=True)
        ]

    def keep(self, places: Sequence[Place], lease: float) -> None:
        """These requests are under way: their places are kept so many seconds more, and no longer than one lasts."""
        found = [place for place in places if place.token]
        if found:
            until = _ms(self._now() + lease)
            args: list[Any] = []
            for place in found:
                args += [place.token, min(until, place.over)]
            self._keep([self._keys.host(place.host) for place in found], args)

    def pause(self, place: Place) -> int:
        """As `Place.pause`, by now: its host may have asked for one since the place was had."""
        with patiently():
            until = int(answer(self._client, ("HGET", self._keys.host(place.host), "pause")) or 0)
        return until if until > _ms(self._now()) else 0

    def tell(self, url: str, pause: float) -> None:
        """The host of this address asked everybody to wait so many seconds, in answer to a request that had no place
        of its own; kept as by `leave`."""
        self.leave([(Place(True, 0.0, host_of(url), _NONE), pause)])

    def leave(self, left: Sequence[tuple[Place, float]]) -> None:
        """These requests are over; with each the seconds that its host asked everybody to wait, 0 for none: an
        hour of it is kept."""
        found = [(place, pause) for place, pause in left if place.token]
        if found:
            args: list[Any] = [_ms(self._now())]
            for place, pause in found:
                args += [place.token, _ms(min(pause, _LONGEST_PAUSE))]
            self._leave([self._keys.host(place.host) for place, _ in found], args)


@remembering
def host_of(url: str) -> str:
    """Host in small letters, with the port where it is not that of its scheme: what is spaced, as one server answers
    there, however it is spelt. Empty where there is none."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    host = f"[{host}]" if ":" in host else host
    return host if port in (None, _PORTS.get(parts.scheme)) else f"{host}:{port}"


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
