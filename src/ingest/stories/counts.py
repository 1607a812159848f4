"""How many articles of the stream had a term: bounded, decayed, and cheap to write down.

A count-min sketch with conservative update, two rows of u16 counters. To write the counters that an article touches
would be some 300 scattered pages; so an article is written as the list of its terms (0.04 to 0.9 kB), and the counters
whole only every 256 articles. Reading is the last snapshot and what was listed since. The counts after an article
depend on the articles up to it and on nothing else: not on batches, on restarts, or on where a snapshot fell.

    fields of the `df` hash
    s          the snapshot: u64 number of its last article, u32 weight of the articles in it
    p<n>       page n of its counters
    l<slot>    one article: u64 its number, then the u32 codes of its terms; slot = number mod 256
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.stories.features import Terms
from ingest.stories.thresholds import THRESHOLDS, Counting

_STATE: Final = struct.Struct("<QI")
_NUMBER: Final = struct.Struct("<Q")

Codes = NDArray[np.uint32]


class TermCounts:
    """Counts of one partition. `articles` were counted in all, `weight` of them in the counters (halved together)."""

    def __init__(self, counting: Counting = THRESHOLDS.counting) -> None:
        self._counting = counting
        self._rows = np.zeros((2, counting.columns), np.uint16)
        self._written = 0  # number of the last article in the written snapshot
        self._unwritten: list[tuple[int, Codes]] = []
        self.articles = 0
        self.weight = 0

    def df(self, codes: Codes) -> NDArray[np.float64]:
        """Articles that had each term; too high where terms share counters, never too low."""
        first, second = self._places(codes)
        lowest: NDArray[np.uint16] = np.minimum(self._rows[0][first], self._rows[1][second])
        return lowest.astype(np.float64)

    def add(self, terms: Terms) -> None:
        """Count one article. Not for copies: fifty outlets with one text do not make its words common."""
        codes = terms.codes[terms.presence <= self._counting.common_presence]
        self._count(codes)
        self._unwritten.append((self.articles, codes))

    def dirty(self) -> dict[bytes, bytes]:
        """Fields to write for what was counted since the last call."""
        fields = {self._slot(number): _NUMBER.pack(number) + codes.tobytes() for number, codes in self._unwritten}
        if self.articles - self._written >= self._counting.snapshot_every:
            fields |= self._snapshot()
            self._written = self.articles
        self._unwritten = []
        return fields

    @classmethod
    def from_pages(cls, fields: Mapping[bytes, bytes], counting: Counting = THRESHOLDS.counting) -> TermCounts:
        """The counts that a whole `df` hash holds; none at all where it is empty."""
        counts = cls(counting)
        if b"s" in fields:
            counts._written, counts.weight = _STATE.unpack(fields[b"s"])
            counts.articles = counts._written
            pages = range(counts._rows.nbytes // counting.page_bytes)
            content = b"".join(fields[b"p%d" % page] for page in pages)
            counts._rows = np.frombuffer(content, "<u2").reshape(2, -1).astype(np.uint16)
        counts.catch_up(fields)
        return counts

    def wanted(self, articles: int) -> list[bytes] | None:
        """Fields that bring these counts up to so many articles; None where all of the hash has to be read."""
        if articles - self.articles >= self._counting.snapshot_every:
            return None
        return [self._slot(number) for number in range(self.articles + 1, articles + 1)]

    def catch_up(self, fields: Mapping[bytes, bytes]) -> None:
        """Count what others have written meanwhile; entries that are known already are passed over."""
        listed = {_NUMBER.unpack_from(value)[0]: value for name, value in fields.items() if name[:1] == b"l"}
        while (value := listed.get(self.articles + 1)) is not None:
            self._count(np.frombuffer(value, "<u4", offset=_NUMBER.size))

    def _count(self, codes: Codes) -> None:
        places = self._places(codes)
        raised = np.minimum(self._rows[0][places[0]], self._rows[1][places[1]]) + np.uint16(1)
        for row, place in zip(self._rows, places, strict=True):
            np.maximum.at(row, place, raised)  # conservative: only the counters that were the lowest rise
        self.articles += 1
        self.weight += 1
        if self.weight >= self._counting.halve_at:
            self._rows >>= 1
            self.weight >>= 1

    def _places(self, codes: Codes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        bits = self._counting.columns.bit_length() - 1
        return (codes & (self._counting.columns - 1)).astype(np.intp), (codes >> (32 - bits)).astype(np.intp)

    def _slot(self, number: int) -> bytes:
        return b"l%d" % (number % self._counting.snapshot_every)

    def _snapshot(self) -> dict[bytes, bytes]:
        content, size = self._rows.astype("<u2").tobytes(), self._counting.page_bytes
        fields = {b"p%d" % page: content[page * size : (page + 1) * size] for page in range(len(content) // size)}
        return fields | {b"s": _STATE.pack(self.articles, self.weight)}
