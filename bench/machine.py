"""On what it was measured: a figure without its machine says nothing."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

from ingest.store import open_store

ROOT = Path(__file__).resolve().parents[1]


def about(folder: Path, data: str) -> list[str]:
    with open_store(folder / "about") as store:
        server = store.client().info("server")
    name = "Valkey" if "valkey_version" in server else "Redis"
    version = server.get("valkey_version") or server["redis_version"]
    load = os.getloadavg()[0]
    return [
        f"machine  {_processor()}, {cores()} cores, {platform.system()}; load {load:.1f} before the start",
        f"software Python {platform.python_version()}, {name} {version}, commit {_commit()}",
        f"data     {data}",
    ]


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"
