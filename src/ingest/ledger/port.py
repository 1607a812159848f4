"""What the pipeline asks of the partition's store: one gather, one commit. `memory` and `redis` both keep this promise.

The state of a partition is hashes of bytes (shards), a head token, an inbox, an event stream and counters. `keys` names
every one of them. Nothing here knows what the bytes mean; `ledger.rows` packs them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

Shards = Mapping[str, Mapping[bytes, bytes]]
Wants = Mapping[str, Sequence[bytes]]
"""Hash key -> the fields wanted of it; an empty sequence asks for the whole hash."""

MAX_ENTRIES = 900
"""Entries of one commit: their ids are unpacked into one call, and Lua's stack does not hold many thousand values."""


class Gathered(msgspec.Struct, frozen=True):
    """One atomic reading. `found` has only what exists."""

    head: bytes
    found: dict[str, dict[bytes, bytes]]


class Write(msgspec.Struct, frozen=True):
    """HSET of finished bytes to one hash. `expire_at` (ms) concerns the whole hash; None: it stays. It goes by the time
    at which the batch was accepted: for a batch that waited in the inbox it is moved on by so much.

    A bucket's end is the same with every write, so it is set when the hash is made; `renewed` sets it each time."""

    key: str
    fields: dict[bytes, bytes]
    expire_at: int | None = None
    renewed: bool = False


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """All that one batch changes, applied as one or not at all.

    entries    inbox ids, ascending: must be the first n of the group's pending list, all owned by `consumer`
    head       what was read; the commit is refused when it has moved
    decisions  (shard key, field, end): refused when one exists whose value ends so; the fields are also in `writes`
    events     finished event bytes, in order
    dead       (inbox id, error): payload goes to the dead letters, payload and error kept
    drops      whole keys forgotten, before the writes (published-time partitions, where nothing expires by itself)
    counts     added to the partition's counters: `seen`, `decided`, and the dispositions; `dead` is counted from `dead`
    """

    consumer: str
    entries: Sequence[str]
    head: bytes
    decisions: Sequence[tuple[str, bytes, bytes]] = ()
    events: Sequence[bytes] = ()
    dead: Sequence[tuple[str, str]] = ()
    writes: Sequence[Write] = ()
    drops: Sequence[str] = ()
    counts: Mapping[str, int] = {}


def tally(commit: Commit) -> dict[str, int]:
    """The commit's counts with its dead. Raises ValueError where they do not account for each entry exactly once: the
    balance of the partition would be wrong for ever."""
    counts = {**commit.counts, "dead": len(commit.dead)}
    accounted = counts.get("decided", 0) + counts.get("seen", 0) + counts["dead"]
    if accounted != len(commit.entries):
        raise ValueError(f"{len(commit.entries)} entries, but {accounted} are counted as decided, seen or dead")
    if len(commit.entries) > MAX_ENTRIES:
        raise ValueError(f"{len(commit.entries)} entries in one commit; at most {MAX_ENTRIES}")
    numbers = [*counts.values(), *(write.expire_at for write in commit.writes if write.expire_at is not None)]
    if not all(type(number) is int for number in numbers):
        raise ValueError("counts and expiries are integers: any other would fail in the middle of the commit")
    return {name: count for name, count in counts.items() if count}


class Answer(msgspec.Struct, frozen=True):
    """What became of a commit. Only `ok` wrote anything.

    status    `head`: somebody wrote since it was read; `turn`: the entries are not (any more) this consumer's front;
              `decided`: one of the decisions exists
    head      the head after an `ok` commit (the view stays valid while it stands); else what it is now
    """

    status: Literal["ok", "head", "turn", "decided"]
    head: bytes = b""


def no_work() -> bool:
    """There is nothing to do meanwhile."""
    return False


class Ledger(Protocol):
    """One partition's state. Safe for one thread at a time.

    meanwhile   may be set: work for the time that a store needs for a large gather or a commit. Called again and again;
                says whether there was any
    """

    meanwhile: Callable[[], bool]

    def gather(self, wants: Wants) -> Gathered:
        """Read all of it in one atomic step. Raises TransientError where the server does not answer."""

    def commit(self, commit: Commit) -> Answer:
        """Write all of it in one atomic step, or nothing. Raises TransientError where the answer was lost."""
