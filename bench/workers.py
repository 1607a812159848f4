"""Two worker processes against one: `ingest process --workers N` on a filled inbox.

Timed from the first fifth of the articles on, when every worker has loaded its models and takes part.
"""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
import time
from pathlib import Path

from ingest.model import Envelope
from ingest.wiring import Installation, opened

from . import data, machine
from .measure import Spent, middle, taking_turns
from .report import Row
from .sizes import Size
from .worker import fill, settings_of

REACH = 1.3
HEAD = 0.2  # of the articles, decided before the watch starts
LOOK_S = 0.02
PATIENCE_S = 600.0


def run(size: Size, place: Path) -> list[Row]:
    articles = data.articles(2 * size.articles)
    stores = (place / f"workers-{number}" for number in itertools.count())
    pair = taking_turns(size.rounds, lambda: rate(next(stores), articles, 2), lambda: rate(next(stores), articles, 1))
    two, one = middle(pair.ours, lambda spent: spent.rate), middle(pair.theirs, lambda spent: spent.rate)
    what = f"two workers ({two:.0f} articles/s) / one ({one:.0f}), on {machine.cores()} cores"
    return [Row(what, pair.spread(), f">= {REACH} on 2 cores", pair.ratio >= REACH)]


def rate(store: Path, articles: list[Envelope], workers: int) -> Spent:
    settings = settings_of(store)
    with opened(settings) as installation:
        fill(installation, articles)
        command = [sys.executable, "-m", "ingest.cli.main", "process", "--store", str(store), "--workers", str(workers)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            first, started = _wait(installation, process, int(HEAD * len(articles)))
            last, ended = _wait(installation, process, len(articles))
            return Spent(last - first, ended - started)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _wait(installation: Installation, process: subprocess.Popen[bytes], wanted: int) -> tuple[int, float]:
    """How many were decided, and when, at the first look that finds so many. Raises RuntimeError where none comes."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        counted = installation.counted()
        settled = sum(counted.get(name, 0) for name in ("decided", "seen", "dead"))
        if settled >= wanted:
            return settled, time.perf_counter()
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the workers stopped at {settled} of {wanted} articles")
        time.sleep(LOOK_S)
