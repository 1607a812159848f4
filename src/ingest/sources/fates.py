"""What became of each watched file, remembered in the same step in which its articles were accepted.

A fate is stored under the file's path. It says which state of the file it is about (the file system's signature), what
was in it (a digest), and how far it was handed over: after a crash nothing is lost and nothing is offered twice.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Set
from typing import Literal

import msgspec

from .files import Signature
from .names import printable
from .port import Inbox, ProgressUpdate

_ASKED = 500  # fields asked for at once: one short call of the server
_PIECE = 1 << 20


State = Literal["reading", "accepted", "refused"]


class Fate(msgspec.Struct, frozen=True, array_like=True):
    """`done` counts the items handed over, refused ones too; `reading` means that more are to come, `lost` that one of
    them was refused."""

    signature: Signature
    digest: bytes
    state: State
    done: int
    lost: bool = False


class Fates:
    """The fates of one folder's files, as far as this process believes to know them."""

    def __init__(self, inbox: Inbox, source: str) -> None:
        self._inbox, self._source = inbox, source
        self._known: dict[str, bytes | None] = {}

    def load(self, paths: Iterable[str]) -> None:
        """Learn the fates of files seen for the first time. Raises TransientError."""
        unknown = [path for path in paths if path not in self._known]
        for start in range(0, len(unknown), _ASKED):
            part = {printable(path): path for path in unknown[start : start + _ASKED]}
            stored = self._inbox.progress(self._source, list(part))
            self._known.update((path, stored.get(field)) for field, path in part.items())

    def reload(self, path: str) -> Fate | None:
        """Ask again: an answer was lost, or somebody else was here. Raises TransientError."""
        self._known.pop(path, None)
        self.load([path])
        return self.get(path)

    def get(self, path: str) -> Fate | None:
        raw = self._known.get(path)
        if raw is None:
            return None
        try:
            return msgspec.msgpack.decode(raw, type=Fate)
        except msgspec.DecodeError:
            return None  # of another version of this program: the file is looked at anew

    def moving(self, new: Mapping[str, Fate | None]) -> ProgressUpdate:
        """The update that replaces what is believed by `new`; None forgets."""
        fields = {printable(path): _encoded(fate) for path, fate in new.items()}
        believed = {printable(path): self._known.get(path) for path in new}
        return ProgressUpdate(self._source, fields, believed)

    def moved(self, new: Mapping[str, Fate | None]) -> None:
        """The inbox took it."""
        self._known.update((path, _encoded(fate)) for path, fate in new.items())

    def paths(self) -> set[str]:
        """Every file that was asked about."""
        return set(self._known)

    def of_gone(self, paths: Set[str]) -> list[str]:
        """Of these files, which are not there any more, those with a fate; the others are dropped from memory."""
        fated = [path for path in paths if self._known.get(path) is not None]
        for path in paths - set(fated):
            self._known.pop(path, None)
        return fated


def _encoded(fate: Fate | None) -> bytes | None:
    return None if fate is None else msgspec.msgpack.encode(fate)


def digest_of(file: int, signature: Signature, whole: int) -> bytes:
    """12 bytes naming an open file's content, its position left at the start. Raises OSError.

    Beyond `whole` bytes only its ends are read, and its mtime counts: then a touched file is a changed one.
    """
    digest = hashlib.blake2b(digest_size=12)
    if signature.size <= whole:
        os.lseek(file, 0, os.SEEK_SET)
        while piece := os.read(file, _PIECE):
            digest.update(piece)
    else:
        digest.update(f"{signature.size} {signature.mtime_ns} ".encode())
        digest.update(os.pread(file, _PIECE, 0))
        digest.update(os.pread(file, _PIECE, signature.size - _PIECE))
    os.lseek(file, 0, os.SEEK_SET)
    return digest.digest()
