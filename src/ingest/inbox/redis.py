"""Where sources put articles, on a server: one Lua call an offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import redis

from ingest.errors import Pressure, Stale
from ingest.faults import Faults, no_faults
from ingest.inbox import envelope
from ingest.inbox.port import Balance, Counters, InboxKeys, Offered, ProgressUpdate
from ingest.model import Envelope
from ingest.scripts import Script, patiently
from ingest.settings import InboxSettings

_HERE = Path(__file__).parent
_WAIT_SECONDS = 1.0  # a worker commits some hundred articles in that time


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
        self._limits = (settings.max_entries, settings.max_bytes, round(settings.max_memory_share * 1000))
        self._offer = Script(client, _HERE / "offer.lua")

    def offer(
        self, offers: Sequence[Envelope], *, refused: int = 0, progress: ProgressUpdate | None = None
    ) -> Offered:
        payloads = [envelope.encode(offered) for offered in offers]
        args: list[Any] = [refused, *self._limits]
        for fields in (progress.believed, progress.fields) if progress else ({}, {}):
            args.append(len(fields))
            for name, value in fields.items():
                args += (_bytes(name), b"" if value is None else b"=" + value)
        args += (len(payloads), *payloads)
        source = progress.source if progress else ""
        keys = [self._keys.inbox, self._keys.counters, _bytes(self._keys.progress(source))]
        status, *answer = self._offer(keys, args)
        self._faults("after-offer")
        if status == b"stale":
            raise Stale(f"the progress of {source} is not what it was: field {_text(answer[0])!r}")
        if status == b"full":
            raise Pressure(f"the inbox holds {answer[0]} entries, {answer[1]} bytes", _WAIT_SECONDS)
        if status == b"memory":
            raise Pressure(f"the server uses {answer[0]} of {answer[1]} bytes of memory", _WAIT_SECONDS)
        return Offered(tuple(entry.decode() for entry in answer), sum(map(len, payloads)))

    def progress(self, source: str, fields: Sequence[str]) -> dict[str, bytes]:
        if not fields:
            return {}
        with patiently():
            values: Any = self._client.hmget(_bytes(self._keys.progress(source)), [_bytes(field) for field in fields])
        return {field: value for field, value in zip(fields, values, strict=True) if value is not None}

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


def _bytes(name: str) -> bytes:
    # A path may hold lone surrogates, where its bytes are no UTF-8.
    return name.encode("utf-8", "surrogatepass")


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")
