"""Which article versions were decided: what keeps an article from being decided twice.

An article key has one record, its newest version with the digest of that version's decision; most articles have no
other. When the next version takes its place, the decision goes to a record of its own, in the same hash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ingest import identity
from ingest.ledger import rows
from ingest.ledger.buckets import OLDER_SHARDS, Buckets, month_of
from ingest.ledger.index import Place, Wants
from ingest.ledger.keys import Keys
from ingest.ledger.rows import Newest, Ref
from ingest.ledger.view import View
from ingest.model import WithdrawnBy

ANY = b""
Guard = tuple[str, bytes, bytes]
"""Hash key, field, and the end of its value that would say that the decision exists: see `port.Commit`."""


def _shard(field: bytes, shards: int) -> int:
    return int.from_bytes(field[:2], "big") % shards


class Decisions:
    """Those of one partition, through a view, in monthly buckets: looked for in all of them, the newest first."""

    def __init__(self, view: View, keys: Keys, buckets: Buckets) -> None:
        self._view, self._keys, self._buckets = view, keys, buckets

    def want(self, wants: Wants, key: str, version: str) -> None:
        """Add what must be read to know whether a version was decided, and what its key's newest version is."""
        name, decision = identity.key_field(key), identity.decision_field(key, version)
        for shard, field in (*self._of_key(name), *self._by_themselves(name, decision)):
            wants.setdefault(shard, []).append(field)

    def want_newest(self, wants: Wants, key: str) -> None:
        """Add what must be read to know a key's newest version."""
        for shard, field in self._of_key(identity.key_field(key)):
            wants.setdefault(shard, []).append(field)

    def find(self, key: str, version: str) -> Ref | None:
        """The article that this very version was decided as."""
        name, decision = identity.key_field(key), identity.decision_field(key, version)
        for shard, field in self._of_key(name):
            found = self._view.get(shard, field)
            if found and (newest := rows.unpack(Newest, found)).decision == decision:
                return newest.ref
        for shard, field in self._by_themselves(name, decision):
            found = self._view.get(shard, field)
            if found:
                return rows.unpack_ref(found)
        return None

    def newest(self, key: str) -> Newest | None:
        """The newest version of an article key."""
        for shard, field in self._of_key(identity.key_field(key)):
            found = self._view.get(shard, field)
            if found:
                return rows.unpack(Newest, found)
        return None

    def record(
        self, key: str, version: str, nth: int, ref: Ref, clock: int, withdrawn: WithdrawnBy | None = None
    ) -> tuple[Guard, ...]:
        """Write the decision on a new version, or that this one withdraws the key, in the place of the newest so far.
        Gives what must not be there, for the commit."""
        name, decision = identity.key_field(key), identity.decision_field(key, version)
        shard, before = self._shard_now(name, clock), self.newest(key)
        if before is not None and before.decision:
            self._put(shard, before.decision, rows.pack_ref(before.ref), clock)
        self._put(shard, name, rows.pack_newest(Newest(nth, ref, decision, withdrawn)), clock)
        if before is None:
            return ((shard, name, ANY),)
        return (shard, name, rows.end_of(decision, withdrawn)), (shard, decision, ANY)

    def sighted(self, key: str, version: str, ref: Ref, clock: int) -> None:
        """A decided version came again: all that says so is written into this month's bucket, which lives longer."""
        name, decision = identity.key_field(key), identity.decision_field(key, version)
        shard, newest = self._shard_now(name, clock), self.newest(key)
        if newest is not None:
            self._put(shard, name, rows.pack_newest(newest), clock)
        if newest is None or newest.decision != decision:
            self._put(shard, decision, rows.pack_ref(ref), clock)

    def _put(self, shard: str, field: bytes, value: bytes, clock: int) -> None:
        self._view.put_field(shard, field, value, self._buckets.month_ends(month_of(clock)))

    def _shard_now(self, name: bytes, clock: int) -> str:
        month = month_of(clock)
        return self._keys.decisions(month, _shard(name, self._buckets.state.shards[month]))

    def _of_key(self, name: bytes) -> Iterator[Place]:
        older = _shard(name, OLDER_SHARDS)
        return ((shard, name) for shard in self._shards(name, lambda month: self._keys.older_newest(month, older)))

    def _by_themselves(self, name: bytes, decision: bytes) -> Iterator[Place]:
        """Records of versions that are no longer the newest, and of all that schema 2 decided."""
        older = _shard(decision, OLDER_SHARDS)
        return ((shard, decision) for shard in self._shards(name, lambda month: self._keys.decisions(month, older)))

    def _shards(self, name: bytes, older: Callable[[int], str]) -> Iterator[str]:
        """Where a key's records lie, the newest month first; `older` says where schema 2 laid them."""
        state = self._buckets.state
        for month in reversed(state.months):
            if month in state.shards:
                yield self._keys.decisions(month, _shard(name, state.shards[month]))
            if month in state.older:
                yield older(month)


class StoryIds:
    """From a story's id to its number, kept as long as decisions are."""

    def __init__(self, view: View, keys: Keys, buckets: Buckets) -> None:
        self._view, self._keys, self._buckets = view, keys, buckets

    def record(self, story_id: str, number: int, clock: int) -> None:
        name, month = identity.key_field(story_id), month_of(clock)
        shard = self._keys.story_ids(month, _shard(name, self._buckets.story_shards(month)))
        self._view.put_field(shard, name, number.to_bytes(4, "little"), self._buckets.month_ends(month))

    def find(self, story_id: str) -> int | None:
        name, state = identity.key_field(story_id), self._buckets.state
        for month in reversed(state.months):
            cuts = [self._buckets.story_shards(month)] if month in state.shards else []
            cuts += [OLDER_SHARDS] if month in state.older else []
            for shards in cuts:
                found = self._view.get(self._keys.story_ids(month, _shard(name, shards)), name)
                if found:
                    return int.from_bytes(found, "little")
        return None
