"""What `/metrics` of `ingest serve` shows: read from the store when it is asked, so that it is of all processes.

The counters of fetching are at most some seconds behind. Nothing here names a feed: whoever can reach the port may ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ingest.model import DISPOSITIONS
from ingest.scripts import patiently
from ingest.sources.catalogue import STATES, Row, rows_of
from ingest.sources.clock import ServerClock
from ingest.sources.pages import PAGES
from ingest.sources.subscriptions import FEEDS
from ingest.sources.sums import Sums
from ingest.wiring import Installation

GRACE = 30.0
"""Seconds after which what is due counts as overdue: within them another fetcher takes what a killed one held."""

FETCHED = (
    ("polls", "storywire_polls", "Requests of what is subscribed, by what they came to", ("source", "kind")),
    ("failures", "storywire_poll_failures", "Those that failed, by reason", ("source", "reason")),
    ("bytes", "storywire_polled_bytes", "Bytes of their answers, decoded", ("source",)),
    ("articles", "storywire_fetched_articles", "Articles that fetching brought into the inbox", ()),
    ("refusals", "storywire_fetch_refusals", "What fetching refused, polls that failed among it", ("reason",)),
)
"""Counters of `sources.tally`: the word, the metric, its meaning, its labels."""


def exposition(installation: Installation) -> bytes:
    """All of it, in the format of Prometheus. Blocks. Raises TransientError, StoreError."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Store(list(_of(installation))))
    return generate_latest(registry)


class _Store(Collector):
    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> list[Metric]:
        return self._found


def _of(installation: Installation) -> Iterator[Metric]:
    yield from _inbox(installation)
    yield from _fetched(Sums(installation.client, installation.keys).read())
    now = ServerClock(installation.client).now()
    rows = rows_of(installation.inbox().kept(FEEDS))
    yield _feeds(rows)
    late = [now - at for row in rows if (at := _due(row)) is not None and now - at > GRACE]
    client, due = installation.client, installation.keys.due(PAGES)
    with patiently():
        pages: Any = client.zcount(due, "-inf", (now - GRACE) * 1000)
        first: Any = client.zrange(due, 0, 0, withscores=True) if pages else []
    oldest = max([now - at / 1000 for _, at in first], default=0.0)
    backlog = {FEEDS: (len(late), max(late, default=0.0)), PAGES: (pages, oldest)}
    said = "What is overdue on its schedule, by half a minute and more"
    overdue = GaugeMetricFamily("storywire_overdue", said, labels=["source"])
    longest = GaugeMetricFamily("storywire_overdue_seconds", "How long the first of it is", labels=["source"])
    for source, (count, seconds) in backlog.items():
        overdue.add_metric([source], count)
        longest.add_metric([source], seconds)
    yield from (overdue, longest)


def _inbox(installation: Installation) -> Iterator[Metric]:
    balance = installation.balance()
    counters, partition = balance.counters, installation.keys.partition
    said = "Accepted versions by disposition"
    articles = CounterMetricFamily("storywire_articles", said, labels=["partition", "disposition"])
    for disposition in DISPOSITIONS:
        articles.add_metric([partition, disposition], getattr(counters, disposition))
    yield articles
    waiting = GaugeMetricFamily("storywire_inbox_entries", "Articles that wait to be decided", labels=["partition"])
    waiting.add_metric([partition], balance.entries)
    yield waiting


def _fetched(sums: dict[str, int]) -> Iterator[Metric]:
    for word, name, meaning, labels in FETCHED:
        family = CounterMetricFamily(name, meaning, labels=labels)
        for stored, count in sums.items():
            first, *values = stored.split(" ")
            if first == word and len(values) == len(labels):
                family.add_metric(values, count)
        yield family


def _feeds(rows: list[Row]) -> Metric:
    states = Counter(row.state for row in rows)
    family = GaugeMetricFamily("storywire_feeds", "Subscriptions by state", labels=["state"])
    for state in STATES:
        family.add_metric([state], states[state])
    return family


def _due(row: Row) -> float | None:
    """When it is due by its own row, seconds since 1970: the schedule itself has the end of a lease, or of a wait."""
    if row.feed is None or row.feed.about.muted:
        return None
    return (row.feed.rhythm.next_at or row.feed.about.added_at) / 1000
