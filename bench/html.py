"""Pages from their bytes into the inbox, against bare trafilatura on the same pages and the same core.

Ours is the replay source with its jail: decompressed, decoded, extracted in the killable child, checked, offered to a
server. Theirs is a loop of bare_extraction(fast=True) with metadata, without comments, deduplication or a limit on
anything. Both may use one core; a first page before the watch starts the child and fills the caches.
"""

from __future__ import annotations

import itertools
import os
import shutil
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import trafilatura

from ingest import pipeline
from ingest.settings import Settings
from ingest.sources.replay import replay
from ingest.wiring import opened, readers

from . import data
from .measure import Spent, Stopwatch, middle, taking_turns
from .report import Row
from .sizes import Size
from .worker import Apart, settings_of

REACH = 0.85
FIRST = 2  # pages before the watch starts


def run(size: Size, place: Path) -> list[Row]:
    pages = data.pages()[: size.pages + FIRST]
    if not pages:
        return [Row("html", "not measured: INGEST_EVAL_DATA has no pages")]
    first, rest = _copied(pages[:FIRST], place / "first"), _copied(pages[FIRST:], place / "pages")
    stores = (place / f"html-{number}" for number in itertools.count())
    pair = taking_turns(
        size.rounds,
        lambda: _apart(_ours, settings_of(next(stores)), first, rest, len(pages) - FIRST),
        lambda: _apart(_theirs, first, rest),
    )
    ours, theirs = middle(pair.ours, lambda spent: spent.rate), middle(pair.theirs, lambda spent: spent.rate)
    what = f"html: bytes to inbox ({ours:.1f} pages/s) / bare trafilatura {trafilatura.__version__} ({theirs:.1f})"
    return [Row(what, pair.spread(), f">= {REACH}", pair.ratio >= REACH)]


def _apart(function: Callable[..., Spent], *given: object) -> Spent:
    with Apart() as apart:
        return apart.call(function, *given)


def _copied(pages: list[Path], folder: Path) -> Path:
    folder.mkdir()
    for page in pages:
        shutil.copy(page, folder)
    return folder


def _ours(settings: Settings, first: Path, rest: Path, count: int) -> Spent:
    with opened(settings) as installation:
        _on_one_core()  # the server stays where it is: it is not extraction
        inbox, stop = installation.intake(), threading.Event()
        with readers(settings) as reading:
            read = partial(replay, inbox=inbox, readers=reading, settings=settings.sources, stop=stop)
            pipeline.intake(read([str(first)]))
            watch = Stopwatch()
            fates = pipeline.intake(read([str(rest)]))
            spent = watch.spent(count)
    assert fates["accepted"] == count, fates
    return spent


def _theirs(first: Path, rest: Path) -> Spent:
    _on_one_core()
    for page in sorted(first.iterdir()):
        _extract(page)
    watch = Stopwatch()
    pages = sorted(rest.iterdir())
    for page in pages:
        _extract(page)
    return watch.spent(len(pages))


def _extract(page: Path) -> None:
    trafilatura.bare_extraction(
        data.page(page), fast=True, with_metadata=True, include_comments=False, deduplicate=False
    )


def _on_one_core() -> None:
    """And the children that are started from here."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
