"""The source: offers made-up articles as fast as the inbox takes them, and writes down what was accepted."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO

import redis

from ingest.errors import Pressure, Stale, StoreError, TransientError
from ingest.model import Envelope, ProgressUpdate
from ingest.wiring import Installation

SOURCE, PLACE = "chaos", "at"
AGAIN_SECONDS = 0.1
LARGEST_OFFER = 64  # as our own sources do
_LATER = (TransientError, redis.RedisError, StoreError)


class Producer(threading.Thread):
    """Runs until everything is accepted and nobody may cut the store any more (`close`).

    accepted     articles that the inbox said yes to, repeats included
    unanswered   offers without an answer, offered again: accepted twice or not at all
    offered_again articles that a store without its last seconds was given once more
    """

    def __init__(
        self, installation: Installation, articles: Iterator[Envelope], file: Path, *, seed: int, progress: bool
    ) -> None:
        super().__init__(name="producer", daemon=True)
        self._inbox, self._ring = installation.inbox(), installation.ring
        self._articles, self._path, self._progress = articles, file, progress
        self._chance = random.Random(seed)
        self._ended, self._closing = threading.Event(), threading.Event()
        self._enough, self._halt = threading.Event(), threading.Event()
        self.accepted = self.unanswered = self.waited = self.offered_again = 0
        self.trouble: Exception | None = None

    @property
    def ended(self) -> bool:
        """All is accepted, as far as it knows."""
        return self._ended.is_set()

    def close(self) -> None:
        """The store will lose nothing any more: look once again, and end."""
        self._closing.set()

    def enough(self) -> None:
        """Offer nothing new: what was begun is brought to its end."""
        self._enough.set()

    def halt(self) -> None:
        self._halt.set()

    def run(self) -> None:
        try:
            with self._path.open("w", buffering=1) as file:
                (self._by_place if self._progress else self._by_answer)(file)
        except Exception as error:
            self.trouble = error
        self._ended.set()

    def _write(self, file: IO[str], entries: Iterable[str], batch: Iterable[Envelope]) -> None:
        file.writelines(f"{entry}\t{article.id}\n" for entry, article in zip(entries, batch, strict=True))

    def _later(self, seconds: float | None = None) -> None:
        self._halt.wait(seconds or AGAIN_SECONDS)

    def _by_answer(self, file: IO[str]) -> None:
        """Offer until there is an answer; one that was lost may have been a yes."""
        while not (self._halt.is_set() or self._enough.is_set()) and (
            batch := list(islice(self._articles, self._chance.randint(1, LARGEST_OFFER)))
        ):
            while not self._halt.is_set():
                try:
                    offered = self._inbox.offer(batch)
                except Pressure as full:
                    self.waited += 1
                    self._later(full.retry_after and full.retry_after / 4)
                except _LATER:
                    self.unanswered += 1
                    self._later()
                else:
                    self._write(file, offered.entries, batch)
                    self.accepted += len(batch)
                    self._ring()
                    break

    def _by_place(self, file: IO[str]) -> None:
        """The place in the articles is kept in the store and moves with them: what the store lost is offered again."""
        articles, at, highest = list(self._articles), 0, 0
        while not self._halt.is_set():
            if self._enough.is_set():
                del articles[max(at, highest) :]
            if at == len(articles):
                self._ended.set()
                last = self._closing.wait(AGAIN_SECONDS)
                at = self._place(at)
                if last and at == len(articles):
                    return
                continue
            batch = articles[at : at + self._chance.randint(1, LARGEST_OFFER)]
            to = at + len(batch)
            believed = {PLACE: str(at).encode() if at else None}
            try:
                update = ProgressUpdate(SOURCE, {PLACE: str(to).encode()}, believed)
                offered = self._inbox.offer(batch, progress=[update])
            except Pressure as full:
                self.waited += 1
                self._later(full.retry_after and full.retry_after / 4)
            except (Stale, *_LATER) as error:
                self.unanswered += not isinstance(error, Stale)
                before, at = at, self._place(at)
                self._write(file, [""] * (at - before), articles[before:at])  # it was a yes, whose answer was lost
            else:
                self._write(file, offered.entries, batch)
                self.accepted += len(batch)
                self.offered_again += max(0, min(highest, to) - at)
                highest, at = max(highest, to), to
                self._ring()

    def _place(self, at: int) -> int:
        """What the store knows; asked until it answers."""
        while not self._halt.is_set():
            try:
                return int(self._inbox.progress(SOURCE, [PLACE]).get(PLACE, b"0"))
            except _LATER:
                self._later()
        return at
