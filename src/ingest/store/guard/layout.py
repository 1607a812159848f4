"""What guard and users agree on: the names in FOLDER/redis, the folder's identity, and how to ask a socket."""

from __future__ import annotations

import os
import socket

LOCK, STARTING, POINTER = "lock", "starting", "at"
CONTROL, SERVER = "guard.sock", "server.sock"
SERVER_LOG, GUARD_LOG = "server.log", "guard.log"


class Limits:
    """Not a dataclass: importing those would cost the guard more than the rest of its start."""

    socket_path = 103  # bytes; Linux has room for 107, macOS for 103
    linger = 0.5  # s without users before the server stops; one command often follows another in a script
    lock = 30.0  # s to wait for the server before us to flush and leave
    orphan = 0.25  # s between looks at a server whose guard was killed
    accept = 20.0  # s until the server must take connections; reading its file afterwards may take as long as it likes
    stop = 10.0  # s between SIGTERM and SIGKILL; what was acknowledged is in the file already
    crashes = 5  # deaths of the server within `crash_window` that are put right; at the next one the guard gives up
    crash_window = 60.0  # s
    backoff = 0.05  # s before the second restart, then doubled; the first is at once, before anybody's retry is over
    poll = 0.004  # s between looks at a starting server, which has no way to call
    loading_poll = 0.05  # s between looks at one that reads a long file
    alive = 1.0  # s between signs of life to users who wait for that
    log_bytes = 1_000_000  # a longer log is moved aside at the next start


def identity(lock: int | str) -> str:
    """Of a folder, by its lock. While the lock is open the kernel cannot give its inode to another folder's."""
    status = os.stat(lock)
    return f"{status.st_dev:x}:{status.st_ino:x}"


def read_pointer(redis: str) -> tuple[str, str] | None:
    """(identity, home as an absolute path) from `redis`/at; None where there is none."""
    try:
        with open(os.path.join(redis, POINTER), encoding="utf-8", errors="surrogateescape") as f:
            who, _, home = f.read().rstrip("\n").partition(" ")
    except OSError:
        return None
    return (who, os.path.normpath(os.path.join(redis, home))) if home else None


def write_pointer(who: str, home: str) -> None:
    """To the current folder, whole or not at all."""
    with open(POINTER + ".new", "w", encoding="utf-8", errors="surrogateescape") as f:
        f.write(f"{who} {home}\n")
    os.replace(POINTER + ".new", POINTER)


def homes(redis: str, who: str) -> list[str]:
    """Where the sockets may be, best first: "." (so that a folder may be moved), or a path that may not exist yet."""
    found = []
    if len(os.fsencode(os.path.join(redis, SERVER))) <= Limits.socket_path:
        found.append(".")
    before = read_pointer(redis)
    # The same place as before: clients of a lost guard's server find the next one without being told.
    if before and before[0] == who and before[1] != redis and _private(before[1]):
        found.append(before[1])
    name = f"storywire-{os.urandom(8).hex()}"
    for base in (os.environ.get("TMPDIR", "/tmp"), "/tmp"):
        home = os.path.join(os.path.abspath(base), name)
        if len(os.fsencode(os.path.join(home, SERVER))) <= Limits.socket_path:
            found.append(home)
    return found


def _private(path: str) -> bool:
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return status.st_mode & 0o170077 == 0o040000 and status.st_uid == os.geteuid()


def dial(path: str, say: bytes = b"", timeout: float = 1.0) -> bytes | None:
    """The first bytes that `path` answers to `say`; b"" where nothing is said, None where nobody listens."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(timeout)
        try:
            s.connect(path)
            s.sendall(say)
            return s.recv(512) if say else b""
        except OSError:
            return None


def remove(path: str) -> None:
    if os.path.lexists(path):
        os.unlink(path)


def size(path: str) -> int:
    return os.path.getsize(path) if os.path.exists(path) else 0
