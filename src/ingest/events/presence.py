"""Which consumer of a group this process is, and that it lives.

A consumer's name is a slot: 0, 1, 2 ... of its group. A subscriber takes the first free one, so that after a restart it
finds its own pending events, and no group collects the names of the dead. While it lives a thread renews its heartbeat;
when that has run out, or was removed on leaving, others claim what it held.
"""

from __future__ import annotations

import contextlib
import secrets
import threading

import msgspec
from redis import Redis
from redis.exceptions import RedisError

from ingest.events.stream import EventKeys, text
from ingest.scripts import patiently


class Beat(msgspec.Struct, frozen=True):
    """How a consumer shows that it lives."""

    ttl_ms: int = 5000  # a killed subscriber's events go to another after this; a pause of the process may last as long
    every_s: float = 1.0  # four beats may be lost before anyone takes the consumer for dead
    slots: int = 1024  # consumers of one group; more than that is a mistake in a loop


class Presence:
    """Holds one consumer name of a group until `leave`, or until `lost` says that another has it."""

    def __init__(
        self, client: Redis, keys: EventKeys, group: str, consumer: str | None = None, beat: Beat | None = None
    ) -> None:
        self._client, self._keys, self._beat = client, keys, beat or Beat()
        self.prefix = f"sub:{group}:"
        self._token = secrets.token_hex(8)
        self._fixed = consumer
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.lost = False
        self.name = ""

    def enter(self) -> str:
        """Take a name and keep it alive. A name given by the caller is taken whoever had it."""
        self.lost = False
        with patiently():
            self.name = self._fixed if self._fixed is not None else self._free_slot()
            if self._fixed is not None:
                self._client.set(self._key(self._fixed), self._token, px=self._beat.ttl_ms)
        if self._thread is None:
            self._thread = threading.Thread(target=self._live, name="storywire-subscriber", daemon=True)
            self._thread.start()
        return self.name

    def leave(self) -> None:
        """Let the name go at once, so that others need not wait for the heartbeat to run out."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(self._beat.ttl_ms / 1000)
        with contextlib.suppress(RedisError):  # it runs out by itself
            if self._holder() == self._token:
                self._client.delete(self._key(self.name))

    def key_prefix(self) -> str:
        return self._keys.heartbeat(self.prefix)

    def _key(self, name: str) -> str:
        return self.key_prefix() + name

    def _free_slot(self) -> str:
        for slot in range(self._beat.slots):
            if self._client.set(self._key(str(slot)), self._token, px=self._beat.ttl_ms, nx=True):
                return str(slot)
        return self._token

    def _holder(self) -> str | None:
        held = self._client.get(self._key(self.name))
        return None if held is None else text(held)

    def _live(self) -> None:
        while not self._stop.wait(self._beat.every_s):
            with contextlib.suppress(RedisError):  # the reading thread meets the same trouble and handles it
                self._renew()

    def _renew(self) -> None:
        key, holder = self._key(self.name), self._holder()
        if holder == self._token:
            self._client.pexpire(key, self._beat.ttl_ms)
        elif holder is not None or not self._client.set(key, self._token, px=self._beat.ttl_ms, nx=True):
            self.lost = True
