from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prometheus_client import REGISTRY

from ingest.sources.port import Outcome
from ingest.sources.schedule import Polled
from ingest.sources.tally import Tally


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


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


def test_polls_failures_bytes_and_articles_are_counted() -> None:
    names = {
        "storywire_polls_total": {"source": "tests", "kind": "soft"},
        "storywire_poll_failures_total": {"source": "tests", "reason": "too-large"},
        "storywire_polled_bytes_total": {"source": "tests"},
        "storywire_fetched_articles_total": {},
    }
    before = [counted(name, **labels) for name, labels in names.items()]
    told: list[Outcome] = []
    tally = Tally(told.append)
    tally.polled("tests", Polled(kind="soft", reason="too-large", error="more than 5 bytes", size=7))
    tally.outcome(Outcome(where="a", fate="accepted", key="k"))
    tally.broke("tests", "a", ValueError("made up"), 900.0)
    after = [counted(name, **labels) for name, labels in names.items()]
    assert [now - then for then, now in zip(before, after, strict=True)] == [1, 1, 7, 1]
    assert counted("storywire_polls_total", source="tests", kind="broken") >= 1
    assert [outcome.fate for outcome in told] == ["accepted", "warning"]
