"""A store in a folder: joined where its server runs, started where not, and come back to when it was lost.

How users, guard and server find each other is told in `guard`.
"""

from __future__ import annotations

import fcntl
import os
import select
import shlex
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
import redis.asyncio

from ingest.errors import NoStore, StoreError
from ingest.store.base import Store
from ingest.store.binary import Binary, find_server
from ingest.store.guard import layout


@dataclass(frozen=True)
class Waits:
    """In seconds, of a user."""

    silence: float = layout.Limits.lock + 10.0  # a guard waits so long for the one before; a loading one says so
    start: float = 30.0  # another user's start of the guard; it takes 0.1 s, unless that user was stopped in it
    poll: float = 0.01  # between looks at it
    again: float = 1.0  # between tries to come back to a server that was lost
    lost: float = 10.0  # `client` waits for that so long; a kill of guard and server is over in 0.3 s
    leave: float = 5.0  # for the watching thread, at close


WAITS = Waits()


@dataclass(frozen=True)
class Hold:
    """What makes us a user: the connection to the guard. `home` is where the server's socket is."""

    connection: socket.socket
    home: str


class FolderStore(Store):
    """Holds a thread that waits for the guard's end, to start the next one."""

    def __init__(self, folder: Path, *, server: str | Path, fsync: str, make: bool = True) -> None:
        super().__init__()
        self.name = str(folder)
        self._entrance = Entrance(_prepare(folder, make), self.name, server, fsync)
        self.url = os.path.dirname(self._entrance.redis)
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._attached = threading.Event()
        self._trouble: StoreError | None = None
        self._ended, self._end = socket.socketpair()
        try:
            self._hold: Hold | None = self._entrance.attach()
        except BaseException:
            self._ended.close()
            self._end.close()
            raise
        self._attached.set()
        self._thread = threading.Thread(target=self._watch, name=f"store {self.name}", daemon=True)
        self._thread.start()

    def _connect(self, options: dict[str, Any]) -> redis.Redis:
        return redis.Redis(unix_socket_path=self._socket(), **options)

    def _connect_async(self, options: dict[str, Any]) -> redis.asyncio.Redis:
        return redis.asyncio.Redis(unix_socket_path=self._socket(), **options)

    def _socket(self) -> str:
        if os.getpid() != self._pid:
            # A forked child becomes a user of its own: the thread stayed behind, and the parent may be killed.
            self._let_go()
            self._begin()
        self._attached.wait(WAITS.lost)
        hold = self._hold
        if hold is None:
            raise self._trouble or StoreError(f"{self.name} has lost its server")
        return os.path.join(hold.home, layout.SERVER)

    def _leave(self) -> None:
        if os.getpid() != self._pid:
            self._let_go()
            return
        self._end.send(b"x")  # closing would not wake the thread while a forked child has this end as well
        self._thread.join(WAITS.leave)
        self._end.close()

    def _let_go(self) -> None:
        """Of what was inherited from the parent, which still uses it."""
        self._end.close()
        self._ended.close()
        if self._hold:
            self._hold.connection.close()

    def _watch(self) -> None:
        hold = self._hold
        while hold and not self._over(hold.connection):
            self._attached.clear()
            self._hold = None
            hold.connection.close()
            hold = self._come_back()
        self._hold = None
        if hold:
            hold.connection.close()
        self._ended.close()

    def _over(self, connection: socket.socket) -> bool:
        """Wait for our end (True) or the guard's (False)."""
        poll = select.poll()
        poll.register(self._ended, select.POLLIN)
        poll.register(connection, select.POLLIN)
        return self._ended.fileno() in [fd for fd, _ in poll.poll()]

    def _come_back(self) -> Hold | None:
        ended = select.poll()
        ended.register(self._ended, select.POLLIN)
        while not ended.poll(0):
            try:
                hold = self._entrance.attach()
            except StoreError as e:
                self._trouble = e
                ended.poll(WAITS.again * 1000)
                continue
            self._hold = hold
            self._attached.set()
            return hold
        return None


class Entrance:
    """The way into one folder: join its guard, else start one."""

    def __init__(self, redis: str, name: str, server: str | Path, fsync: str) -> None:
        self.redis, self.name, self.server, self.fsync = redis, name, server, fsync

    def attach(self) -> Hold:
        """Raises StoreError where no server can be had."""
        deadline = time.monotonic() + WAITS.start
        try:
            while time.monotonic() < deadline:
                if hold := self._join():
                    return hold
                with open(os.path.join(self.redis, layout.STARTING), "ab") as starting:
                    if _try_lock(starting.fileno()):
                        return self._join() or self._start()
                time.sleep(WAITS.poll)
        except OSError as e:
            raise StoreError(f"the store {self.name} cannot be used: {e}") from e
        raise StoreError(f"the store {self.name} is being started by another process, which has stopped on its way")

    def _join(self) -> Hold | None:
        found = layout.read_pointer(self.redis)
        if found is None:
            return None
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(os.path.join(found[1], layout.CONTROL))
            return self._greeted(connection)
        except (OSError, StoreError):
            # Nobody there, somebody else's, or in trouble: starting a guard of our own tells which.
            connection.close()
            return None

    def _start(self) -> Hold:
        binary = self._binary()
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self._spawn(binary, theirs.fileno())
            return self._greeted(ours)
        except BaseException:
            ours.close()
            raise

    def _binary(self) -> Binary:
        binary = find_server(self.server)
        if not binary.mends_its_file and os.path.exists(os.path.join(self.redis, "appendonlydir")):
            # It would look for appendonly.aof, find none and begin with nothing.
            raise StoreError(f"the store {self.name} was written by a newer server than {binary.path}: use that one")
        return binary

    def _spawn(self, binary: Binary, fd: int) -> None:
        log = os.path.join(self.redis, layout.GUARD_LOG)
        if layout.size(log) > layout.Limits.log_bytes:
            os.replace(log, log + ".1")
        guard = os.path.dirname(layout.__file__)
        mend = "trust" if binary.mends_its_file else "mend"
        with open(log, "ab") as stderr:
            # A session of its own: Ctrl-C in our terminal is not for it. The child only forks the guard and ends.
            subprocess.run(
                [sys.executable, "-I", "-S", guard, self.redis, str(binary.path), self.fsync, mend, str(fd)],
                pass_fds=[fd],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                check=False,
            )

    def _greeted(self, connection: socket.socket) -> Hold:
        """Raises StoreError with the guard's reason, or where there is no greeting for this folder."""
        connection.settimeout(WAITS.silence)
        with connection.makefile("r", encoding="utf-8", errors="surrogateescape") as lines:
            line = next((line for line in lines if line.strip()), "")
        connection.settimeout(None)
        word, _, rest = line.rstrip("\n").partition(" ")
        found = layout.read_pointer(self.redis)
        if word == "ready" and found and rest == found[0] == layout.identity(os.path.join(self.redis, layout.LOCK)):
            return Hold(connection, found[1])
        said = rest if word == "failed" else f"its guard left without a word; see {self.redis}/{layout.GUARD_LOG}"
        raise StoreError(f"the store {self.name} cannot be used: {said}")


REPLAYS = "`make replay` one in var/replays (the newest are kept; `--last` is the newest)"


def _prepare(folder: Path, make: bool) -> str:
    """The absolute path of `folder`/redis, made where it is missing and `make`. Raises StoreError."""
    try:
        folder = folder.expanduser()
        redis = folder.resolve() / "redis"
        if make:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            redis.mkdir(mode=0o700, exist_ok=True)
        redis.stat()
        with suppress(PermissionError):  # another user's: the next step says what is wrong
            redis.chmod(0o700)
    except FileNotFoundError:
        makes = f"`ingest process --store {shlex.quote(str(folder))}` makes one"
        raise NoStore(f"there is no store in {folder}: {makes}, {REPLAYS}") from None
    except (OSError, RuntimeError) as e:
        if isinstance(e, FileExistsError) or os.path.isfile(folder):
            raise StoreError(f"{folder} is a file: a store is a folder or a Redis URL") from None
        said = e.strerror if isinstance(e, OSError) else str(e)
        raise StoreError(f"the store {folder} cannot be made or used: {said}; choose another folder") from e
    return str(redis)


def is_running(folder: Path) -> bool:
    """Whether the folder's server is up, or somebody starts it at this moment. Makes and starts nothing."""
    for name in (layout.LOCK, layout.STARTING):
        try:
            with open(folder / "redis" / name, "rb") as file:
                if not _try_lock(file.fileno()):
                    return True
        except FileNotFoundError:
            continue
    return False


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
