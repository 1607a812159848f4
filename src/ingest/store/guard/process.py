"""The guard process: takes the folder, keeps its users, keeps the server up, leaves after the last user."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import signal
import socket
import time

from .layout import (
    CONTROL,
    LOCK,
    POINTER,
    SERVER,
    SERVER_LOG,
    Limits,
    dial,
    homes,
    identity,
    read_pointer,
    remove,
    size,
    write_pointer,
)
from .server import Server, log


class Failed(Exception):
    """No server can be had; the message goes to the users."""


class Users:
    """The open connections, the listener that takes new ones, and the signals: all that the guard waits for."""

    def __init__(self, first: socket.socket) -> None:
        self.open: dict[int, socket.socket] = {}
        self.stopping = False
        self.idle_since = time.monotonic()
        self._listener: socket.socket | None = None
        self._poll = select.poll()
        self._wake, self._wake_end = socket.socketpair()
        for end in (self._wake, self._wake_end):
            end.setblocking(False)
        self._poll.register(self._wake, select.POLLIN)
        signal.set_wakeup_fd(self._wake_end.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._stop)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._add(first)

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def listen(self, listener: socket.socket) -> None:
        self._listener = listener
        self._poll.register(listener, select.POLLIN)

    def wait(self, timeout: float | None) -> list[socket.socket]:
        """For users to come or go, for a signal, or for `timeout` seconds. Returns who has come."""
        came = []
        for fd, _ in self._poll.poll(None if timeout is None else max(0.0, timeout) * 1000):
            if fd == self._wake.fileno():
                self._wake.recv(4096)
            elif fd in self.open:
                self._hear(fd)
            elif user := self._accept():
                came.append(user)
        return came

    def _hear(self, fd: int) -> None:
        # Users have nothing to say; what can be read is the end.
        try:
            gone = not self.open[fd].recv(4096)
        except OSError as e:
            gone = e.errno != errno.EAGAIN
        if gone:
            self._drop(fd)

    def _accept(self) -> socket.socket | None:
        assert self._listener
        try:
            user, _ = self._listener.accept()
        except OSError as e:
            if e.errno in (errno.EMFILE, errno.ENFILE):
                time.sleep(Limits.poll)  # the backlog stays readable: do not spin on it
            return None
        self._add(user)
        return user

    def _add(self, user: socket.socket) -> None:
        user.setblocking(False)
        self.open[user.fileno()] = user
        self._poll.register(user, select.POLLIN)

    def _drop(self, fd: int) -> None:
        self._poll.unregister(fd)
        self.open.pop(fd).close()
        self.idle_since = time.monotonic()

    def tell(self, line: str, users: list[socket.socket] | None = None) -> None:
        for user in list(self.open.values()) if users is None else users:
            with contextlib.suppress(OSError):  # gone, or will not read: `wait` sees to it
                user.send(line.encode("utf-8", "surrogateescape") + b"\n")


class Guard:
    def __init__(self, users: Users, redis: str, binary: str, fsync: str, mend: bool) -> None:
        self.users, self.redis = users, redis
        self.ready = self.once_ready = False
        self.crashes: list[float] = []
        self.restart_at: float | None = None
        self.alive_at = time.monotonic()
        self.patience = Limits.poll
        self.lock = self._take_lock()
        self.identity = identity(self.lock)
        self.listener, self.home = self._listen()
        users.listen(self.listener)
        self.server = Server(binary, fsync, mend, self.home, self.lock)

    def _take_lock(self) -> int:
        lock = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + Limits.lock
        look_at = time.monotonic() + Limits.orphan
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                now = time.monotonic()
            if now > deadline:
                holder = os.pread(lock, 32, 0).decode(errors="replace").strip() or "unknown"
                raise Failed(
                    f"it is held by process {holder}, which does not answer here; end that one or, where it runs in "
                    "another container or on another machine, use a Redis URL instead"
                )
            if now > look_at:
                self._end_orphan()
                look_at = now + Limits.orphan
            self.users.wait(Limits.poll)
            if not self.users.open or self.users.stopping:
                raise Failed("nobody waits for it any more")
        if identity(lock) != identity(LOCK):
            raise Failed("it was taken away while its server was starting")
        os.pwrite(lock, f"{os.getpid():<10}\n".encode(), 0)  # of one width: nobody reads half of it
        return lock

    def _end_orphan(self) -> None:
        # A server whose guard is gone goes by itself on Linux; elsewhere it holds the lock until somebody tells it to.
        # A living guard listens before its server starts, so a server behind a deaf control socket has none.
        found = read_pointer(self.redis)
        if found is None or found[0] != identity(LOCK) or dial(os.path.join(found[1], CONTROL)) is not None:
            return
        if dial(os.path.join(found[1], SERVER), b"PING\r\n") is not None:
            log("a server without a guard: told to shut down")
            dial(os.path.join(found[1], SERVER), b"SHUTDOWN\r\n")

    def _listen(self) -> tuple[socket.socket, str]:
        wrong: OSError | None = None
        for home in homes(self.redis, self.identity):
            listener = socket.socket(socket.AF_UNIX)
            try:
                if not os.path.isdir(home):
                    os.mkdir(home, 0o700)
                remove(os.path.join(home, CONTROL))  # left by a crash: we hold the lock
                listener.bind(os.path.join(home, CONTROL))
            except OSError as e:
                listener.close()
                wrong = e
                continue
            listener.listen(128)
            listener.setblocking(False)
            write_pointer(self.identity, home)
            return listener, home
        raise Failed(f"no Unix socket can be made in it nor in the temporary folder: {wrong}")

    def run(self) -> None:
        self.server.start()
        while not self.users.stopping:
            self._serve(self._timeout())
            self._watch()
            if not self.users.open and time.monotonic() - self.users.idle_since >= Limits.linger:
                self._serve(0)  # whoever connected in the meantime is in the backlog, and keeps the server
                if not self.users.open:
                    return

    def _timeout(self) -> float | None:
        if not self.ready:
            return self.patience
        return None if self.users.open else self.users.idle_since + Limits.linger - time.monotonic()

    def _serve(self, timeout: float | None) -> None:
        came = self.users.wait(timeout)
        if self.ready:
            self.users.tell(self._greeting(), came)

    def _greeting(self) -> str:
        return f"ready {self.identity}"

    def _watch(self) -> None:
        """Bring the server up, and up again."""
        now = time.monotonic()
        how = self.server.exited()
        if how is not None:
            self._on_death(how, now)
        elif self.restart_at is not None:
            if now >= self.restart_at:
                self.restart_at = None
                self.server.start()
        elif not self.ready:
            self._look(now)

    def _look(self, now: float) -> None:
        said = self.server.answers()
        if said is not None and said.startswith(b"+PONG"):
            log(f"server {self.server.pid} is ready after {(time.monotonic() - self.server.started) * 1000:.0f} ms")
            self.ready = self.once_ready = True
            self.users.tell(self._greeting())
            return
        if said is None and now - self.server.started > Limits.accept:
            raise Failed(f"its server takes no connections: {self.server.last_words()}")
        self.patience = Limits.poll if said is None else Limits.loading_poll
        if now - self.alive_at > Limits.alive:
            self.alive_at = now
            self.users.tell("")

    def _on_death(self, how: str, now: float) -> None:
        words = self.server.last_words()
        log(f"server died ({how}); it last said: {words}")
        if not self.once_ready:
            raise Failed(f"its server did not start ({how}): {words}")
        self.ready = False
        self.patience = Limits.poll
        self.crashes = [at for at in self.crashes if now - at < Limits.crash_window] + [now]
        if len(self.crashes) > Limits.crashes:
            often = f"{len(self.crashes)} times in {Limits.crash_window:.0f} s"
            raise Failed(f"its server died {often}, at last with {how}; it last said: {words}")
        self.restart_at = now + Limits.backoff * (2 ** (len(self.crashes) - 1) - 1)

    def close(self) -> None:
        """Deaf first, then the server: a user that comes too late is refused and starts the next guard, which waits for
        the lock. That is let go by our exit, when nothing here is touched any more."""
        self.listener.close()
        remove(os.path.join(self.home, CONTROL))
        self.server.stop()
        remove(os.path.join(self.home, SERVER))
        remove(POINTER)
        if self.home != ".":
            with contextlib.suppress(OSError):
                os.rmdir(self.home)


def main(redis: str, binary: str, fsync: str, mend: str, fd: str) -> None:
    if os.fork():
        os._exit(0)  # our starter waits for this one; the guard itself is nobody's child and leaves no zombie
    first = socket.socket(fileno=int(fd))
    first.set_inheritable(False)  # or the server would keep it open, and the user never learn of our death
    users = Users(first)
    guard = None
    try:
        os.umask(0o077)
        os.chdir(redis)
        if size(SERVER_LOG) > Limits.log_bytes:
            os.replace(SERVER_LOG, SERVER_LOG + ".1")
        guard = Guard(users, os.getcwd(), binary, fsync, mend == "mend")
        guard.run()
    except (Failed, OSError) as e:
        log(f"gave up: {e}")
        users.tell(f"failed {e}".replace("\n", " "))
    finally:
        if guard:
            guard.close()
            log("stopped")
