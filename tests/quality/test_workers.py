"""The real arrow on the real wire: 1, 2 and 4 worker processes decide the same, and everything is accounted for."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import defaultdict
from itertools import islice
from pathlib import Path

import pytest

from ingest import children, wiring
from ingest.events.event import Event, decode
from ingest.inbox.port import Balance
from ingest.model import Envelope
from ingest.stamps import parse_stamp
from ingest.wiring import Installation
from labelled import data_folder

pytestmark = pytest.mark.quality

ARTICLES = 3000
TWICE = 0.1
DEADLINE_S = 600.0


def offers() -> list[Envelope]:
    """The first 3,000 of the stream, and a tenth of them once more a little later."""
    rng = random.Random(1987)
    with (data_folder() / "reuters21578" / "stream.jsonl").open() as file:
        rows = [json.loads(line) for line in islice(file, ARTICLES)]
    found = [
        Envelope(
            key=row["id"],
            source="reuters",
            title=row["title"],
            text=row["body"] or "",
            published=parse_stamp(row["ts"], zoneless_is_utc=True),
        )
        for row in rows
    ]
    for one in rng.sample(found, round(TWICE * len(found))):
        found.insert(min(len(found), found.index(one) + rng.randint(1, 200)), one)
    return found


def events_of(installation: Installation) -> list[Event]:
    entries = installation.client.xrange(installation.keys.events)
    return [decode(fields[next(iter(fields))]) for _, fields in entries]


def run(folder: Path, workers: int) -> tuple[list[Event], Balance]:
    settings = wiring.read_settings(store=str(folder), partition={"clock": "published", "ordered": True})
    stop = threading.Event()
    with wiring.opened(settings) as installation:
        inbox = installation.intake()
        supervisor = children.supervisor(settings, installation, workers, stop)
        thread = threading.Thread(target=supervisor.run)
        thread.start()
        try:
            everything = offers()
            for at in range(0, len(everything), 64):
                inbox.offer(everything[at : at + 64])
            deadline = time.monotonic() + DEADLINE_S
            while installation.inbox().balance().entries:
                assert time.monotonic() < deadline, installation.inbox().balance()
                stop.wait(0.2)
        finally:
            stop.set()
            thread.join()
        assert supervisor.deaths == 0
        return events_of(installation), installation.inbox().balance()


def test_one_two_and_four_workers_tell_the_same(tmp_path: Path) -> None:
    runs = {workers: run(tmp_path / str(workers), workers) for workers in (1, 2, 4)}
    for events, balance in runs.values():
        assert balance.holds
        assert balance.entries == 0
        assert balance.counters.dead == 0
        assert balance.counters.offered == ARTICLES + round(TWICE * ARTICLES)
        assert balance.counters.decided == len(events)
        sequences: dict[str, int] = defaultdict(int)
        for event in events:
            sequences[event.subject] += 1
            assert int(event.sequence) == sequences[event.subject]
    told = {
        workers: [(event.id, event.type, event.subject, event.sequence, event.data) for event in events]
        for workers, (events, _) in runs.items()
    }
    ids = {workers: [row[:4] for row in rows] for workers, rows in told.items()}
    assert ids[1] == ids[2] == ids[4]
