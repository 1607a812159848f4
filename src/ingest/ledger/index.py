"""What finds older articles and stories again: postings of shingles, short items word for word, terms of stories.

Entries are packed numbers in few hashes (`buckets.Layout`), read and written as bytes: with some seventy entries an
article, making lists and structs of them cost a tenth of all a worker's time.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from ingest.ledger import rows
from ingest.ledger.buckets import WEEK_DAYS, Buckets, Layout, day_of
from ingest.ledger.keys import Keys
from ingest.ledger.rows import NUMBER_BYTES, WEIGHT_BYTES, Ref
from ingest.ledger.view import View
from ingest.settings import LedgerSettings

Wants = dict[str, list[bytes]]
_FIELD = struct.Struct("<I")
_NAMES_KEPT = 64  # buckets whose key names are remembered: more than are ever in use at once


class Index:
    """One partition's index, through a view. What is asked for with `want_*` before is read with everything else."""

    def __init__(self, view: View, keys: Keys, settings: LedgerSettings, layout: Layout, buckets: Buckets) -> None:
        self._view, self._keys, self._settings, self._layout, self._buckets = view, keys, settings, layout, buckets
        self._places = lru_cache(maxsize=512)(_places)  # an article's entries are looked for three times
        self._names = lru_cache(maxsize=_NAMES_KEPT)(_names)

    # -- postings of shingles, and of short items ----------------------------------------------------------------------

    def _posting_names(self, day: int) -> list[str]:
        return self._names(self._keys.postings, day, self._layout.posting_shards)

    def want_postings(self, wants: Wants, keys: Sequence[int], clock: int) -> None:
        """Add to `wants` what `postings` will ask for."""
        places = self._places(tuple(keys), self._layout.posting_shards)
        for names in map(self._posting_names, self._buckets.window(clock)):
            for shard, field in places:
                wants.setdefault(names[shard], []).append(field)

    def postings(self, keys: Sequence[int], clock: int) -> tuple[list[list[int]], dict[int, int]]:
        """For each sketch key the article numbers of the window, newest last; and the day of each number."""
        wants: Wants = {}
        self.want_postings(wants, keys, clock)
        self._view.fetch(wants)
        window = [(day, self._posting_names(day)) for day in self._buckets.window(clock)]
        get, unpack = self._view.get, rows.unpack_numbers
        lists: list[list[int]] = []
        days: dict[int, int] = {}
        for shard, field in self._places(tuple(keys), self._layout.posting_shards):
            numbers: list[int] = []
            for day, names in window:
                found = get(names[shard], field)
                if found:
                    of_day = unpack(found)
                    numbers += of_day
                    for number in of_day:
                        days[number] = day
            lists.append(numbers)
        return lists, days

    def record_postings(self, keys: Sequence[int], ref: Ref) -> None:
        ends = self._buckets.day_ends(ref.day, self._settings.window_hours // 24 + 1)
        names, entry = self._posting_names(ref.day), rows.pack_numbers((ref.number,))
        older = (self._layout.posting_cap - 1) * NUMBER_BYTES
        get, put = self._view.get, self._view.put_field
        for shard, field in self._places(tuple(keys), self._layout.posting_shards):
            name = names[shard]
            found = get(name, field)
            put(name, field, found[-older:] + entry if found else entry, ends)

    def short(self, key: bytes, clock: int) -> Ref | None:
        """The article with this very title and body, of today or yesterday."""
        for day in (day_of(clock), day_of(clock) - 1):
            if day in self._buckets.state.days:
                found = self._view.get(self._keys.short(day, key[0]), key)
                if found:
                    return rows.unpack_ref(found)
        return None

    def record_short(self, key: bytes, ref: Ref) -> None:
        self._view.put_field(
            self._keys.short(ref.day, key[0]), key, rows.pack_ref(ref), self._buckets.day_ends(ref.day, 2)
        )

    # -- terms of stories ----------------------------------------------------------------------------------------------

    def _term_names(self, week: int) -> list[str]:
        return self._names(self._keys.terms, week, self._layout.term_shards)

    def want_terms(self, wants: Wants, terms: Sequence[int]) -> None:
        """Add to `wants` what `term_postings` will ask for."""
        places = self._places(tuple(terms), self._layout.term_shards)
        for names in map(self._term_names, self._buckets.state.weeks):
            for shard, field in places:
                wants.setdefault(names[shard], []).append(field)

    def term_postings(self, terms: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
        """For each term the (story number, weight) of the weeks in use; of a story in several, the newest weight."""
        wants: Wants = {}
        self.want_terms(wants, terms)
        self._view.fetch(wants)
        weeks = [self._term_names(week) for week in sorted(self._buckets.state.weeks)]
        get, unpack = self._view.get, rows.unpack_weights
        out: dict[int, list[tuple[int, int]]] = {}
        for term, (shard, field) in zip(terms, self._places(tuple(terms), self._layout.term_shards), strict=True):
            lists = [unpack(found) for found in [get(names[shard], field) for names in weeks] if found]
            if len(lists) == 1:
                out[term] = lists[0]
            elif lists:
                merged: dict[int, int] = {}
                for pairs in lists:
                    merged.update(pairs)
                out[term] = list(merged.items())
        return out

    def record_terms(self, story: int, weights: Iterable[tuple[int, int]], clock: int) -> None:
        """Enter the story under its terms, as the newest: the oldest go when a list is full."""
        week = day_of(clock) // WEEK_DAYS
        ends, names = self._buckets.week_ends(week), self._term_names(week)
        weights = list(weights)
        places = self._places(tuple(term for term, _ in weights), self._layout.term_shards)
        wants: Wants = {}
        for shard, field in places:
            wants.setdefault(names[shard], []).append(field)
        self._view.fetch(wants)
        older = (self._layout.term_cap - 1) * WEIGHT_BYTES
        get, put = self._view.get, self._view.put_field
        for (_, weight), (shard, field) in zip(weights, places, strict=True):
            name, entry = names[shard], rows.pack_weights(((story, weight),))
            found = get(name, field)
            put(name, field, _without(found, story)[-older:] + entry if found else entry, ends)


def _places(codes: tuple[int, ...], shards: int) -> list[tuple[int, bytes]]:
    """Shard and field of each code: the fields are what is left of it, cut to four bytes."""
    pack = _FIELD.pack
    return [(code % shards, pack(code // shards & 0xFFFFFFFF)) for code in codes]


def _names(make: Callable[[int, int], str], bucket: int, shards: int) -> list[str]:
    return [make(bucket, shard) for shard in range(shards)]


def _without(entries: bytes, story: int) -> bytes:
    """The entries but that of the story, if it has one."""
    number = rows.pack_numbers((story,))
    at = entries.find(number)
    while at >= 0 and at % WEIGHT_BYTES:  # the same four bytes across two entries
        at = entries.find(number, at + 1)
    return entries if at < 0 else entries[:at] + entries[at + WEIGHT_BYTES :]
