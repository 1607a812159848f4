"""The parent of worker processes: what a child is told, what is done when it is dead, and every two seconds.

Beside `wiring` the only place that reads the environment, to hand it down.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from typing import IO

import structlog

from ingest.events.stream import trim
from ingest.inbox import bell, note
from ingest.inbox.supervisor import Supervisor
from ingest.settings import Settings, Table
from ingest.wiring import CLOCK_VARIABLE, STORE_VARIABLE, Installation

log = structlog.get_logger()


def supervisor(settings: Settings, installation: Installation, workers: int, stop: threading.Event) -> Supervisor:
    """The parent of `workers` processes on this installation's store."""
    # The clock as the partition was made, not as the settings' default has it: a child takes what it is told as given.
    as_made = {STORE_VARIABLE: installation.store.url, CLOCK_VARIABLE: installation.partition.clock}
    environment = {**os.environ, **_as_environment(settings), **as_made}
    notes: dict[int, IO[bytes]] = {}

    def spawn(slot: int) -> subprocess.Popen[bytes]:
        file = note.make()
        # A process group of its own: Ctrl-C in a terminal is for the parent, which ends its children in order.
        command = [sys.executable, "-m", "ingest.cli.worker", str(file.fileno()), str(os.getpid())]
        fds = [file.fileno()]
        try:
            child = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, process_group=0, pass_fds=fds
            )
        except OSError:
            file.close()
            raise
        notes[child.pid] = file
        return child

    def bereave(pid: int) -> None:
        with notes.pop(pid) as file:
            installation.bereave(pid, note.read(file))

    return Supervisor(
        workers=workers,
        spawn=spawn,
        ring=Rounds(installation).go,
        bereave=bereave,
        fit=installation.open_partition,
        clock=time.monotonic,
        wait=stop.wait,
    )


class Rounds:
    """What a parent does every two seconds: ring; and once an hour forget the events that are past their time."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._trimmed = -TRIM_SECONDS

    def go(self) -> None:
        installation, keys = self._installation, self._installation.keys
        installation.faults("before-bell")
        bell.ring(installation.client, keys.partition)
        seconds, _ = installation.client.time()
        if seconds - self._trimmed >= TRIM_SECONDS:
            self._trimmed = seconds
            oldest = seconds - installation.settings.events.retention_days * 86_400
            forgotten = trim(installation.client, keys, f"{max(0, oldest) * 1000}-0")
            if forgotten:
                log.info("events.trimmed", partition=keys.partition, events=forgotten)


TRIM_SECONDS = 3600


def _as_environment(settings: Settings) -> dict[str, str]:
    """The settings for a child: what was given on the command line or in a file reaches it as well."""
    found: dict[str, str] = {}
    for name, value in settings.model_dump(mode="json").items():
        if isinstance(getattr(settings, name), Table):
            found |= {f"INGEST_{name.upper()}__{inner.upper()}": _plain(given) for inner, given in value.items()}
        else:
            found[f"INGEST_{name.upper()}"] = _plain(value)
    return found


def _plain(value: object) -> str:
    """As the environment has it: a word as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)
