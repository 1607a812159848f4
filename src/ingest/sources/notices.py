"""Being woken when something changes in a folder; what changed is then looked at, never believed.

Folders are watched one by one: the watcher's own recursion follows links, and a link to `/` in a drop folder would have
it watch the whole machine (tried). Where the kernel sends no notices (network and virtual file systems, or no watches
left), the folder is simply looked at every second.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

from .names import printable
from .port import Stop

_SILENT = frozenset(
    "nfs nfs4 cifs smb3 smbfs 9p virtiofs vboxsf fuse ceph afs drvfs prl_fs vmhgfs glusterfs lustre gpfs beegfs "
    "orangefs ocfs2 gfs2 coda ncpfs davfs acfs".split()
)
"""File systems where another machine's writes wake nobody here; `fuse` stands for `fuse.sshfs` and its kin too, but not
for `fuseblk`, a local disk in another system's format."""
_ESCAPED = re.compile(r"\\([0-7]{3})")
_DEBOUNCE_MS, _STEP_MS = 200, 20
_MAX_WATCHED = 4096
"""Folders watched at once; the kernel's own limit may be 8,192 for all programs of a user."""


class Notices:
    """Wake-up calls for some folders."""

    def __init__(self, root: Path, stop: Stop, *, polling: bool | None = None) -> None:
        """`polling` True never asks the kernel, False always, None decides by the file system. `why` says in words why
        it polls, where nobody asked for that."""
        self._root, self._stop = os.path.abspath(root), stop
        silent = silent_mount(self._root) if polling is None else ""
        self.why = f"{silent} announces no changes" if silent else ""
        self.polling = bool(silent) if polling is None else polling
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
        except OSError as error:
            self.polling, self.why = True, f"the kernel does not watch it: {printable(str(error))}"
        except UnicodeEncodeError:
            self.polling, self.why = True, "a folder in it has a name that is no text"

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


def silent_mount(folder: str, mounts: Iterable[str] | None = None) -> str:
    """The file system, with its place, that sends no notices of this folder or of one below it; empty where all do.
    `mounts` are the lines of /proc/self/mountinfo, later ones over earlier ones."""
    if mounts is None:
        try:
            with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as table:
                mounts = table.readlines()
        except OSError:
            return ""  # no such table: not Linux, where notices come by other ways
    folder = os.path.realpath(folder)  # a link may lead to a mount
    found: dict[str, str] = {}
    for line in mounts:
        before, _, after = line.partition(" - ")
        found[_unescaped(before.split()[4])] = after.split()[0]
    own = max((point for point in found if _inside(folder, point)), key=len, default="")
    below = sorted(point for point in found if _inside(point, folder))
    for point in [own, *below]:
        kind = found.get(point, "")
        if kind in _SILENT or kind.split(".")[0] in _SILENT:
            return f"{kind} at {printable(point)}"
    return ""


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _unescaped(point: str) -> str:
    """The kernel writes blanks, tabs, line breaks and backslashes in octal."""
    return _ESCAPED.sub(lambda code: chr(int(code[1], 8)), point)
