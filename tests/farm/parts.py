"""The farm in parts, one a processor: hosts are dealt out, and each part has a fetcher, a store and a farm of its own.

What is counted is by feed or by host, so nothing of it depends on how many parts there are.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

from farmer import Book
from fortnight import Run, play
from ideal import ideal_polls
from plan import Feed, planned

from ingest.settings import Settings
from ingest.store import open_store
from ingest.wiring import calm_collector, readers


def in_parts(feeds: int, days: float, seed: int, parts: int) -> Run:
    """All of them at the same time; `seconds` are those of the longest."""
    with ProcessPoolExecutor(parts, mp_context=multiprocessing.get_context("spawn")) as pool:
        runs = pool.map(_part, repeat(feeds, parts), repeat(days), repeat(seed), repeat(parts), range(parts))
        return together(list(runs))


def dealt(feeds: Sequence[Feed], days: float, parts: int) -> list[list[Feed]]:
    """Each host to one part, the one with the most polls first, to whoever has the fewest until then."""
    hosts: dict[str, list[Feed]] = defaultdict(list)
    for feed in feeds:
        hosts[feed.host].append(feed)
    polls = {host: sum(len(ideal_polls(feed, days)) for feed in found) for host, found in hosts.items()}
    piles: list[list[Feed]] = [[] for _ in range(parts)]
    heights = [0] * parts
    for host in sorted(hosts, key=lambda host: (-polls[host], host)):
        lowest = heights.index(min(heights))
        piles[lowest] += hosts[host]
        heights[lowest] += polls[host]
    return piles


def together(runs: Sequence[Run]) -> Run:
    books = [run.book for run in runs]
    return Run(
        feeds=sorted((feed for run in runs for feed in run.feeds), key=lambda feed: feed.number),
        days=runs[0].days,
        book=Book(
            polls={feed: polls for book in books for feed, polls in book.polls.items()},
            crowded={host: many for book in books for host, many in book.crowded.items()},
            hurried={host: many for book in books for host, many in book.hurried.items()},
            impatient={feed: many for book in books for feed, many in book.impatient.items()},
            requests=sum(book.requests for book in books),
        ),
        seen={pair: times for run in runs for pair, times in run.seen.items()},
        fates=dict(sum((Counter(run.fates) for run in runs), Counter())),
        seconds=max(run.seconds for run in runs),
        cpu=sum(run.cpu for run in runs),
        server_cpu=sum(run.server_cpu for run in runs),
    )


def _part(count: int, days: float, seed: int, parts: int, which: int) -> Run:
    feeds = dealt(planned(count, days, seed), days, parts)[which]
    with (
        tempfile.TemporaryDirectory(prefix="sw-farm-") as folder,
        open_store(Path(folder) / "var") as store,
        readers(Settings()) as reading,
    ):
        calm_collector()  # as `ingest fetch` does
        return play(count, days, seed, store.client(), reading, feeds)
