"""What the inbox promises those who fill it (`Inbox`) and those who empty it (`Reader`), and asks of the `Handler`.

Accepted means: `offer` returned. From then on an entry is either in the stream or counted as decided, seen or dead:

    offered = refused + accepted            accepted = decided + seen + dead + entries in the stream

`redis` and `reader` keep these promises on a server, `memory` in one process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Literal, Protocol, TypeVar

import msgspec

from ingest.model import Accepted, Due, Envelope
from ingest.model import ProgressUpdate as ProgressUpdate

Prepared = TypeVar("Prepared")
Made = TypeVar("Made")

class InboxKeys(Protocol):
    """The key names the inbox needs of a partition; `ledger.keys.Keys` has them; stages do not import each other."""

    GROUP: str
    partition: str
    meta: str
    inbox: str
    head: str
    counters: str
    turn: str
    deaths: str
    attempts: str
    dead: str

    def heartbeat(self, consumer: str) -> str: ...

    def progress(self, source: str) -> str: ...

    def due(self, source: str) -> str: ...


class Offered(msgspec.Struct, frozen=True):
    """An accepted offer: the entry ids, in the order of the envelopes, and the bytes of their payloads."""

    entries: tuple[str, ...]
    bytes: int


class Counters(msgspec.Struct, frozen=True, kw_only=True):
    """Of a partition, since it was made; `bytes` are those in the inbox now."""

    offered: int = 0
    refused: int = 0
    accepted: int = 0
    decided: int = 0
    seen: int = 0
    dead: int = 0
    opened: int = 0
    updated: int = 0
    repeated: int = 0
    withdrawn: int = 0
    noted: int = 0
    merged: int = 0
    bytes: int = 0


class Balance(msgspec.Struct, frozen=True):
    """Counters and sizes of one moment. `entries` are all in the inbox, `pending` those that some worker has read."""

    counters: Counters
    entries: int
    pending: int

    @property
    def undelivered(self) -> int:
        return self.entries - self.pending

    @property
    def holds(self) -> bool:
        """Nothing was lost and nothing counted twice."""
        c = self.counters
        return c.offered == c.refused + c.accepted and c.accepted == c.decided + c.seen + c.dead + self.entries


class Inbox(Protocol):
    """Where sources put articles."""

    def offer(
        self, offers: Sequence[Envelope], *, refused: int = 0, progress: Sequence[ProgressUpdate] = ()
    ) -> Offered:
        """Accept all of them, count the refused, record the progress: one atomic step, or nothing.

        Raises Refused where a field of one is beyond its bounds (`ingest.fields`), before anything is sent. Raises
        Stale where the stored progress is not what was believed, Pressure at a limit of entries, bytes or
        memory (for an offer without articles only when the server is full), TransientError where no answer came: it
        may have been applied or not, and the source reads its progress again to know.
        """

    def progress(self, source: str, fields: Sequence[str]) -> dict[str, bytes]:
        """The stored values of these fields; absent ones are left out."""

    def kept(self, source: str) -> dict[str, bytes]:
        """All that is stored of a source, in no order."""

    def scheduled(self, source: str, before: int | None = None) -> dict[str, int]:
        """When each name of a source is due, ms, the soonest first; `before` leaves out those due then or later.
        What was taken is due when its lease ends."""

    def take_due(self, source: str, now: int, until: int, count: int) -> Due:
        """Up to `count` of a source's names that are due at `now`, the longest overdue first. They are due again at
        `until`, unless an offer or `hold` moves that: who dies with them loses nothing. Times in ms."""

    def hold(self, source: str, until: Mapping[str, float], latest: int) -> None:
        """Move when these names are due; not of those on no schedule, nor of those due after `latest`, the end of the
        longest lease: what was settled meanwhile keeps its next turn. Times in ms; parts of
        one order those that are due together."""

    def balance(self) -> Balance:
        """Counters and sizes, of one moment."""


ALONE_FROM = 2
"""Deaths of its workers from which an entry is handled alone. One death is most often the machine's doing, and one by
one is many times slower than a batch."""


class Held(msgspec.Struct, frozen=True):
    """An entry of the pending list: who holds it, and how often its worker died while holding it."""

    entry: str
    owner: str
    deaths: int = 0


class Look(msgspec.Struct, frozen=True):
    """The turn at one moment.

    front      the first entries of the pending list, ascending
    owner_ms   life left of the heartbeat of the first entry's owner, in ms; negative when it is gone
    turn       id of the last poke, to wait for the next
    entries, pending   of the whole inbox
    """

    head: bytes
    turn: bytes
    entries: int
    pending: int
    owner_ms: int
    front: tuple[Held, ...]


class Reader(Protocol):
    """The emptying side: names, heartbeats, reading, claiming. Every call may raise TransientError."""

    def enlist(self, consumer: str) -> None:
        """Give a new name its first heartbeat, before its first read. Removes names that are dead and hold nothing."""

    def beat(self, consumer: str) -> bool:
        """Renew the heartbeat. False when it has run out: others may have claimed, and the name is dead."""

    def leave(self, consumer: str) -> None:
        """End the heartbeat of one's own accord: others may claim at once, and it counts as no death."""

    def fail(self, consumer: str) -> None:
        """End the heartbeat as a death: others may claim at once, and it counts against all that it holds."""

    def look(self, count: int) -> Look:
        """The turn, with up to `count` entries of the front."""

    def read(self, consumer: str, count: int, block_ms: int) -> list[tuple[str, bytes]]:
        """Take up to `count` unread entries; waits up to `block_ms` for the first, 0 does not wait."""

    def fetch(self, entries: Sequence[str]) -> dict[str, bytes]:
        """Payloads by id; an entry that is gone from the inbox is left out."""

    def claim(self, consumer: str, owner: str, count: int) -> int:
        """Take over a dead owner's oldest entries; 0 when it lives after all, or holds nothing."""

    def wait(self, turn: bytes, ms: int) -> None:
        """Until a commit poked after `turn`, at most `ms`."""

    def attempt(self, entry: str, life: str) -> int:
        """Count that `life` (a process) handles the entry alone; the same life counts once. How often by now."""

    def undo(self, entry: str, life: str) -> None:
        """Take that life's attempt back: it neither died nor raised."""

    def raised(self, entry: str) -> int:
        """Count that handling the entry alone raised. How often by now."""

    def suspect(self, entry: str) -> None:
        """From now on handle this entry alone: a worker knows that it hung on it."""


class Item(msgspec.Struct, Generic[Prepared], frozen=True):
    """One entry of a turn: prepared, or with the error it dies of."""

    entry: str
    accepted: Accepted | None = None
    prepared: Prepared | None = None
    error: str | None = None


class Turn(msgspec.Struct, Generic[Prepared], frozen=True):
    """One's own run at the front of the pending list, ascending: what may be decided now.

    head   as read together with the turn; a view of another head is dropped before gathering
    """

    consumer: str
    head: bytes
    items: tuple[Item[Prepared], ...]

    @property
    def dead(self) -> tuple[tuple[str, str], ...]:
        """(entry, error) of those that become dead letters."""
        return tuple((item.entry, item.error) for item in self.items if item.error is not None)


class Settled(msgspec.Struct, frozen=True):
    """What became of a turn. `entries` are those it settled, a prefix of the turn; none unless `ok`."""

    status: Literal["ok", "head", "turn", "decided"]
    entries: tuple[str, ...] = ()


class Handler(Protocol[Prepared, Made]):
    """What a worker does with articles; the pipeline implements it.

    TransientError, Stale and redis errors never count against an article; any other exception does.
    """

    def prepare(self, accepted: Accepted) -> Prepared:
        """Canonical form of one article; a pure function."""

    def ahead(self, prepared: Prepared) -> None:
        """Do now what its turn may ask for, while the turn is another's: pure; an error is of no account."""

    def decide(self, turn: Turn[Prepared]) -> Made:
        """Gather, and decide article by article. Writes nothing. May take a prefix where all is too much."""

    def commit(self, made: Made) -> Settled:
        """One commit. Keeps the view when `ok`, drops it otherwise."""

    def forget(self) -> None:
        """Drop the view: an answer was lost."""


class Report(msgspec.Struct):
    """What one run of a worker did."""

    settled: int = 0
    dead: int = 0
    batches: int = 0
    refused: dict[str, int] = {}
    claimed: int = 0
    adopted: int = 0
    failures: int = 0
    idle: int = 0


Log = Callable[[str, Mapping[str, Any]], None]
"""An event of the worker's life and its fields, for telemetry."""


def no_log(event: str, fields: Mapping[str, Any]) -> None:
    """Nobody listens."""
