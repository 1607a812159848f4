"""The packed word table: a file of fixed layout, mapped into memory and shared by all processes of a machine.

    0   4 s   magic `SWbg`
    4   u32   format
    8   u32   slots, a power of two
    12  u32   CRC-32 of all that follows the header
    16  u32 x slots   upper half of the term's 64-bit hash, 0 where the slot is empty
    ..  u8  x slots   frequency: 10 ** (-value / 50), so 2 centibels or 4.7 % a step

Open addressing, linear probing, at most two thirds full. A term that is not in the table meets a foreign fingerprint
with a chance of about 2 in 2**32.
"""

from __future__ import annotations

import math
import mmap
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from xxhash import xxh3_64_intdigest

FORMAT: Final = 1
_HEADER: Final = struct.Struct("<4sIII")
_MAGIC: Final = b"SWbg"
_STEP: Final = 50  # values a power of ten
_FREQUENCIES: Final[tuple[float, ...]] = tuple(10.0 ** (-value / _STEP) for value in range(256))


def pack(frequencies: Mapping[str, float]) -> bytes:
    """The table's bytes. The same frequencies always make the same bytes."""
    slots = 1 << max(4, math.ceil(math.log2(max(1, len(frequencies)) * 1.5)))
    prints = memoryview(bytearray(4 * slots)).cast("I")
    values = bytearray(slots)
    for term in sorted(frequencies):
        fingerprint, slot = _address(digest_of(term), slots)
        value = min(255, max(0, round(-math.log10(frequencies[term]) * _STEP)))
        while prints[slot] and prints[slot] != fingerprint:
            slot = (slot + 1) & (slots - 1)
        values[slot] = min(value, values[slot]) if prints[slot] else value
        prints[slot] = fingerprint
    body = prints.tobytes() + bytes(values)
    return _HEADER.pack(_MAGIC, FORMAT, slots, zlib.crc32(body)) + body


class Table:
    """A mapped table. Raises ValueError where the file is not one, or is damaged."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if len(self._map) < _HEADER.size:
            raise ValueError(f"{path}: too short for a word table")
        magic, format_, self._slots, checksum = _HEADER.unpack_from(self._map)
        whole = memoryview(self._map)
        body = whole[_HEADER.size :]
        if magic != _MAGIC or format_ != FORMAT or len(body) != 5 * self._slots or zlib.crc32(body) != checksum:
            raise ValueError(f"{path}: not a word table of format {FORMAT}, or damaged")
        self._prints = body[: 4 * self._slots].cast("I")
        self._values = body[4 * self._slots :]
        self.path = path

    def get(self, term: str) -> float:
        """Relative frequency of the term, 0 where the table lacks it."""
        return self.find(digest_of(term))

    def find(self, digest: int) -> float:
        """The same, where the caller has the term's `digest_of` already."""
        fingerprint, slot = _address(digest, self._slots)
        prints = self._prints
        while (found := prints[slot]) != fingerprint:
            if not found:
                return 0.0
            slot = (slot + 1) & (self._slots - 1)
        return _FREQUENCIES[self._values[slot]]


def digest_of(term: str) -> int:
    """The 64-bit hash that a term is known by."""
    return xxh3_64_intdigest(term.encode("utf-8", "surrogatepass"))


def _address(digest: int, slots: int) -> tuple[int, int]:
    return (digest >> 32) or 1, digest & (slots - 1)
