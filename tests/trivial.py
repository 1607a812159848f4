"""The smallest pipeline there can be: an article is its key, and an event is the key's bytes. For tests of the core.

What an article's text says is done to whoever handles it: `raise` while it is prepared, `refuse` while it is decided,
`die`, `hang` and `lock` (in processes of their own only).
"""

from __future__ import annotations

import itertools
import os
import re
import signal
from collections.abc import Callable
from typing import Any

from ingest.inbox.heartbeat import Heartbeat
from ingest.inbox.port import Reader, Settled, Turn
from ingest.inbox.turn import Pace, Worker
from ingest.ledger.keys import Keys
from ingest.ledger.port import Commit, Ledger, Write
from ingest.model import Accepted
from ingest.settings import InboxSettings


class KeysOnly:
    """A handler. `prepared`, `worked_ahead` and `forgotten` count calls; `most` entries are settled at once."""

    def __init__(self, ledger: Ledger, keys: Keys, most: int = 1000) -> None:
        self.ledger, self.most = ledger, most
        self.shard = keys.decisions(1, 1)
        self.prepared: list[str] = []
        self.worked_ahead: list[str] = []
        self.decided: list[tuple[str, ...]] = []
        self.forgotten = 0

    def prepare(self, accepted: Accepted) -> str:
        self.prepared.append(accepted.envelope.key)
        text = accepted.envelope.text
        if text == "raise":
            raise ValueError(f"cannot prepare {accepted.envelope.key}\x1b[31m\n")
        if text == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        while text == "hang":
            pass
        if text == "lock":
            re.match("(a+)+$", "a" * 60 + "b")  # for years, and no other thread runs
        return text if text == "refuse" else accepted.envelope.key

    def ahead(self, prepared: str) -> None:
        self.worked_ahead.append(prepared)
        raise ValueError("of no consequence: it comes again in the turn")

    def decide(self, turn: Turn[str]) -> Commit:
        items = turn.items[: self.most]
        self.decided.append(tuple(item.entry for item in items))
        names = [item.prepared.encode() for item in items if item.prepared is not None]
        if b"refuse" in names:
            raise KeyError("refused")
        gathered = self.ledger.gather({self.shard: names or [b""]})
        known = set(gathered.found.get(self.shard, ()))
        new = [name for name in dict.fromkeys(names) if name not in known]
        return Commit(
            consumer=turn.consumer,
            entries=[item.entry for item in items],
            head=gathered.head,
            decisions=[(self.shard, name, b"") for name in new],
            events=new,
            dead=[(item.entry, item.error) for item in items if item.error is not None],
            writes=[Write(self.shard, dict.fromkeys(new, b"1"))] if new else [],
            counts={"decided": len(new), "seen": len(names) - len(new)},
        )

    def commit(self, made: Commit) -> Settled:
        answer = self.ledger.commit(made)
        return Settled(answer.status, tuple(made.entries) if answer.status == "ok" else ())

    def forget(self) -> None:
        self.forgotten += 1


def worker(
    reader: Reader, handler: Any, name: str = "w", *, settings: InboxSettings | None = None, **more: Any
) -> Worker[Any, Any]:
    """A worker whose runs are named `w1`, `w2` ..., that beats only when told to and never pauses."""
    numbers = itertools.count(1)
    more = {"heartbeat": by_hand, "pause": lambda seconds: None, "pace": Pace(block_ms=20), **more}
    settings = settings or InboxSettings(batch=8)
    return Worker(reader, handler, settings, name=lambda: f"{name}{next(numbers)}", life=f"life of {name}", **more)


def by_hand(*args: Any, **more: Any) -> Heartbeat:
    """A heartbeat whose thread never gets to beat within a test."""
    return Heartbeat(*args, every=3600, guard=0, **more)


def once_at(point: str, then: Callable[[], object]) -> Callable[[str], None]:
    """Faults that do `then` the first time `point` is passed."""
    todo = [then]

    def faults(passed: str) -> None:
        if passed == point and todo:
            todo.pop()()

    return faults
