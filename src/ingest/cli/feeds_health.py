"""What `ingest doctor` says of the subscriptions: how many are in which state, and what needs a person."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from ingest.cli.options import again
from ingest.cli.when import ago
from ingest.inbox.redis import RedisInbox
from ingest.sources.access import Access
from ingest.sources.catalogue import Row, rows_of
from ingest.sources.names import shown
from ingest.sources.subscriptions import FEEDS
from ingest.wiring import Installation

LATE = 120_000
"""ms after which a feed that is due is overdue: a fetcher takes what is due within a second, a dead one's within 30."""


class FeedsHealth(msgspec.Struct, frozen=True):
    """`states` state -> how many; `overdue` how many nobody polls."""

    states: dict[str, int]
    overdue: int
    troubles: list[str]

    def __str__(self) -> str:
        said = ", ".join(f"{count:,} {state}" for state, count in sorted(self.states.items())) or "none subscribed"
        return said + (f"; {self.overdue:,} overdue" if self.overdue else "")


def feeds_health(installation: Installation) -> FeedsHealth:
    """Read from the store; changes nothing."""
    rows = rows_of(RedisInbox(installation.client, installation.keys).kept(FEEDS))
    late, said = _overdue(installation)
    unreadable = [row for row in rows if row.feed is None]
    troubles = said + [f"feed {shown(row.name)}: what is stored of it cannot be read" for row in unreadable]
    return FeedsHealth(Counter(row.state for row in rows), late, troubles + _unlicensed(installation, rows))


def _overdue(installation: Installation) -> tuple[int, list[str]]:
    client, due = installation.client, installation.keys.due(FEEDS)
    told: Any = client.time()
    now = told[0] * 1000
    late: Any = client.zcount(due, "-inf", now - LATE)
    if not late:
        return 0, []
    first: Any = client.zrange(due, 0, 0, withscores=True)
    since = ago(int(first[0][1]), now)
    there = again(installation.settings, installation.store.name)
    return late, [f"{late:,} feed(s) are overdue, the first was due {since}: `ingest fetch{there}` polls them"]


def _unlicensed(installation: Installation, rows: list[Row]) -> list[str]:
    """What is wrong with the credentials of licensed sources: in the settings, in their files, at the feeds."""
    access = Access(installation.settings.access)
    named = {row.name: row.feed.about.access for row in rows if row.feed}
    wrong = {shown(url): access.wrong_with(url, name) for url, name in sorted(named.items())}
    return [*access.findings(), *(f"feed {url}: {why}" for url, why in wrong.items() if why)]
