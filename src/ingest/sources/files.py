"""Opening files that somebody else put there: regular ones only, never through a link, never waiting for a writer.

A folder that others write to may hold FIFOs that block for ever, links to /etc, and folders swapped for links between
the look and the read. So every step down the path is opened by itself, refusing links, and the file is judged by the
descriptor that is read, not by its name.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ingest.errors import Refused

from .names import printable

# O_NOCTTY: a terminal device opened by a daemon would become its terminal. O_NONBLOCK: a FIFO must not block the open.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_REASONS = {
    errno.ENOENT: "vanished",
    errno.ENOTDIR: "vanished",
    errno.ESTALE: "vanished",
    errno.ELOOP: "not-a-regular-file",
    errno.ENXIO: "not-a-regular-file",
    errno.EISDIR: "not-a-regular-file",
}


class Signature(msgspec.Struct, frozen=True, array_like=True):
    """What the file system says of a file's state. ctime moves where mtime is set back, or too coarse for a rewrite."""

    mtime_ns: int
    ctime_ns: int
    size: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Signature:
        return cls(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


class Found(msgspec.Struct, frozen=True):
    """A thing in a folder: its path under the root (as the system spells it), and what it is."""

    path: str
    signature: Signature
    regular: bool


def refusal(error: OSError, where: str) -> Refused:
    return Refused(_REASONS.get(error.errno or 0, "unreadable"), where, os.strerror(error.errno or 0))


def open_root(root: Path | str) -> int:
    """A descriptor of a folder that the operator named; a link is followed here, as it is theirs. Raises OSError."""
    return os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


@contextmanager
def folder_beneath(root: int, parts: list[str]) -> Iterator[int]:
    """A descriptor of the folder `parts` below `root`, no link on the way. Raises OSError."""
    at = os.dup(root)
    try:
        for part in parts:
            below = os.open(part, _FOLDER, dir_fd=at)
            os.close(at)
            at = below
        yield at
    finally:
        os.close(at)


@contextmanager
def open_beneath(root: int, path: str, where: str) -> Iterator[int]:
    """A descriptor of the regular file at `path` below `root`.

    Raises Refused: `vanished`, `not-a-regular-file`, `unreadable`.
    """
    *above, name = path.split("/")
    try:
        with folder_beneath(root, above) as folder:
            # Looked at before it is opened: opening a device can do things.
            if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                raise Refused("not-a-regular-file", where)
            file = os.open(name, _FILE, dir_fd=folder)
    except OSError as error:
        raise refusal(error, where) from error
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise Refused("not-a-regular-file", where)
        yield file
    finally:
        os.close(file)


MAX_LEVELS = 64
"""Folders within folders that are entered. Deeper ones only a program makes, and each level costs an open file and a
frame of the stack."""


def walk(
    root: int, start: str = "", folders: set[str] | None = None, levels: int = MAX_LEVELS
) -> Iterator[Found | Refused]:
    """Everything below `root` (or below `start` in it) that is no folder, sorted, hidden names left out.

    Linked folders are reported, not entered, so there are no loops. A folder that cannot be read, or lies more than
    `levels` below, and a file that cannot be looked at, is a Refused. The folders entered are added to `folders`.
    """
    if folders is not None:
        folders.add(start)
    try:
        with folder_beneath(root, [part for part in start.split("/") if part]) as folder:
            names = sorted(os.listdir(folder))
            looked = [(name, _looked(name, folder)) for name in names if not name.startswith(".")]
    except OSError as error:
        yield refusal(error, printable(start or "."))
        return
    for name, status in looked:
        path = f"{start}/{name}" if start else name
        if isinstance(status, FileNotFoundError):
            continue  # gone since it was listed: nothing was promised about it
        if isinstance(status, OSError):
            yield refusal(status, printable(path))
            continue
        if not stat.S_ISDIR(status.st_mode):
            yield Found(path, Signature.of(status), stat.S_ISREG(status.st_mode))
        elif levels:
            yield from walk(root, path, folders, levels - 1)
        else:
            yield Refused("too-deep", printable(path), "folders within folders")


def look(root: int, path: str) -> Found | None:
    """What is at `path` below `root` now; None for nothing, or a folder."""
    *above, name = path.split("/")
    try:
        with folder_beneath(root, above) as folder:
            status = _look(name, folder)
    except OSError:
        return None
    if status is None or stat.S_ISDIR(status.st_mode):
        return None
    return Found(path, Signature.of(status), stat.S_ISREG(status.st_mode))


def is_within(path: str, unread: Sequence[str]) -> bool:
    """Whether a file is one that `walk` could not look at, or lies below such a folder."""
    name = printable(path)
    return any(where == "." or name == where or name.startswith(f"{where}/") for where in unread)


def _look(name: str, folder: int) -> os.stat_result | None:
    status = _looked(name, folder)
    return None if isinstance(status, OSError) else status


def _looked(name: str, folder: int) -> os.stat_result | OSError:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        return error
