"""The same articles in the same order: the same events, whatever the batches and whatever the process."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from ingest.model import Envelope, Withdrawal, WithdrawnBy
from rehearsal import Rehearsal
from seeds import seed

TESTS = Path(__file__).parent.parent


def articles() -> list[Envelope]:
    """Seeds among templates that nearly tie, which is where an order that hangs on chance would show. Some are taken
    back, one of them before it comes."""
    companies = ("Acme", "Borden", "Crane", "Dexter", "Elgin", "Fulton")
    short = [
        Envelope(
            key=f"d{number}",
            source="t",
            title=f"{companies[number % 6]} declares dividend",
            text=f"Qtly div {number} cts vs {number + 1} cts prior\nPay April {number}\nRecord March {number}",
        )
        for number in range(1, 25)
    ]
    first = [*short[:8], seed(0), seed(4), *short[8:16], seed(2), taken_back(short[4]), seed(1), taken_back(short[20])]
    return [*first, *short[16:], taken_back(seed(0)), seed(3), taken_back(short[9], "gone"), seed(0)]


def taken_back(article: Envelope, by: WithdrawnBy = "notice") -> Envelope:
    return Envelope(key=article.key, source="t", text="", withdraws=Withdrawal(by=by))


def digest(batch: int) -> str:
    rehearsal = Rehearsal(batch=batch)
    rehearsal.run(articles())
    return hashlib.sha256(b"\n".join(rehearsal.ledger.events)).hexdigest()


def test_batches_of_one_and_of_many_give_the_same_bytes() -> None:
    assert digest(1) == digest(7) == digest(64)


@pytest.mark.parametrize("hash_seed", ["1", "4711"])
def test_another_string_hash_gives_the_same_bytes(hash_seed: str) -> None:
    code = "import sys; sys.path[:0] = sys.argv[1:]; from test_same_events import digest; print(digest(64))"
    found = subprocess.run(
        [sys.executable, "-c", code, str(TESTS), str(TESTS / "integration")],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert found.stdout.strip() == digest(64)


def test_an_article_offered_again_is_seen_and_tells_nothing() -> None:
    rehearsal = Rehearsal()
    rehearsal.run(articles())
    told = len(rehearsal.ledger.events)
    rehearsal.run(articles())
    balance = rehearsal.inbox.balance()
    assert len(rehearsal.ledger.events) == told
    assert balance.holds
    assert balance.counters.seen == balance.counters.accepted - told


def test_sequences_have_no_hole_and_each_event_names_the_one_before() -> None:
    rehearsal = Rehearsal(batch=5)
    last: dict[str, tuple[int, str | None]] = {}
    for raw in rehearsal.run(articles()) and rehearsal.ledger.events:
        event = msgspec.json.decode(raw)
        sequence, previous = last.get(event["subject"], (0, None))
        assert int(event["sequence"]) == sequence + 1
        assert event["data"]["previous"] == previous
        last[event["subject"]] = (sequence + 1, event["id"])
