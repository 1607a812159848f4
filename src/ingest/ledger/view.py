"""What a worker has read of a partition while one head stood, and what it is about to write.

Every reading is checked against the head of the first one: a view is one consistent snapshot, or Stale. Absence is
knowledge too. Writes go to an overlay that the view reads through, so the third article of a batch sees the first two.
The view may be kept over a commit of one's own (`committed`); of one that others have outrun, what is proved not
to have changed (`leave`, `resume`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ingest.errors import Stale
from ingest.ledger.port import Ledger, Wants, Write

_CAP = 16_000_000
"""Bytes remembered before the view is dropped and read anew: the postings, rows and stories of about 2,500 articles.
Twice as many made no worker faster and took 25 MB more."""

_FIELD_BYTES = 150
"""What a field takes in memory beyond its value."""

Known = dict[str, dict[bytes, bytes | None]]
"""Hash key -> what is known of its fields; None: it has no such field."""


class View:
    """Bytes of one partition by (hash key, field). Not safe for threads."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.head: bytes | None = None
        self._cache: Known = {}
        self._whole: set[str] = set()
        self._dirty: dict[str, dict[bytes, bytes]] = {}
        self._expiry: dict[str, int] = {}
        self._renewed: set[str] = set()
        self.dirty_bytes = 0  # written since the last commit; a field written twice counts twice
        self._held = 0  # bytes remembered; what was written counts each time
        self.reads = 0

    def fetch(self, wants: Wants) -> None:
        """Read what is not known yet, in one step. Raises Stale when the head has moved since the first reading."""
        missing: dict[str, list[bytes]] = {}
        cache, whole = self._cache, self._whole
        for key, fields in wants.items():
            if key in whole:
                continue
            known = cache.get(key)
            if not fields or not known:
                missing[key] = list(dict.fromkeys(fields))
            elif unknown := [field for field in dict.fromkeys(fields) if field not in known]:
                missing[key] = unknown
        if not missing and self.head is not None:
            return
        gathered = self._ledger.gather(missing)
        self.reads += 1
        if self.head is None:
            self.head = gathered.head
        elif gathered.head != self.head:
            self.drop()
            raise Stale("the partition was written while it was read")
        for key, unknown in missing.items():
            fresh: dict[bytes, bytes | None] = dict.fromkeys(unknown)
            if found := gathered.found.get(key):
                fresh.update(found)
                self._held += sum(map(len, found.values()))
            self._held += _FIELD_BYTES * len(fresh)
            known = cache.get(key)
            if known is None:
                cache[key] = fresh
            elif unknown:
                known.update(fresh)
            else:
                cache[key] = fresh | known  # some of its fields may be written anew already
            if not unknown:
                whole.add(key)

    def values(self, places: Collection[tuple[str, bytes]]) -> list[bytes | None]:
        """Single fields, in their order. What is not known of them is read in one step, which is the exception: a turn
        has read ahead."""
        if self.head is not None:
            try:
                cache = self._cache
                return [cache[key][field] for key, field in places]
            except KeyError:  # not known, or known to be absent from a hash that was read as a whole
                pass
        wants: dict[str, list[bytes]] = {}
        for key, field in places:
            wants.setdefault(key, []).append(field)
        self.fetch(wants)
        return [self._cache[key].get(field) for key, field in places]

    def get(self, key: str, field: bytes) -> bytes | None:
        known = self._cache.get(key)
        if known is None or (field not in known and key not in self._whole):
            self.fetch({key: [field]})
            known = self._cache[key]
        return known.get(field)

    def whole(self, key: str) -> dict[bytes, bytes]:
        """Every field of a hash, the overlay included."""
        self.fetch({key: []})
        return {field: value for field, value in self._cache.get(key, {}).items() if value is not None}

    def put(
        self, key: str, fields: dict[bytes, bytes], expire_at: int | None = None, *, renewed: bool = False
    ) -> None:
        """Write to the overlay; `expire_at` in ms, None: the hash does not expire; `renewed` as in `port.Write`."""
        self._cache.setdefault(key, {}).update(fields)
        self._dirty.setdefault(key, {}).update(fields)
        size = sum(map(len, fields.values()))
        self.dirty_bytes += size
        self._held += size + _FIELD_BYTES * len(fields)
        if expire_at is not None:
            self._expiry[key] = max(expire_at, self._expiry.get(key, 0))
            if renewed:
                self._renewed.add(key)

    def put_field(self, key: str, field: bytes, value: bytes, expire_at: int | None) -> None:
        """`put` of one field."""
        self._cache.setdefault(key, {})[field] = value
        self._dirty.setdefault(key, {})[field] = value
        self.dirty_bytes += len(value)
        self._held += len(value)  # of a place that is mostly known already
        if expire_at is not None and self._expiry.get(key, 0) < expire_at:
            self._expiry[key] = expire_at

    def put_unread(self, key: str, field: bytes, value: bytes) -> None:
        """Write what no worker reads again: it goes out with the commit and is not remembered."""
        self._dirty.setdefault(key, {})[field] = value
        self.dirty_bytes += len(value)

    def know_absent(self, key: str, field: bytes) -> None:
        """What is certain not to be stored need not be read."""
        self._cache.setdefault(key, {}).setdefault(field, None)

    def writes(self) -> list[Write]:
        expiry, renewed = self._expiry, self._renewed
        return [Write(key, fields, expiry.get(key), key in renewed) for key, fields in self._dirty.items()]

    @property
    def dirty_keys(self) -> int:
        return len(self._dirty)

    def committed(self, head: bytes, dropped: Iterable[str] = ()) -> None:
        """What was written is now in the store, under a head of one's own: go on with what is known."""
        self.head = head
        self._dirty, self._expiry, self._renewed, self.dirty_bytes = {}, {}, set(), 0
        for key in dropped:
            self._cache.pop(key, None)
            self._whole.discard(key)
        if self._held > _CAP:
            self.drop()

    def leave(self, lasting: tuple[str, ...]) -> Known:
        """Forget everything, and give what is known of the keys with these prefixes: somebody has written, though
        perhaps not there. Nothing of one's own is unwritten."""
        known = {key: fields for key, fields in self._cache.items() if key.startswith(lasting)}
        for key in self._whole:
            known.pop(key, None)  # their absent fields are not on record
        self.drop()
        return known

    def resume(self, known: Known, changed: Iterable[str]) -> None:
        """Know these again, under the new head, but for the keys that were changed meanwhile."""
        for key in changed:
            known.pop(key, None)
        self._cache = known | self._cache
        self._held += sum(
            _FIELD_BYTES * len(fields) + sum(map(len, filter(None, fields.values()))) for fields in known.values()
        )

    def drop(self) -> None:
        """Forget everything: the next reading starts a new snapshot."""
        self.head = None
        self._cache, self._whole, self._held = {}, set(), 0
        self._dirty, self._expiry, self._renewed, self.dirty_bytes = {}, {}, set(), 0
