"""What a model of meaning costs: processor time a headline, and memory of a worker."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import labelled_sets as sets

from ingest.meaning import load

TITLES = 1000


def line(name: str, data: Path) -> str:
    model = load(name)
    assert model is not None
    titles = [item.title or "" for item in sets.load(data, "uci")[:TITLES]]
    before = _megabytes()
    model.vector("The first one loads it")
    began = time.process_time()
    for title in titles:
        model.vector(title)
    cost = (time.process_time() - began) * 1000 / len(titles)
    return f"{model.name}: {cost:.2f} ms of processor a headline, {_megabytes() - before:.0f} MB of memory, " + (
        f"{model.dimension} to {2 * model.dimension} bytes a story"
    )


def _megabytes() -> float:
    """The most that this process had at any time."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
