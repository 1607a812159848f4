from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from ingest.errors import TransientError
from ingest.sources.port import Outcome
from ingest.sources.schedule import Polled
from ingest.sources.tally import Tally


def test_a_line_a_minute_says_what_was_done_and_none_where_nothing_was() -> None:
    lines: list[tuple[str, Mapping[str, Any]]] = []
    tally = Tally(lambda outcome: None, lambda event, fields: lines.append((event, fields)))
    for second in range(59):
        tally.polled("feeds", Polled(kind="same" if second % 2 else "fresh", size=10))
        tally.outcome(Outcome(where="a", fate="accepted", key="k"))
        tally.tell(1000.0 + second, 0)
    assert lines == []
    for second in range(59, 400):
        tally.tell(1000.0 + second, 2)
    assert lines == [
        ("fetch.minute", {"polls": 59, "fresh": 30, "same": 29, "bytes": 590, "articles": 59, "under_way": 2})
    ]


def test_what_was_counted_is_kept_once_and_not_lost_while_the_store_is_away() -> None:
    kept: list[Mapping[str, int]] = []
    away = [True, False]

    async def keep(counts: Mapping[str, int]) -> None:
        if away.pop(0):
            raise TransientError("away")
        kept.append(counts)

    told: list[Outcome] = []
    tally = Tally(told.append, keep=keep)
    tally.polled("tests", Polled(kind="soft", reason="too-large", error="more than 5 bytes", size=7))
    tally.outcome(Outcome(where="a", fate="accepted", key="k"))
    asyncio.run(tally.write())
    tally.broke("tests", "a", ValueError("made up"), 900.0)
    tally.outcome(Outcome(where="b", fate="refused", reason="no-text"))
    asyncio.run(tally.write())
    assert kept == [
        {
            "polls tests soft": 1,
            "bytes tests": 7,
            "failures tests too-large": 1,
            "articles": 1,
            "polls tests broken": 1,
            "failures tests broken": 1,
            "refusals no-text": 1,
        }
    ]
    assert [outcome.fate for outcome in told] == ["accepted", "warning", "refused"]
