"""One partition, three ways: in memory, on Valkey 9.1 and on Redis 6.2; and what a test does to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis

from ingest.inbox.memory import MemoryInbox
from ingest.inbox.port import Reader
from ingest.inbox.reader import RedisReader
from ingest.inbox.redis import RedisInbox
from ingest.ledger.keys import Keys
from ingest.ledger.memory import MemoryLedger
from ingest.ledger.partition import open_partition
from ingest.ledger.port import Commit, Ledger
from ingest.ledger.redis import RedisLedger
from ingest.model import Envelope
from ingest.settings import InboxSettings

KINDS = ("memory", "valkey-9.1", "redis-6.2")
VERSIONS = {"schema": "1", "normaliser": "1"}


class Place(ABC):
    """A partition and what a test does to it."""

    keys = Keys("main")
    inbox: Any
    reader: Reader
    ledger: Ledger

    def offer(self, *names: str) -> list[str]:
        return list(self.inbox.offer([article(name) for name in names]).entries)

    def read(self, consumer: str, count: int) -> list[str]:
        """Enlist and read: the entries that the consumer holds now."""
        self.reader.enlist(consumer)
        return [entry for entry, _ in self.reader.read(consumer, count, 0)]

    def head(self) -> bytes:
        return self.ledger.gather({}).head

    def commit(self, consumer: str, entries: list[str], **more: Any) -> str:
        made = {"head": self.head(), "counts": {"decided": len(entries) - len(more.get("dead", ()))}, **more}
        return self.ledger.commit(Commit(consumer=consumer, entries=entries, **made)).status

    @abstractmethod
    def delete(self, entry: str) -> None:
        """Somebody removes the entry from the inbox, by hand."""

    @abstractmethod
    def smuggle(self, payload: bytes) -> None:
        """Somebody puts a payload into the inbox, by hand, and counts it."""

    @abstractmethod
    def events(self) -> list[bytes]:
        """Those emitted, in order."""

    @abstractmethod
    def letters(self) -> list[tuple[str, bytes, str]]:
        """The dead letters: inbox id, payload, error."""

    @abstractmethod
    def state(self) -> Any:
        """All there is, to compare."""


class MemoryPlace(Place):
    def __init__(self, settings: InboxSettings) -> None:
        self.now = 1_700_000_000_000
        self.inbox = MemoryInbox(lambda: self.now, settings)
        self.reader = self.inbox
        self.ledger: MemoryLedger = MemoryLedger(self.inbox)

    def delete(self, entry: str) -> None:
        del self.inbox._stream[entry]

    def smuggle(self, payload: bytes) -> None:
        self.inbox._add(payload)
        self.inbox._counters.update(accepted=1, offered=1)

    def events(self) -> list[bytes]:
        return self.ledger.events

    def letters(self) -> list[tuple[str, bytes, str]]:
        return self.inbox.letters

    def state(self) -> Any:
        held = self.inbox.look(1000)
        hashes = self.ledger.gather({key: [] for key in self.ledger.hashes()})
        return repr((held, hashes, self.inbox.balance(), self.inbox.letters, self.ledger.events))


class RedisPlace(Place):
    def __init__(self, client: redis.Redis, settings: InboxSettings) -> None:
        self.client = client
        partition = open_partition(client, self.keys, clock="real", versions=VERSIONS)
        self.inbox = RedisInbox(client, self.keys, settings)
        self.reader = RedisReader(client, self.keys, settings)
        self.ledger: RedisLedger = RedisLedger(client, self.keys, stamp=partition.stamp)

    def delete(self, entry: str) -> None:
        self.client.xdel(self.keys.inbox, entry)

    def smuggle(self, payload: bytes) -> None:
        self.client.xadd(self.keys.inbox, {b"e": payload})
        for name in ("offered", "accepted"):
            self.client.hincrby(self.keys.counters, name, 1)

    def events(self) -> list[bytes]:
        return [fields[b"e"] for _, fields in self.client.xrange(self.keys.events)]

    def letters(self) -> list[tuple[str, bytes, str]]:
        found = self.client.xrange(self.keys.dead)
        return [(fields[b"i"].decode(), fields[b"e"], fields[b"why"].decode()) for _, fields in found]

    def state(self) -> Any:
        # Heartbeats aside, which come and go by themselves.
        names = sorted(key for key in self.client.scan_iter(count=1000) if b":hb:" not in key)
        return [(name, self.client.dump(name)) for name in names]


def article(name: str, text: str = "Some text.") -> Envelope:
    return Envelope(key=name, source="test", text=text)


def make_place(kind: str, servers: Callable[[str], Any], settings: InboxSettings) -> Iterator[Place]:
    if kind == "memory":
        yield MemoryPlace(settings)
        return
    with servers(kind).client() as client:
        client.flushall()
        client.script_flush()
        client.config_set("maxmemory", 0)
        yield RedisPlace(client, settings)


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, servers: Callable[[str], Any]) -> Iterator[Place]:
    """An empty partition."""
    yield from make_place(request.param, servers, InboxSettings())


@pytest.fixture(params=KINDS)
def small_place(request: pytest.FixtureRequest, servers: Callable[[str], Any]) -> Iterator[Place]:
    """The same, whose inbox takes 3 entries or 2,000 bytes."""
    yield from make_place(request.param, servers, InboxSettings(max_entries=3, max_bytes=2000))
