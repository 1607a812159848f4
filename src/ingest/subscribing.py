"""`from ingest import subscribe`. Light to import: what talks to a server is imported when it is asked to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.events.cursor import Gap

if TYPE_CHECKING:
    from redis import Redis

    from ingest.events.client import Subscription
    from ingest.events.filters import Filter
    from ingest.events.member import Member

__all__ = ["Gap", "subscribe"]


def subscribe(
    store: str | Path | Redis = "./var",
    *,
    group: str,
    partition: str = "main",
    start: str = "beginning",
    types: Iterable[str] = (),
    stories: Iterable[str] = (),
    outlets: Iterable[str] = (),
    sources: Iterable[str] = (),
    languages: Iterable[str] = (),
    min_materiality: float = 0.0,
    timeout: float | None = None,
    consumer: str | None = None,
) -> Subscription:
    """The events of a store (a folder, a URL, or a Redis client that stays yours), as a member of a consumer group.

    start      where a new group begins: `beginning` (of what is held), `now`, or a cursor; an old group goes on
    timeout    seconds without an event after which iteration ends; None: never
    consumer   a name of one's own in the group; only for who runs each name once

    Raises NoStore (a StoreError) for a folder without a store: a subscriber makes none, and one that is started before
    the workers tries again. Raises StoreError where the store cannot be used, UsageError for a wrong name, cursor or
    filter.
    """
    from ingest.events.client import Subscription
    from ingest.events.filters import Filter

    wanted = Filter.of(types, stories, outlets, sources, languages, min_materiality)
    found = member(partition, wanted, group=group, start=start, timeout=timeout, consumer=consumer)
    client, close = _opened(store)
    try:
        return Subscription(client, found, close)
    except BaseException:
        close()
        raise


def member(
    partition: str, wanted: Filter, *, group: str, start: str, timeout: float | None, consumer: str | None
) -> Member:
    """Who both kinds of subscription are, on the clock that both wait by."""
    import time

    from ingest.events.member import Member
    from ingest.ledger.keys import Keys

    return Member(
        Keys(partition), time.monotonic, group=group, start=start, wanted=wanted, timeout=timeout, consumer=consumer
    )


def _opened(store: str | Path | Redis) -> tuple[Redis, Callable[[], None]]:
    from redis import Redis

    if isinstance(store, Redis):
        return store, lambda: None
    from ingest.store import open_store

    opened = open_store(str(store), make=False)
    return opened.client(), opened.close
