"""`from ingest.asyncio import subscribe`: the twin of `ingest.subscribe`, as redis.asyncio is that of redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.events.cursor import Gap
from ingest.subscribing import member

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from ingest.events.async_client import AsyncSubscription
    from ingest.store import Store

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
) -> AsyncSubscription:
    """As `ingest.subscribe`, for `async with` and `async for`; a client is a redis.asyncio.Redis, and stays yours.

    Raises UsageError for a wrong name or filter; where it is opened, NoStore (a StoreError) for a folder without a
    store, StoreError where the store cannot be used, and UsageError for a wrong cursor.
    """
    from ingest.events.async_client import AsyncSubscription
    from ingest.events.filters import Filter

    wanted = Filter.of(types, stories, outlets, sources, languages, min_materiality)
    found = member(partition, wanted, group=group, start=start, timeout=timeout, consumer=consumer)
    return AsyncSubscription(_opened(store), found)


@asynccontextmanager
async def _opened(store: str | Path | Redis) -> AsyncIterator[Redis]:
    from redis.asyncio import Redis

    if isinstance(store, Redis):
        yield store
        return
    opened = await _open(str(store))
    try:
        async with opened.async_client() as client:
            yield client
    finally:
        await asyncio.to_thread(opened.close)


async def _open(store: str) -> Store:
    """In a thread: a folder's server may have to be started. Closed again if nobody waits for it any more."""
    from ingest.store import open_store

    executor = ThreadPoolExecutor(1, thread_name_prefix="storywire-open")
    opening = executor.submit(open_store, store, make=False)
    executor.shutdown(wait=False)
    try:
        return await asyncio.wrap_future(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close_again)
        raise


def _close_again(opening: Future[Store]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
