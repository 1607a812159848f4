"""Byte streams read in bounded pieces: lines of a limited length, and gzip that may not grow out of proportion."""

from __future__ import annotations

import gzip
import io
import os
from typing import BinaryIO, cast

from ingest.errors import Refused

MAX_RATIO = 100
"""Text gzips 3 to 10 times, JSON lines of one shape 20 times, a bomb 1,000 times."""


class Joined:
    """A file whose head was read already."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = io.BytesIO(head), cast(io.BufferedReader, rest)
        self._kept: bytes | Refused | None = None

    def line(self, limit: int) -> bytes:
        """The next line, empty at the end. Raises Refused `too-large`, once it has passed the line by."""
        kept, self._kept = self._kept, None
        if isinstance(kept, Refused):
            raise kept
        return self._next(limit) if kept is None else kept

    def _next(self, limit: int) -> bytes:
        line = self._part(limit + 1)
        if len(line) <= limit or line.endswith(b"\n"):
            return line
        while (part := self._part(limit)) and not part.endswith(b"\n"):
            pass
        raise Refused("too-large", "", f"a line of more than {limit} bytes")

    def _part(self, size: int) -> bytes:
        part = self._head.readline(size)
        if part.endswith(b"\n") or len(part) >= size:
            return part
        return part + self._rest.readline(size - len(part))

    def only_line(self, limit: int) -> bool:
        """After the first line: whether no other follows. The next one, if any, stays the next."""
        try:
            self._kept = self._next(limit)
        except Refused as refused:
            self._kept = refused
        return self._kept == b""

    def read(self, size: int) -> bytes:
        """Up to so many bytes, none at the end."""
        # No more than one read of what lies below: all that comes before an error is given.
        return self._head.read(size) or self._rest.read1(size)

    def all(self, limit: int) -> bytes:
        """What is left. Raises Refused `too-large`."""
        data = self._head.read() + self._rest.read(limit + 1)
        if len(data) > limit:
            raise Refused("too-large", "", f"more than {limit} bytes")
        return data


def unzipped(file: BinaryIO, at_least: int) -> BinaryIO:
    """The content of a gzipped file, from its start. Reading raises Refused `too-large` beyond a hundred times its size
    (and beyond `at_least` bytes), and the errors of gzip."""
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    return _Capped(gzip.GzipFile(fileobj=file), max(at_least, MAX_RATIO * size))


class _Capped(io.BufferedReader):
    """A decompressed stream that ends in a refusal where it grows out of all proportion."""

    def __init__(self, inner: gzip.GzipFile, limit: int) -> None:
        super().__init__(_CappedRaw(inner, limit))


class _CappedRaw(io.RawIOBase):
    def __init__(self, inner: gzip.GzipFile, limit: int) -> None:
        self._inner, self._left = inner, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed asks for any buffer; ours is a memoryview
        if self._left < 0:
            return 0  # refused before: the reader of lines goes on after a refusal, and finds the end
        # What is whole of a file cut off comes before the error.
        data = self._inner.read1(min(len(buffer), 1 << 16))
        self._left -= len(data)
        if self._left < 0:
            raise Refused("too-large", "", "it unpacks to far more than it is")
        buffer[: len(data)] = data
        return len(data)
