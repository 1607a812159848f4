"""What only an event loop can do to a subscription: cancel it anywhere. What both kinds share is in test_client."""

from __future__ import annotations

import asyncio
import fcntl
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import redis
from event_rows import Append, nth
from subscribers import an_async_client

from ingest.asyncio import Gap, subscribe
from ingest.errors import NoStore, StoreError, UsageError
from ingest.events.async_client import AsyncSubscription
from ingest.ledger.keys import Keys
from ingest.store import open_store

MOMENTS = [moment / 4000 for moment in range(16)]  # in seconds; opening takes about two thousandths


def left_behind(client: redis.Redis, keys: Keys) -> list[Any]:
    """Heartbeats, and connections but the one that asks."""
    own = client.client_id()
    return [
        *client.keys(keys.heartbeat("sub:") + "*"),
        *(row["name"] for row in client.client_list() if int(row["id"]) != own),
    ]


def all_is_given_back(client: redis.Redis, keys: Keys) -> bool:
    deadline = time.monotonic() + 2  # a server notices a closed connection when it comes to it
    while left_behind(client, keys):
        if time.monotonic() > deadline:
            return False
    return True


async def acknowledged(events: AsyncSubscription) -> list[str]:
    found = []
    async for event in events:
        assert not isinstance(event, Gap)
        await event.ack()
        found.append(event.id)
    return found


async def cut_short(work: Any, after_s: float) -> None:
    task = asyncio.ensure_future(work)
    await asyncio.wait([task], timeout=after_s)
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        await task


def test_a_folder_is_opened_by_the_loop_and_left_again(store_folder: Path) -> None:
    async def program() -> list[str]:
        async with subscribe(store_folder, group="newsroom", timeout=0.0) as events:
            first = await anext(events)
            assert not isinstance(first, Gap)
            await first.ack()
        events = subscribe(str(store_folder), group="newsroom", timeout=0.0)  # not in `async with`: opened by use
        found = await acknowledged(events)
        await events.aclose()
        return found

    with open_store(store_folder) as store:
        client = store.client()
        for n in (1, 2, 3):
            client.xadd(Keys("main").events, {"e": nth(n)})
        assert asyncio.run(program()) == ["2", "3"]


def test_a_folder_that_is_no_store_is_named_by_the_loop_too_and_not_made(store_folder: Path) -> None:
    async def program() -> None:
        async with subscribe(store_folder, group="newsroom", timeout=0.0):
            pass

    with pytest.raises(NoStore, match=str(store_folder)):
        asyncio.run(program())
    assert not store_folder.exists()


def test_a_folder_that_nobody_waits_for_any_more_is_left_again(store_folder: Path) -> None:
    open_store(store_folder).close()

    async def program() -> None:
        for moment in (0.0, 0.02, 0.1):
            await cut_short(anext(subscribe(store_folder, group="newsroom")), moment)

    asyncio.run(program())
    for thread in threading.enumerate():
        if thread.name.startswith("storywire-open"):
            thread.join(10)
    deadline = time.monotonic() + 10
    with (store_folder / "redis" / "lock").open("r+") as lock:  # held while a server runs
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                assert time.monotonic() < deadline


def test_a_client_of_ones_own_stays_open(server_url: str, append: Append) -> None:
    append([1, 2, 3])

    async def program() -> None:
        async with an_async_client(server_url) as client:
            async with subscribe(client, group="desk", types=["repeated"], timeout=0.0) as events:
                assert await acknowledged(events) == ["3"]
            assert await client.ping()

    asyncio.run(program())


def test_a_mistake_in_the_call_is_said_and_leaves_nothing_open(
    redis_client: redis.Redis, server_url: str, keys: Keys
) -> None:
    async def opened(**options: Any) -> None:
        async with subscribe(**{"store": server_url, "group": "desk"} | options):
            pass

    with pytest.raises(UsageError, match="no type of event"):
        subscribe(server_url, group="desk", types=["new"])
    with pytest.raises(UsageError, match="not a cursor"):
        asyncio.run(opened(start="yesterday"))
    with pytest.raises(StoreError):
        asyncio.run(opened(store="redis://nowhere.invalid:1"))
    assert all_is_given_back(redis_client, keys)


def test_waiting_that_is_cut_short_loses_no_event(redis_client: redis.Redis, server_url: str, append: Append) -> None:
    append(range(1, 31))

    async def program() -> list[str]:
        found: list[str] = []
        async with subscribe(server_url, group="desk", types=["updated", "opened"]) as events:
            for turn in range(1000):
                if len(found) == 24:
                    break
                try:
                    event = await asyncio.wait_for(anext(events), MOMENTS[turn % len(MOMENTS)])
                except TimeoutError:
                    continue
                assert not isinstance(event, Gap)
                await event.ack()
                found.append(event.id)
        return found

    assert asyncio.run(program()) == [str(n) for n in range(1, 31) if n % 5 != 3]
    assert redis_client.xpending(Keys("main").events, "desk")["pending"] == 0


@pytest.mark.parametrize("moment", MOMENTS)
def test_who_is_cancelled_gives_name_and_connections_back(
    redis_client: redis.Redis, server_url: str, keys: Keys, append: Append, moment: float
) -> None:
    append([1])

    async def follow() -> None:
        async with subscribe(server_url, group="desk") as events:
            async for _ in events:
                pass

    asyncio.run(cut_short(follow(), moment))
    assert all_is_given_back(redis_client, keys)


def test_who_is_cancelled_while_leaving_leaves_all_the_same(
    redis_client: redis.Redis, server_url: str, keys: Keys, append: Append
) -> None:
    append([1])

    async def program() -> None:
        for moment in MOMENTS:
            events = subscribe(server_url, group="desk")
            await anext(events)
            await cut_short(events.aclose(), moment / 4)
            await events.aclose()

    asyncio.run(program())
    assert all_is_given_back(redis_client, keys)


def test_closing_ends_the_wait_of_another_task(redis_client: redis.Redis, server_url: str, keys: Keys) -> None:
    async def program() -> list[str]:
        async with subscribe(server_url, group="desk") as events:
            waiting = asyncio.create_task(acknowledged(events))
            await asyncio.wait([waiting], timeout=0.05)
            assert not waiting.done()
        return await asyncio.wait_for(waiting, 10)

    assert asyncio.run(program()) == []
    assert all_is_given_back(redis_client, keys)


def test_tasks_of_one_loop_may_share_a_subscription(server_url: str, append: Append) -> None:
    append(range(1, 41))

    async def program() -> list[list[str]]:
        async with subscribe(server_url, group="desk", timeout=0.0) as events:
            return await asyncio.gather(*(acknowledged(events) for _ in range(4)))

    found = asyncio.run(program())
    assert sorted(int(one) for part in found for one in part) == list(range(1, 41))
    assert all(found)
