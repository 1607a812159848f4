"""The server process: a child that holds the folder's lock too and, on Linux, ends when the guard is killed."""

from __future__ import annotations

import os
import signal
import sys
import time

from . import torn
from .layout import GUARD_LOG, SERVER, SERVER_LOG, Limits, dial, remove, size


def log(message: str) -> None:
    print(time.strftime("%Y-%m-%d %H:%M:%S"), f"guard {os.getpid()}:", message, file=sys.stderr, flush=True)


class Server:
    """In the current folder. `mend`: it must not be given a file that ends within a transaction; see `torn`."""

    def __init__(self, binary: str, fsync: str, mend: bool, home: str, lock: int) -> None:
        self.binary, self.fsync, self.mend, self.lock = binary, fsync, mend, lock
        self.socket = os.path.join(home, SERVER)
        self.pid = 0
        self.started = 0.0

    def start(self) -> None:
        if self.mend and os.path.exists(torn.AOF):
            self._mend()
        remove(self.socket)
        self._said = {name: size(name) for name in (SERVER_LOG, GUARD_LOG)}
        self.started = time.monotonic()
        self.pid = self._fork([self.binary, *self._options()])

    def _options(self) -> list[str]:
        # As arguments, not as a file: nobody edits in vain, and the server quotes what is odd in a path itself.
        options = {
            "port": "0",
            "unixsocket": self.socket,
            "unixsocketperm": "700",
            "dir": ".",
            "logfile": SERVER_LOG,
            "appendonly": "yes",
            "appendfsync": self.fsync,
            "save": "",
            "maxmemory-policy": "noeviction",
            # Its name in 6.2; later servers know it as well. The ledger's shards are sized to stay under it.
            "hash-max-ziplist-entries": "512",
        }
        return [part for name, value in options.items() for part in (f"--{name}", value)]

    def _fork(self, command: list[str], stdout: int | None = None) -> int:
        guard = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        try:
            if stdout is not None:
                os.dup2(stdout, 1)
            os.set_inheritable(self.lock, True)
            for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            if sys.platform == "linux":
                import ctypes  # only this child needs it

                ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
            if os.getppid() == guard:
                os.execv(self.binary, command)
        except BaseException as e:
            log(f"{self.binary} cannot be run: {e}")
        os._exit(127)

    def _mend(self) -> None:
        # redis-check-aof is the server's own binary under another name; it knows where the last whole transaction ends.
        # Without its --fix, which would as readily cut all that follows a bad byte in the middle.
        read, write = os.pipe()
        pid = self._fork(["redis-check-aof", torn.AOF], stdout=write)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            _, found, rest = pipe.read().partition(b"ok_up_to=")
        os.waitpid(pid, 0)
        done = torn.cut(int(rest.partition(b",")[0])) if found else None
        if done:
            log(done)

    def answers(self) -> bytes | None:
        """What it says to PING: +PONG, -LOADING ..., or None while it takes no connections."""
        return dial(self.socket, b"PING\r\n")

    def exited(self) -> str | None:
        """How it ended, told once; None while it runs."""
        if not self.pid:
            return None
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return None
        self.pid = 0
        code = os.waitstatus_to_exitcode(status)
        return f"killed by signal {-code}" if code < 0 else f"exit code {code}"

    def stop(self) -> None:
        """Flushed and gone. SIGTERM is an orderly SHUTDOWN; a server that is stuck in a script may need SIGKILL."""
        if not self.pid:
            return
        os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + Limits.stop
        while self.exited() is None:
            if time.monotonic() > deadline:
                log(f"server {self.pid} did not stop in {Limits.stop:.0f} s, killed")
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                return
            time.sleep(Limits.poll)

    def last_words(self) -> str:
        """The last line that this run of the server wrote to its log, else to the guard's."""
        for name, offset in self._said.items():
            if size(name) <= offset:
                continue
            with open(name, errors="replace") as f:
                f.seek(offset)
                lines = [line.strip() for line in f if line.strip()]
            if lines:
                return lines[-1]
        return "it said nothing"
