"""The stores that replays make for themselves: `var/replays/N`, the newest few kept, none taken from who uses it."""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ingest.errors import StoreError
from ingest.store.embedded import is_running

KEPT = 3
"""Replays kept; the oldest goes when the next begins."""


def numbers_in(folder: Path) -> list[int]:
    """Numbers of the replays in a folder, ascending."""
    found = [int(each.name) for each in folder.iterdir() if each.name.isdecimal()] if folder.is_dir() else []
    return sorted(found)


@contextmanager
def own_store(folder: Path) -> Iterator[Path]:
    """The folder of the next replay, held until it is left. The newest three are kept, and those in use. Raises
    StoreError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        numbers = numbers_in(folder)
        for old in numbers[: max(0, len(numbers) - KEPT + 1)]:
            _forget(folder / str(old))
        own, hold = _make(folder, numbers[-1] + 1 if numbers else 1)
    except FileExistsError:
        raise StoreError(f"no store can be made in {folder}: it is a file; name one with --into") from None
    except OSError as error:
        raise StoreError(f"no store can be made in {folder}: {error.strerror}; name one with --into") from None
    try:
        yield own
    finally:
        os.close(hold)


def _make(folder: Path, first: int) -> tuple[Path, int]:
    for number in itertools.count(first):
        own = folder / str(number)
        with suppress(FileExistsError):  # another replay has begun at the same time
            own.mkdir()
            hold = os.open(own, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(hold, fcntl.LOCK_SH)
            if own.is_dir() and os.path.samestat(os.stat(own), os.fstat(hold)):
                return own, hold
            os.close(hold)  # a third one took it for an old replay, before it was held
    raise AssertionError("numbers do not end")


def _forget(old: Path) -> None:
    """Remove a replay, unless it runs or somebody has its store open."""
    with suppress(OSError):  # not ours, or gone: the next replay tries again
        hold = os.open(old, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not is_running(old):
                shutil.rmtree(old, ignore_errors=True)
        finally:
            os.close(hold)
