"""What the last commits wrote, as far as it is read one by one: a worker whose view others have outrun need not forget
all stories, and reads at once what they have added.

The chain is proved link by link: commits are numbered, each names the head it began under, and heads are random, so a
trail of another history (a failover) leads nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from ingest.ledger import rows
from ingest.ledger.rows import Ref

KEPT = 8
"""Commits on the trail, of 530 to 600 bytes each: as many workers may take turns before one that waits forgets."""


class Step(msgspec.Struct, frozen=True, array_like=True):
    """One commit: its number, the head that it found, the stories that it wrote, the articles that told something."""

    commit: int
    before: bytes
    stories: tuple[int, ...]
    told: tuple[Ref, ...]


def field(commit: int) -> bytes:
    """Where the step of a commit lies in the `state` hash."""
    return b"c%d" % (commit % KEPT)


FIELDS = tuple(map(field, range(KEPT)))


def follow(found: Mapping[bytes, bytes], head: bytes, since: int, until: int) -> Sequence[Step] | None:
    """The steps after commit number `since`, which made `head`, up to `until`. None where the trail does not lead from
    one to the other: too many commits, another history."""
    if not 0 < until - since <= KEPT:
        return None
    steps: list[Step] = []
    for commit in range(since + 1, until + 1):
        step = rows.unpack(Step, found[field(commit)]) if field(commit) in found else None
        if step is None or step.commit != commit or (not steps and step.before != head):
            return None
        steps.append(step)
    return steps
