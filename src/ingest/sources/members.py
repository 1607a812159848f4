"""A gzipped archive, member by member: where one is broken, the next that begins like a record is looked for.

Each record of an archive is a member of its own, so a bad sector costs the records that it lies in.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from ingest.errors import Refused

from .streams import MAX_RATIO

_MAGIC = b"\x1f\x8b\x08"
_PIECE = 1 << 16
_LOOK = 1 << 20
"""Bytes looked through at a time."""
_TRIES = 10_000
"""Places of a file that are tried: the magic bytes stand somewhere in 16 MB of any packed data, in a file made for it
everywhere."""
_START = 4096
"""Bytes of a member that show how it begins: its header may hold a name."""


class Members:
    """The members of a gzipped file, from its start. `begins` is what each unpacks to first."""

    def __init__(self, file: BinaryIO, at_least: int, begins: bytes) -> None:
        self._file, self._begins = file, begins
        self._left = max(at_least, MAX_RATIO * os.fstat(file.fileno()).st_size)
        self._tries = _TRIES
        self._to(0)

    def read(self, size: int = _PIECE) -> bytes:
        """Up to so many bytes of this member, none at its end. Raises zlib.error, EOFError, and Refused `too-large`
        where the file unpacks to far more than it is."""
        data = b""
        while not data and not self._member.eof:
            packed = self._member.unconsumed_tail or self._file.read(_PIECE)
            data = self._member.decompress(packed, min(max(size, 1), _PIECE))
            if not packed and not data and not self._member.eof:
                raise EOFError("it is cut off")
        self._left -= len(data)
        if self._left < 0:
            raise Refused("too-large", "", "it unpacks to far more than it is")
        return data

    def more(self) -> bool:
        """Go on to the next member, if there is one; zeros between them are padding."""
        while self.read():
            pass  # what no record is made of
        rest = self._member.unused_data.lstrip(b"\0")
        while not rest:
            if not (piece := self._file.read(_PIECE)):
                return False
            rest = piece.lstrip(b"\0")
        self._to(self._file.tell() - len(rest))
        return True

    def skip(self) -> int | None:
        """Go on behind what is broken; the bytes passed over from `begun`, the beginning of its member. None where no
        other member follows, or none can be looked for any more."""
        for place in self._places(self.begun + 1):
            self._tries -= 1
            if self._tries < 0 or self._left < 0:
                return None
            self._file.seek(place)
            if start_of(self._file.read(_START), len(self._begins)) == self._begins:
                passed = place - self.begun
                self._to(place)
                return passed
        return None

    def _places(self, start: int) -> Iterator[int]:
        """Where the magic bytes stand, from `start` on."""
        at, kept = start, b""
        while True:
            self._file.seek(at + len(kept))
            piece = kept + self._file.read(_LOOK)
            found = piece.find(_MAGIC)
            while found >= 0:
                yield at + found
                found = piece.find(_MAGIC, found + 1)
            if len(piece) <= len(kept):
                return
            kept = piece[-(len(_MAGIC) - 1) :]
            at += len(piece) - len(kept)

    def _to(self, place: int) -> None:
        self._file.seek(place)
        self.begun, self._member = place, zlib.decompressobj(wbits=31)


def start_of(packed: bytes, size: int) -> bytes | None:
    """The first bytes of a member that begins so; None where it is broken already."""
    try:
        return zlib.decompressobj(wbits=31).decompress(packed, size)
    except zlib.error:
        return None
