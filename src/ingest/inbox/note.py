"""Which article a worker is busy with, in memory that outlives it: so that its parent knows what it died of.

The parent makes a file without a name and hands it down; the child maps it and writes the entry's id, at the cost of a
copy of 40 bytes. A kill, a crash and the kernel's out-of-memory killer leave the last word where it is.
"""

from __future__ import annotations

import mmap
import os
import re
import tempfile
from typing import IO

_SIZE = 64  # bytes; an entry's id has at most 41
_ENTRY = re.compile(rb"\d{1,20}-\d{1,20}\0")
_NOTHING = b"\0"


def make() -> IO[bytes]:
    """A note with nothing on it; its descriptor is for the child."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the caller's, closed when the child is dead
    file.truncate(_SIZE)
    return file


def read(file: IO[bytes]) -> str:
    """The entry that the child was busy with when it ended, '' for none. Whatever else stands there is none."""
    found = _ENTRY.match(os.pread(file.fileno(), _SIZE, 0))
    return found.group()[:-1].decode() if found else ""


class Note:
    """The child's side: call it with an entry's id, or None when it is done."""

    def __init__(self, descriptor: int) -> None:
        """Raises OSError or ValueError where the descriptor is no note."""
        self._map = mmap.mmap(descriptor, _SIZE)

    def __call__(self, entry: str | None) -> None:
        text = entry.encode() + _NOTHING if entry else _NOTHING
        self._map[: len(text)] = text
