"""Users of a store in processes of their own, that do what they are told through a pipe."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis

from ingest.errors import StoreError
from ingest.store import open_store

SECONDS = 20.0  # a deadline for anything; on an idle machine all of it is over within one


class User:
    """A forked process with the store open. `ask("incr", "n")` runs a command there and returns its answer."""

    def __init__(self, spec: str | Path, before: Callable[[], None] = lambda: None, **options: Any) -> None:
        ask, self._ask = os.pipe()
        self._answer, answer = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            try:
                os.close(self._ask)
                os.close(self._answer)
                os.setpgid(0, 0)
                before()
                _work(spec, options, os.fdopen(ask), os.fdopen(answer, "w"))
            finally:
                os._exit(0)
        os.close(ask)
        os.close(answer)
        self._lines = os.fdopen(self._answer)

    def opened(self) -> User:
        assert self.heard() == "open"
        return self

    def heard(self) -> Any:
        """The next thing it says; "" when it is gone."""
        readable, _, _ = select.select([self._lines], [], [], SECONDS)
        assert readable, "the user did not answer in time"
        line = self._lines.readline()
        return json.loads(line) if line else ""

    def ask(self, *command: str) -> Any:
        os.write(self._ask, json.dumps(command).encode() + b"\n")
        return self.heard()

    def kill(self, number: int = signal.SIGKILL) -> None:
        os.kill(self.pid, number)

    def stop(self) -> None:
        """As Ctrl-Z does. Returns when it has stopped."""
        self.kill(signal.SIGSTOP)
        os.waitpid(self.pid, os.WUNTRACED)

    def leave(self) -> None:
        """As a program that has finished. A word, not a closed pipe: users forked later hold its other end as well."""
        os.write(self._ask, b"null\n")
        self.end()

    def end(self) -> None:
        if self.pid:
            os.waitpid(self.pid, 0)
            os.close(self._ask)
            self._lines.close()
            self.pid = 0


def _work(spec: str | Path, options: dict[str, Any], asked: Any, answers: Any) -> None:
    def say(what: Any) -> None:
        answers.write(json.dumps(what) + "\n")
        answers.flush()

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        store = open_store(spec, **options)
    except StoreError as e:
        say(str(e))
        return
    say("open")
    for line in asked:
        if line == "null\n":
            store.close()
            return
        say(patient(lambda line=line: answer(store.client(), json.loads(line))))


def answer(client: redis.Redis, command: list[str]) -> Any:
    with client:
        said = client.execute_command(*command)
    return said.decode() if isinstance(said, bytes) else said


def patient(work: Callable[[], Any]) -> Any:
    """The result of `work`, tried again while the server is away: what a worker's back-off does."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return work()
        except (redis.ConnectionError, redis.TimeoutError, StoreError):
            if time.monotonic() > deadline:
                raise
            select.select([], [], [], 0.01)


def eventually(what: Callable[[], Any], why: str) -> Any:
    deadline = time.monotonic() + SECONDS
    while not (found := what()):
        assert time.monotonic() < deadline, why
        select.select([], [], [], 0.01)
    return found


def is_free(folder: Path) -> bool:
    """Neither guard nor server of the folder lives: both hold its lock."""
    with (folder / "redis" / "lock").open("r+") as f:
        try:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def stopped(folder: Path) -> None:
    eventually(lambda: is_free(folder), f"the server of {folder} is still there")


def end_server(folder: Path) -> None:
    """Without waiting for the guard to do it by itself."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(guard_of(folder), signal.SIGTERM)
    stopped(folder)


def guard_of(folder: Path) -> int:
    return int((folder / "redis" / "lock").read_text())
