"""Being woken when something changes in a folder; what changed is then looked at, never believed.

Folders are watched one by one: the watcher's own recursion follows links, and a link to `/` in a drop folder would have
it watch the whole machine (tried). Where the kernel sends no notices (network and virtual file systems, or no watches
left), the folder is simply looked at every second.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

from .port import Stop

_SILENT = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "vboxsf", "fuse", "ceph", "afs", "drvfs", "prl_fs")
"""File systems where another machine's writes wake nobody here; `fuse` stands for `fuse.sshfs` and its kin too."""
_DEBOUNCE_MS, _STEP_MS = 200, 20
_MAX_WATCHED = 4096
"""Folders watched at once; the kernel's own limit may be 8,192 for all programs of a user."""


class Notices:
    """Wake-up calls for some folders."""

    def __init__(self, root: Path, stop: Stop, *, polling: bool | None = None) -> None:
        """`polling` True never asks the kernel, False always, None decides by the file system."""
        self._root, self._stop = os.path.abspath(root), stop
        self.polling = is_silent(self._root) if polling is None else polling
        self._folders: set[str] = set()
        self._notify: RustNotify | None = None

    def follow(self, folders: set[str]) -> None:
        """Watch these folders, given by their paths below the root; "" is the root itself."""
        if self.polling or folders == self._folders:
            return
        self.close()
        paths = [os.path.join(self._root, folder) for folder in sorted(folders)]
        try:
            if len(paths) > _MAX_WATCHED:
                raise OSError("too many folders")
            self._notify = RustNotify(paths, False, False, 1000, False, True)
            self._folders = set(folders)
        except FileNotFoundError:
            pass  # a folder that has just gone: the next look at the root finds another set
        except (OSError, UnicodeEncodeError):
            self.polling = True

    def wait(self, seconds: float) -> set[str] | None:
        """Wait until something changes, at most so long. The paths below the root that changed, empty if none did, None
        where nobody can say which."""
        if self._notify is None:
            self._stop.wait(seconds)
            return set()
        try:
            said = self._notify.watch(_DEBOUNCE_MS, _STEP_MS, max(1, round(seconds * 1000)), self._stop)
        except WatchfilesRustInternalError:  # a name that is not UTF-8; what changed beside it is lost with it
            folders = self._folders
            self.close()
            self.follow(folders)
            return None
        if said == "signal":
            raise KeyboardInterrupt
        return {os.path.relpath(path, self._root) for _, path in said} if isinstance(said, set) else set()

    def close(self) -> None:
        if self._notify is not None:
            self._notify.close()
        self._notify, self._folders = None, set()


def is_silent(folder: str, mounts: Iterable[str] | None = None) -> bool:
    """Whether the folder's file system sends no notices. `mounts` are the lines of /proc/self/mountinfo."""
    if mounts is None:
        try:
            with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as table:
                mounts = table.readlines()
        except OSError:
            return False  # no such table: not Linux, where notices come by other ways
    best, kind = "", ""
    for line in mounts:
        before, _, after = line.partition(" - ")
        point = before.split()[4].replace("\\040", " ")
        inside = folder == point or folder.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, after.split()[0]
    return kind in _SILENT or kind.split(".")[0] in _SILENT
