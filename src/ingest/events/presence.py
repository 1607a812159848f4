"""Which consumer of a group this process is, and that it lives. As steps: who runs them also keeps time.

A consumer's name is a slot: 0, 1, 2 ... of its group. A subscriber takes the first free one, so that after a restart it
finds its own pending events, and no group collects the names of the dead. While it lives its heartbeat is renewed; when
that has run out, or was removed on leaving, others claim what it held.
"""

from __future__ import annotations

import contextlib
import secrets

import msgspec
from redis.exceptions import RedisError

from ingest.errors import IngestError
from ingest.events.steps import Steps, ask
from ingest.events.stream import EventKeys, text


class Beat(msgspec.Struct, frozen=True):
    """How a consumer shows that it lives."""

    ttl_ms: int = 5000  # a killed subscriber's events go to another after this; a pause of the process may last as long
    every_s: float = 1.0  # four beats may be lost before anyone takes the consumer for dead
    slots: int = 1024  # consumers of one group; more than that is a mistake in a loop


class Presence:
    """Holds one consumer name of a group until `leave`, or until `lost` says that another has it."""

    def __init__(self, keys: EventKeys, group: str, consumer: str | None = None, beat: Beat | None = None) -> None:
        self.beat = beat or Beat()
        self.key_prefix = keys.heartbeat(f"sub:{group}:")
        self._token = secrets.token_hex(8)
        self._fixed = consumer
        self._tried: str | None = None
        self.lost = False
        self.name = ""

    def enter(self) -> Steps[None]:
        """Take a name. One given by the caller is taken whoever had it."""
        self.lost = False
        if self._fixed is None:
            self.name = yield from self._free_slot()
        else:
            self.name = self._tried = self._fixed
            yield from ask("SET", self._key(self._fixed), self._token, "PX", self.beat.ttl_ms)

    def renew(self) -> Steps[None]:
        """One beat; to be run every `beat.every_s`. Trouble with the server is left to who reads: he meets it too."""
        with contextlib.suppress(RedisError, IngestError):
            key = self._key(self.name)
            holder = yield from self._holder(key)
            if holder == self._token:
                yield from ask("PEXPIRE", key, self.beat.ttl_ms)
            elif holder is not None or not (yield from self._taken(key)):
                self.lost = True

    def leave(self) -> Steps[None]:
        """Let the name go at once, so that others need not wait for the heartbeat to run out."""
        with contextlib.suppress(RedisError, IngestError):  # it runs out by itself
            # The name tried last may be ours though we were never told: who was interrupted has not read the answer.
            for key in {self._key(name) for name in (self.name, self._tried) if name}:
                if (yield from self._holder(key)) == self._token:
                    yield from ask("DEL", key)

    def _key(self, name: str) -> str:
        return self.key_prefix + name

    def _free_slot(self) -> Steps[str]:
        for slot in map(str, range(self.beat.slots)):
            self._tried = slot
            if (yield from self._taken(self._key(slot))):
                return slot
        return self._token

    def _taken(self, key: str) -> Steps[bool]:
        return bool((yield from ask("SET", key, self._token, "PX", self.beat.ttl_ms, "NX")))

    def _holder(self, key: str) -> Steps[str | None]:
        held = yield from ask("GET", key)
        return None if held is None else text(held)
