"""What a large store costs: rate and bytes in a wide window, and the memory of the worker that filled it.

Two stores with a worker each, one filled with ten times the articles of the other; then both are given the same new
articles in turn. Filling the larger one is the run over which the worker's memory is watched. The articles of a store
are spread evenly, by their dates, over the 72 hours in which an article is looked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec
from msgspec import structs

from ingest.cli.doctor import measure
from ingest.model import Envelope, Stamp
from ingest.settings import PartitionSettings
from ingest.wiring import Installation, opened

from . import data
from .measure import Pair, Spent, taking_turns
from .report import Row
from .sizes import Size
from .worker import Drained, Worker, fill, settings_of

REACH_RATE = 0.8
REACH_MB, FLAT = 300, 1.1
FED = 2_000  # articles offered at once while a store is filled
BEGIN = 20_600 * 86_400_000  # a midnight
END = BEGIN + 71 * 3_600_000

BYTES = (
    ("fingerprint postings", ("fp", "short"), 350),
    ("decision record", ("dec", "key"), 45),
    ("article row and text", ("art",), 150 + 2500),
    ("story: row, centroid, index, told", ("story", "sid", "term", "often"), 600),
)
"""Families of DESIGN's table and the most that an article may cost there; the text is kept in the article's row."""


class Grown(msgspec.Struct, frozen=True):
    """`memory` is resident bytes of the larger store's worker after so many articles; `bytes` by family and article."""

    pair: Pair
    memory: list[tuple[int, int]]
    bytes: dict[str, float]


@cache
def grow(size: Size, place: Path) -> Grown:
    by_date = PartitionSettings(clock="published")
    small, large = (settings_of(place / name).model_copy(update={"partition": by_date}) for name in ("small", "large"))
    with opened(small) as few, opened(large) as many, Worker(small) as narrow, Worker(large) as wide:
        _feed(few, narrow, size.small)
        memory = [(count, drained.rss) for count, drained in _feed(many, wide, size.large)]
        sizes = _bytes(many)
        pair = taking_turns(size.rounds + 2, _rounds(many, wide, size), _rounds(few, narrow, size))
    return Grown(pair, memory, sizes)


def _rounds(installation: Installation, worker: Worker, size: Size) -> Callable[[], Spent]:
    """Each call decides the next `size.step` articles that neither store has: the same ones for both."""
    first = itertools.count(size.large, size.step)

    def decide() -> Spent:
        fill(installation, [dated(article, END) for article in data.articles(size.step, next(first))])
        return worker.drain().spent

    return decide


def _feed(installation: Installation, worker: Worker, count: int) -> list[tuple[int, Drained]]:
    steps = []
    for first in range(0, count, FED):
        part = data.articles(min(FED, count - first), first)
        fill(installation, [dated(one, BEGIN + (END - BEGIN) * (first + at) // count) for at, one in enumerate(part)])
        steps.append((first + len(part), worker.drain()))
    return steps


def dated(article: Envelope, at: int) -> Envelope:
    return structs.replace(article, published=Stamp(at))


def _bytes(installation: Installation) -> dict[str, float]:
    decided = max(1, installation.counted().get("decided", 0))
    families = measure(installation.client, installation.keys)
    return {name: family.estimate / decided for name, family in families.items()}


def window(size: Size, place: Path) -> list[Row]:
    grown = grow(size, place)
    rows = [
        Row(
            f"window: rate with {size.large:,} articles in it / with {size.small:,}",
            grown.pair.spread(),
            f">= {REACH_RATE}",
            grown.pair.ratio >= REACH_RATE,
        )
    ]
    for what, families, most in BYTES:
        bytes_each = sum(grown.bytes.get(name, 0.0) for name in families)
        rows.append(Row(f"bytes an article: {what}", f"{bytes_each:.0f}", f"<= {most}", bytes_each <= most))
    told = {name for _, families, _ in BYTES for name in families}
    others = ", ".join(f"{name} {each:.0f}" for name, each in grown.bytes.items() if name not in told and each >= 1)
    return [*rows, Row("bytes an article: other families", others)]


def memory(size: Size, place: Path) -> list[Row]:
    found = grow(size, place).memory
    steps = [found[int(share * (len(found) - 1))] for share in (0, 0.25, 0.5, 0.75, 1)]
    shown = ", ".join(f"{rss / 1e6:.0f} MB at {count:,}" for count, rss in steps)
    most, half = max(rss for _, rss in found), found[len(found) // 2][1]
    held = most <= REACH_MB * 1e6 and found[-1][1] <= FLAT * half
    return [Row("memory of a worker", shown, f"<= {REACH_MB} MB, flat", held)]
