"""Where sources put articles, on a server: one Lua call an offer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import redis

from ingest.errors import Pressure, Stale
from ingest.faults import Faults, no_faults
from ingest.inbox import envelope
from ingest.inbox.port import Balance, Counters, InboxKeys, Offered, ProgressUpdate
from ingest.model import Due, Envelope
from ingest.scripts import Script, answer, patiently
from ingest.settings import InboxSettings

_HERE = Path(__file__).parent
_WAIT_SECONDS = 1.0  # a worker commits some hundred articles in that time


class Room(msgspec.Struct, frozen=True):
    """What an article comes to once it is decided, and when a source that waited goes on."""

    article: int = 5_000  # bytes: event, story, index; 4,300 measured where every article opens a story
    payload: float = 0.5  # a byte of payload, net of what the inbox gives back; 0.35 measured
    again: float = 0.9  # of the limits: at the limit itself a source would wait and go on with every commit
    again_memory: float = 0.02  # of maxmemory below the share; not more, since decided articles stay


ROOM = Room()


class RedisInbox:
    """`Inbox` of one partition. The client must not retry by itself: an offer sent twice would be accepted twice.

    faults   called at `after-offer`
    """

    def __init__(
        self,
        client: redis.Redis,
        keys: InboxKeys,
        settings: InboxSettings | None = None,
        *,
        faults: Faults = no_faults,
    ) -> None:
        settings = settings or InboxSettings()
        self._client = client
        self._keys = keys
        self._faults = faults
        self._settings = settings
        self._waited = False
        self._offer = Script(client, _HERE / "offer.lua")
        self._due = Script(client, _HERE / "due.lua")
        self._hold = Script(client, _HERE / "hold.lua")

    def offer(
        self, offers: Sequence[Envelope], *, refused: int = 0, progress: Sequence[ProgressUpdate] = ()
    ) -> Offered:
        payloads = [envelope.encode(offered) for offered in offers]
        args: list[Any] = [refused, *self._limits()]
        keys: list[Any] = [self._keys.inbox, self._keys.counters]
        for update in progress:
            keys += self._of(update.source)
            for fields in (update.believed, update.fields):
                args += _pairs({name: b"" if value is None else b"=" + value for name, value in fields.items()})
            args += _pairs({name: "" if when is None else when for name, when in update.due.items()})
        args += (len(payloads), *payloads)
        status, *said = self._offer(keys, args)
        self._faults("after-offer")
        if status == b"stale":
            sources = ", ".join(update.source for update in progress)
            raise Stale(f"the progress of {sources} is not what it was: field {_text(said[0])!r}")
        self._waited = status != b"ok" if offers else self._waited
        if status == b"full":
            raise Pressure(self._full(*said), _WAIT_SECONDS)
        if status == b"memory":
            raise Pressure(self._crowded(*said), _WAIT_SECONDS)
        return Offered(tuple(entry.decode() for entry in said), sum(map(len, payloads)))

    def _limits(self) -> tuple[int, int, int, int, int]:
        limit, share = self._settings, self._settings.max_memory_share
        most = (limit.max_entries, limit.max_bytes)
        if self._waited:
            most = (math.ceil(most[0] * ROOM.again), math.ceil(most[1] * ROOM.again))
            share -= ROOM.again_memory
        return (*most, round(share * 1000), ROOM.article, round(ROOM.payload * 1000))

    def _full(self, entries: int, size: int) -> str:
        most = self._settings
        return (
            f"{entries:,} articles wait in the inbox, {size:,} bytes (sources stop at {most.max_entries:,} or "
            f"{most.max_bytes:,} bytes); `ingest process` decides them"
        )

    def _crowded(self, used: int, most: int, entries: int, growth: int) -> str:
        share = self._settings.max_memory_share
        return (
            f"the server uses {used:,} of {most:,} bytes of memory, and the {entries:,} articles in the inbox will "
            f"take about {growth:,} more (sources stop at {share:.0%}); `ingest process` decides them, a larger "
            "maxmemory makes room"
        )

    def progress(self, source: str, fields: Sequence[str]) -> dict[str, bytes]:
        if not fields:
            return {}
        with patiently():
            values = answer(self._client, ("HMGET", _bytes(self._keys.progress(source)), *map(_bytes, fields)))
        return {field: value for field, value in zip(fields, values, strict=True) if value is not None}

    def kept(self, source: str) -> dict[str, bytes]:
        with patiently():
            pairs = self._client.hscan_iter(_bytes(self._keys.progress(source)), count=500)
            return {name.decode("utf-8", "surrogatepass"): value for name, value in pairs}

    def scheduled(self, source: str, before: int | None = None) -> dict[str, int]:
        most = "+inf" if before is None else f"({before}"
        with patiently():
            found = answer(self._client, ("ZRANGEBYSCORE", self._of(source)[1], "-inf", most, "WITHSCORES"))
        names = [name.decode("utf-8", "surrogatepass") for name in found[::2]]
        return dict(zip(names, map(int, map(float, found[1::2])), strict=True))

    def take_due(self, source: str, now: int, until: int, count: int) -> Due:
        progress, due = self._of(source)
        first, *found = self._due([due, progress], [now, until, count])
        names = [name.decode("utf-8", "surrogatepass") for name in found[::2]]
        return Due(dict(zip(names, found[1::2], strict=True)), int(float(first)) if first else None)

    def hold(self, source: str, until: Mapping[str, float], latest: int) -> None:
        if until:
            _, *pairs = _pairs(until)
            self._hold([self._of(source)[1]], [latest, *pairs])

    def _of(self, source: str) -> tuple[bytes, bytes]:
        return _bytes(self._keys.progress(source)), _bytes(self._keys.due(source))

    def holds(self, entry: str) -> bool:
        """Whether this entry is not decided yet. Raises TransientError."""
        with patiently():
            return bool(entry and self._client.xrange(self._keys.inbox, entry, entry, count=1))

    def balance(self) -> Balance:
        with patiently():
            pipe = self._client.pipeline(transaction=True)
            pipe.hgetall(self._keys.counters)
            pipe.xlen(self._keys.inbox)
            pipe.xpending(self._keys.inbox, self._keys.GROUP)
            counted, entries, pending = pipe.execute()
        return Balance(_counters(counted), entries, pending["pending"])


def _counters(stored: Mapping[bytes, bytes]) -> Counters:
    return Counters(**{name: int(stored.get(name.encode(), 0)) for name in Counters.__struct_fields__})


def _pairs(fields: Mapping[str, Any]) -> list[Any]:
    """Their number, then name and value of each."""
    return [len(fields), *(part for name, value in fields.items() for part in (_bytes(name), value))]


def _bytes(name: str) -> bytes:
    # A path may hold lone surrogates, where its bytes are no UTF-8.
    return name.encode("utf-8", "surrogatepass")


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")
