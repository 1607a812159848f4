"""config/redis.conf, read by the servers that it is for."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import redis

from ingest.store.checks import check

CONF = Path(__file__).resolve().parents[1] / "config" / "redis.conf"
START_SECONDS = 20.0


@contextmanager
def _served(binary: str, home: Path) -> Iterator[redis.Redis]:
    """A client of a server that runs with redis.conf, in a folder of its own."""
    command = [binary, str(CONF), "--port", "0", "--unixsocket", "s", "--dir", str(home), "--logfile", "log"]
    with subprocess.Popen(command, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            with closing(redis.Redis(unix_socket_path=str(home / "s"), protocol=2)) as client:
                _until_it_answers(client, process)
                yield client
        finally:
            process.terminate()


def _until_it_answers(client: redis.Redis, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            client.ping()
            return
        except redis.ConnectionError:
            if process.poll() is not None:
                pytest.fail((process.stdout.read() if process.stdout else b"").decode())
            if time.monotonic() > deadline:
                pytest.fail("the server did not start")


def test_every_server_of_the_promise_reads_the_file_and_passes_the_start_up_check(
    redis_client: redis.Redis, tmp_path_factory: pytest.TempPathFactory
) -> None:
    binary = str(redis_client.info("server")["executable"])
    with _served(binary, tmp_path_factory.mktemp("r")) as client:
        assert [finding for finding in check(client, embedded=False) if finding.severity == "refuse"] == []
        assert client.config_get("appendfsync") == {"appendfsync": "everysec"}
        assert client.config_get("maxmemory") == {"maxmemory": str(1 << 30)}
        assert client.config_get("hash-max-ziplist-entries") == {"hash-max-ziplist-entries": "512"}
