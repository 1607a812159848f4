"""What finds older articles and stories again: postings of shingles, short items word for word, terms of stories.

Entries are packed numbers in few hashes (`buckets.Layout`), read and written as bytes: with some seventy entries an
article, making lists and structs of them cost a tenth of all a worker's time.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ingest.ledger import rows
from ingest.ledger.buckets import SHORT_SHARDS, WEEK_DAYS, Buckets, Layout, day_of
from ingest.ledger.keys import Keys
from ingest.ledger.rows import NUMBER_BYTES, WEIGHT_BYTES, Ref
from ingest.ledger.view import View
from ingest.settings import LedgerSettings

Wants = dict[str, list[bytes]]
Place = tuple[str, bytes]
"""Hash key and field of one entry."""

_PACKED = 12 * WEIGHT_BYTES
"""Of a term's stories: the longest value that a listpack takes is 64 bytes, and one longer makes a hash of 100 terms
cost 40 bytes a term more."""
_NEWEST = 7 * WEIGHT_BYTES  # what stays of a full list: a term that has a list of older ones has so many, or more

_FIELD = struct.Struct("<I")
_ENTRY = np.dtype([("story", "<u4"), ("weight", "u1")])  # of a term's list, as `rows.pack_weight` makes it
_STORY_BITS = np.uint64(32)
_PLACES_KEPT = 1024  # an article's entries are looked for three times: for its batch, in its turn, and to be written
_NAMES_KEPT = 64  # buckets whose key names are remembered: more than are ever in use at once


class Index:
    """One partition's index, through a view. What is asked for with `want_*` before is read with everything else."""

    def __init__(self, view: View, keys: Keys, settings: LedgerSettings, layout: Layout, buckets: Buckets) -> None:
        self._view, self._keys, self._settings, self._layout, self._buckets = view, keys, settings, layout, buckets
        self._cut_postings = lru_cache(_PLACES_KEPT)(Places(keys.postings))
        self._cut_terms = lru_cache(_PLACES_KEPT)(Places(keys.terms))
        self._cut_often = Places(keys.often)

    # -- postings of shingles, and of short items ----------------------------------------------------------------------

    def want_postings(self, wants: Wants, keys: Sequence[int], clock: int) -> None:
        """Add to `wants` what `postings` will ask for."""
        codes = tuple(keys)
        for day in self._buckets.window(clock):
            for name, field in self._posting_places(day, codes):
                wants.setdefault(name, []).append(field)

    def postings(self, keys: Sequence[int], clock: int) -> tuple[list[list[int]], dict[int, int]]:
        """For each sketch key the article numbers of the window, newest last; and the day of each number."""
        codes, unpack = tuple(keys), rows.unpack_numbers
        lists: list[list[int]] = [[] for _ in codes]
        days: dict[int, int] = {}
        window = self._buckets.window(clock)
        read = self._view.values([place for day in window for place in self._posting_places(day, codes)])
        for day, of_keys in zip(window, _cut(read, len(window)), strict=True):
            for numbers, found in zip(lists, of_keys, strict=True):
                if found:
                    of_day = unpack(found)
                    numbers += of_day
                    for number in of_day:
                        days[number] = day
        return lists, days

    def record_postings(self, keys: Sequence[int], ref: Ref) -> None:
        ends = self._buckets.day_ends(ref.day, self._settings.window_hours // 24 + 1)
        places, entry = self._posting_places(ref.day, tuple(keys)), rows.pack_numbers((ref.number,))
        older = (self._layout.posting_cap - 1) * NUMBER_BYTES
        put = self._view.put_field
        for (name, field), found in zip(places, self._view.values(places), strict=True):
            put(name, field, found[-older:] + entry if found else entry, ends)

    @property
    def window_hours(self) -> int:
        return self._settings.window_hours

    def names(self) -> list[str]:
        """Every key that may hold postings or short items of the window, by now."""
        days = self._buckets.window(self._buckets.state.clock or 0)
        postings = [self._keys.postings(day, n) for day in days for n in range(self._buckets.posting_shards(day))]
        return postings + [self._keys.short(day, shard) for day in days for shard in range(SHORT_SHARDS)]

    def _short_days(self, clock: int) -> list[int]:
        return [day for day in (day_of(clock), day_of(clock) - 1) if day in self._buckets.state.days]

    def want_short(self, wants: Wants, key: bytes, clock: int) -> None:
        """Add to `wants` what `short` will ask for."""
        for day in self._short_days(clock):
            wants.setdefault(self._keys.short(day, key[0]), []).append(key)

    def short(self, key: bytes, clock: int) -> Ref | None:
        """The article with this very title and body, of today or yesterday."""
        for day in self._short_days(clock):
            found = self._view.get(self._keys.short(day, key[0]), key)
            if found:
                return rows.unpack_ref(found)
        return None

    def record_short(self, key: bytes, ref: Ref) -> None:
        self._view.put_field(
            self._keys.short(ref.day, key[0]), key, rows.pack_ref(ref), self._buckets.day_ends(ref.day, 2)
        )

    # -- terms of stories ----------------------------------------------------------------------------------------------

    def want_terms(self, wants: Wants, terms: Sequence[int]) -> None:
        """Add to `wants` what `term_postings` will ask for."""
        codes = tuple(terms)
        for week in self._buckets.state.weeks:
            for name, field in self._term_places(week, codes):
                wants.setdefault(name, []).append(field)

    def want_often(self, wants: Wants, terms: Sequence[int]) -> None:
        """Add to `wants` what `term_postings` will ask for beyond what `want_terms` did; that is read by now."""
        codes = tuple(terms)
        for week in self._buckets.state.weeks:
            found = self._view.values(self._term_places(week, codes))
            for name, field in self._often(week, codes, found).values():
                wants.setdefault(name, []).append(field)

    def term_postings(
        self, terms: Sequence[int]
    ) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint8]]:
        """Terms, story numbers and weights of the weeks in use, ascending by term and story; of a story in several
        weeks the newest weight."""
        codes, weeks = tuple(terms), sorted(self._buckets.state.weeks)
        read = self._view.values([place for week in weeks for place in self._term_places(week, codes)])
        recent = _cut(read, len(weeks))
        often = [self._often(week, codes, found) for week, found in zip(weeks, recent, strict=True)]
        there = [place for places in often for place in places.values()]
        older = dict(zip(there, self._view.values(there), strict=True))
        terms_of, lists = [], []
        for places, found in zip(often, recent, strict=True):
            for owners, packed in ((places, [older[place] for place in places.values()]), (codes, found)):
                terms_of += [term for term, entries in zip(owners, packed, strict=True) if entries]
                lists += [entries for entries in packed if entries]
        return _newest(np.array(terms_of, np.uint64), lists)

    def _posting_places(self, day: int, codes: tuple[int, ...]) -> list[Place]:
        return self._cut_postings(day, self._buckets.posting_shards(day), codes)

    def _term_places(self, week: int, codes: tuple[int, ...]) -> list[Place]:
        return self._cut_terms(week, self._buckets.term_shards(week), codes)

    def _often_places(self, week: int, codes: tuple[int, ...]) -> list[Place]:
        return self._cut_often(week, self._layout.often_shards, codes)

    def _often(self, week: int, codes: tuple[int, ...], found: Sequence[bytes | None]) -> dict[int, Place]:
        """Of these terms those with so many stories that the older ones may lie elsewhere, and where."""
        common = tuple(code for code, data in zip(codes, found, strict=True) if data and len(data) >= _NEWEST)
        return dict(zip(common, self._often_places(week, common), strict=True)) if common else {}

    def record_terms(self, story: int, weights: Iterable[tuple[int, int]], clock: int) -> None:
        """Enter the story under its terms, as the newest: the oldest move when a list is full, and go at last."""
        week, by_term = day_of(clock) // WEEK_DAYS, dict(weights)
        places, ends = self._term_places(week, tuple(by_term)), self._buckets.week_ends(week)
        put = self._view.put_field
        for code, (name, field), found in zip(by_term, places, self._view.values(places), strict=True):
            entry = rows.pack_weight(story, by_term[code])
            entries = _without(found, entry) + entry if found else entry
            if len(entries) > _PACKED:
                self._move(week, code, entries, ends)
                entries = entries[-_NEWEST:]
            elif len(entries) >= _NEWEST > len(found or b""):
                self._view.know_absent(*self._often_places(week, (code,))[0])  # else it is asked for from now on
            put(name, field, entries, ends)

    def _move(self, week: int, term: int, entries: bytes, ends: int | None) -> None:
        """Let the list of older stories take in all but the newest of these."""
        ((name, field),) = self._often_places(week, (term,))
        pairs = rows.unpack_weights(entries)
        known = {number for number, _ in pairs}
        before = rows.unpack_weights(self._view.get(name, field) or b"")
        older = [pair for pair in before if pair[0] not in known] + pairs[: -_NEWEST // WEIGHT_BYTES]
        most = self._layout.term_cap - _NEWEST // WEIGHT_BYTES
        self._view.put_field(name, field, b"".join(rows.pack_weight(*pair) for pair in older[-most:]), ends)


class Places:
    """Where the entries of a family's bucket lie: a code's remainder by the number of shards names the hash, what is
    left of it, cut to four bytes, the field."""

    def __init__(self, name: Callable[[int, int], str]) -> None:
        self._names = lru_cache(_NAMES_KEPT)(
            lambda bucket, shards: [name(bucket, shard) for shard in range(shards)]
        )

    def __call__(self, bucket: int, shards: int, codes: tuple[int, ...]) -> list[Place]:
        names, pack = self._names(bucket, shards), _FIELD.pack
        return [(names[code % shards], pack(code // shards & 0xFFFFFFFF)) for code in codes]


def _newest(
    owners: NDArray[np.uint64], lists: Sequence[bytes]
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint8]]:
    """One entry for each story of a term, the last, out of packed lists and their terms."""
    entries = np.frombuffer(b"".join(lists), _ENTRY)
    keys = np.repeat(owners << _STORY_BITS, [len(packed) // WEIGHT_BYTES for packed in lists]) | entries["story"]
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    last = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=last[:-1])
    keys = keys[last]
    return (keys >> _STORY_BITS).astype(np.uint32), keys.astype(np.uint32), entries["weight"][order[last]]


def _cut(values: list[bytes | None], parts: int) -> list[list[bytes | None]]:
    """Values of equally many entries for each of so many buckets."""
    size = len(values) // parts if parts else 0
    return [values[at * size : (at + 1) * size] for at in range(parts)]


def _without(entries: bytes, entry: bytes) -> bytes:
    """The entries but the one of this entry's story, if there is one."""
    number = entry[:NUMBER_BYTES]
    at = entries.find(number)
    while at >= 0 and at % WEIGHT_BYTES:  # the same four bytes across two entries
        at = entries.find(number, at + 1)
    return entries if at < 0 else entries[:at] + entries[at + WEIGHT_BYTES :]
