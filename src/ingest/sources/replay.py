"""Files and folders read once, in order: sorted by name, folders where they sort. `-` is JSON lines on stdin."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from ingest.errors import Refused
from ingest.settings import SourceSettings

from .contents import Place, read_items, read_lines
from .files import open_beneath, open_root, refusal, walk
from .names import printable
from .offering import Item, batches, hand_over
from .patterns import is_pattern, matches, split
from .port import Inbox, Outcome, Readers, Stop

STDIN = "-"


def replay(
    paths: Sequence[str],
    *,
    inbox: Inbox,
    readers: Readers,
    settings: SourceSettings,
    stop: Stop,
    source: str = "replay",
    stdin: BinaryIO | None = None,
) -> Iterator[Outcome]:
    """Offer every article in `paths`, one outcome each, in the order offered.

    A folder's files have their path below it as key, a file named by itself its name. Raises Stopped, which loses
    nothing: what was yielded as accepted is.
    """
    for batch in batches(read_paths(paths, readers=readers, settings=settings, source=source, stdin=stdin)):
        yield from hand_over(batch, inbox, stop)
        if stop.is_set():
            return


def read_paths(
    paths: Sequence[str],
    *,
    readers: Readers,
    settings: SourceSettings,
    source: str = "replay",
    stdin: BinaryIO | None = None,
) -> Iterator[Item]:
    """Every article in `paths` (files, folders, patterns, `-`), with where it stands; nothing is offered."""
    for path in paths:
        if path == STDIN:
            if stdin is not None:
                place = Place(source=source, where="stdin", key="stdin", name=STDIN)
                yield from read_lines(stdin, place, readers, settings)
            continue
        if is_pattern(path):
            yield from _matching(path, readers, settings, source)
            continue
        try:
            status = os.lstat(path)
        except OSError as error:
            yield printable(path), refusal(error, printable(path))
            continue
        if stat.S_ISDIR(status.st_mode):
            yield from _folder(path, readers, settings, source)
        else:
            yield from _file(path, readers, settings, source)


def _folder(path: str, readers: Readers, settings: SourceSettings, source: str) -> Iterator[Item]:
    try:
        root = open_root(Path(path))
    except OSError as error:
        yield printable(path), refusal(error, printable(path))
        return
    try:
        empty = True
        for found in walk(root):
            empty = False
            if isinstance(found, Refused):
                where = f"{printable(path).rstrip('/')}/{found.where}"
                yield where, Refused(found.reason, where, found.detail)
                continue
            where = printable(os.path.join(path, found.path))
            yield from read_file(root, found.path, where, source, readers, settings)
        if empty:
            yield printable(path), Refused("empty", printable(path), "no file in it")
    finally:
        os.close(root)


def _matching(pattern: str, readers: Readers, settings: SourceSettings, source: str) -> Iterator[Item]:
    """Keys are the paths below the folder before the first wildcard: as the shell's own matches, where that is one."""
    folder, rest = split(pattern)
    try:
        root = open_root(folder)
    except OSError as error:
        yield printable(pattern), refusal(error, printable(pattern))
        return
    try:
        missing = True
        for found in matches(root, rest):
            missing = False
            where = printable(os.path.normpath(os.path.join(folder, found)))
            yield from read_file(root, found, where, source, readers, settings)
        if missing:
            yield printable(pattern), Refused("vanished", printable(pattern), "nothing matches")
    finally:
        os.close(root)


def _file(path: str, readers: Readers, settings: SourceSettings, source: str) -> Iterator[Item]:
    folder, name = os.path.split(path)
    try:
        root = open_root(Path(folder or "."))
    except OSError as error:
        yield printable(path), refusal(error, printable(path))
        return
    try:
        yield from read_file(root, name, printable(path), source, readers, settings)
    finally:
        os.close(root)


def read_file(
    root: int, path: str, where: str, source: str, readers: Readers, settings: SourceSettings
) -> Iterator[Item]:
    """The articles of the file at `path` below the folder `root`; its path is the key of last resort."""
    try:
        with open_beneath(root, path, where) as descriptor, open(descriptor, "rb", closefd=False) as file:
            place = Place(source=source, where=where, key=printable(path), name=path)
            yield from read_items(file, place, readers, settings)
    except Refused as refused:
        yield where, refused
