"""Both kinds of subscription, by the same cases: what is true of one is true of the other."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from event_rows import Append
from subscribers import Awaiting, Blocking, Joined, Kind, a_client

from ingest.errors import TransientError, UsageError
from ingest.events import cursor as cursors
from ingest.events.cursor import Cursor, Gap
from ingest.events.delivery import Delivered
from ingest.events.filters import Filter
from ingest.events.member import Pace
from ingest.events.presence import Beat
from ingest.events.stream import trim
from ingest.ledger.keys import Keys

# What lives must stay alive on a machine that stalls for a second; what dies shall not be waited for five.
LIVELY = Beat(ttl_ms=2000, every_s=0.1)
SHORT = Beat(ttl_ms=250, every_s=0.05)  # only where nobody counts on one that lives
PACE = Pace(prefetch=4, sweep_s=0.0)


@pytest.fixture(params=[Blocking, Awaiting], ids=["blocking", "awaiting"])
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


@pytest.fixture
def joined(kind: Kind, server_url: str, redis_client: redis.Redis, keys: Keys) -> Iterator[Any]:
    """Opens subscriptions of the group `desk`, and closes them all."""
    with contextlib.ExitStack() as stack:

        def join(**options: Any) -> Joined:
            options = {"group": "desk", "timeout": 0.0, "beat": LIVELY, "pace": PACE} | options
            return stack.enter_context(kind(server_url, keys, **options))

        yield join


def ids(items: Any) -> list[str]:
    return [item.id if isinstance(item, Delivered) else item.reason for item in items]


def test_events_are_delivered_in_order_typed_and_acknowledged_once(
    joined: Any, append: Append, redis_client: redis.Redis, keys: Keys
) -> None:
    append(range(5, 15))
    seen: list[Any] = []
    for event in joined():
        event.ack()
        event.ack()
        seen.append(event)
    assert ids(seen) == [str(n) for n in range(5, 15)]
    assert seen[0].type == "story.opened"
    assert seen[2].story.headline == "Putin Hails North Korea's Support for Ukraine War as He Lands in Pyongyang"
    assert [added.position for added in seen[1].delta.added] == [9, 7]
    assert seen[3].relation is not None
    assert seen[3].relation.kind == "copy"
    assert redis_client.xpending(keys.events, "desk")["pending"] == 0


def test_two_groups_each_get_every_event(joined: Any, append: Append) -> None:
    append([1, 2, 3])
    assert ids(joined(group="a")) == ids(joined(group="b")) == ["1", "2", "3"]


def test_two_of_a_group_share_the_events(joined: Any, append: Append) -> None:
    append(range(1, 9))
    one, other = joined(), joined()
    assert ids([next(one), next(other), next(one)]) == ["1", "5", "2"]


def test_what_was_not_acknowledged_comes_again_to_who_leaves_and_comes_back(joined: Any, append: Append) -> None:
    append(range(1, 7))
    with joined() as first:
        next(first).ack()
        next(first)
    again = list(joined())
    assert ids(again) == ["2", "3", "4", "5", "6"]
    assert [event.redelivered for event in again] == [True, True, True, False, False]


def test_who_goes_on_reading_does_not_get_its_own_events_again(joined: Any, append: Append) -> None:
    append(range(1, 10))
    assert ids(joined()) == [str(n) for n in range(1, 10)]


def test_the_events_of_one_that_died_go_to_another_and_only_then(joined: Any, append: Append) -> None:
    append(range(1, 4))
    dead, other = joined(), joined(timeout=10.0)
    assert ids([next(dead)]) == ["1"]
    append([9])
    assert ids([next(other)]) == ["9"]
    dead.die()
    assert ids([next(other) for _ in range(3)]) == ["1", "2", "3"]


def test_one_that_lives_keeps_its_events_however_long_it_takes(joined: Any, append: Append) -> None:
    append(range(1, 4))
    slow, other = joined(), joined(timeout=1.5 * LIVELY.ttl_ms / 1000)
    assert ids([next(slow)]) == ["1"]
    assert list(other) == []
    assert ids(slow) == ["2", "3"]


def test_a_name_of_ones_own_gets_its_events_back_at_once_after_a_crash(joined: Any, append: Append) -> None:
    append([1, 2])
    dead = joined(consumer="desk-1")
    next(dead)
    dead.die()
    append([3])
    assert ids(joined(consumer="desk-1")) == ["1", "2", "3"]


def test_one_whose_name_was_taken_goes_on_under_another(
    joined: Any, append: Append, redis_client: redis.Redis, keys: Keys
) -> None:
    append([1])
    paused = joined()
    assert ids([next(paused)]) == ["1"]
    redis_client.set(keys.heartbeat("sub:desk:0"), "another")
    deadline = time.monotonic() + 5
    while not paused.presence.lost:
        assert time.monotonic() < deadline
    append([2])
    assert ids([next(paused)]) == ["2"]
    assert paused.presence.name == "1"


def test_a_new_group_starts_where_it_is_told_to_and_an_old_one_goes_on(joined: Any, append: Append) -> None:
    append([1, 2, 3])
    assert ids(joined(group="new", start="now")) == []
    first = next(joined(group="old"))
    assert ids(joined(group="after", start=first.cursor)) == ["2", "3"]
    append([4])
    assert ids(joined(group="new", start="beginning")) == ["4"]


def test_a_group_that_starts_at_a_cursor_too_old_is_told_of_the_gap(
    joined: Any, append: Append, redis_client: redis.Redis, keys: Keys
) -> None:
    append(range(1, 6))
    trim(redis_client, keys, "4-0")
    old = cursors.encode(Cursor("e1", {"main": "1-1"}))
    items = list(joined(start=old))
    assert items[0] == Gap(partition="main", since="1-1", to="3-1", reason="retention")
    assert ids(items[1:]) == ["4", "5"]


def test_a_new_group_at_the_beginning_of_what_is_held_is_told_of_no_gap(
    joined: Any, append: Append, redis_client: redis.Redis, keys: Keys
) -> None:
    append(range(1, 6))
    trim(redis_client, keys, "4-0")
    assert ids(joined()) == ["4", "5"]


def test_events_trimmed_before_they_were_delivered_are_a_gap_that_is_told_again_until_one_goes_on(
    joined: Any, append: Append, redis_client: redis.Redis, keys: Keys
) -> None:
    append([1])
    for event in joined():
        event.ack()
    append(range(2, 7))
    trim(redis_client, keys, "5-0")
    gap = Gap(partition="main", since="1-1", to="4-1", reason="retention")
    assert next(joined()) == gap  # and dies before it goes on
    items = list(joined())
    assert items[0] == gap
    assert ids(items[1:]) == ["5", "6"]
    assert list(joined(consumer="late")) == []


def test_events_trimmed_while_they_were_in_hand_are_gaps_when_they_would_come_again(
    joined: Any, append: Append, redis_client: redis.Redis, keys: Keys
) -> None:
    append(range(1, 4))
    with joined(consumer="x") as first:
        next(first)
    trim(redis_client, keys, "3-0")
    items = list(joined(consumer="x"))
    assert sorted(ids(items)) == ["3", "retention", "retention"]
    assert redis_client.xpending(keys.events, "desk")["pending"] == 1


def test_events_of_the_dead_that_were_trimmed_are_gaps_for_who_takes_over(
    joined: Any, append: Append, redis_client: redis.Redis, keys: Keys
) -> None:
    append(range(1, 4))
    dead = joined()
    next(dead)
    dead.die()
    trim(redis_client, keys, "3-0")
    other = joined(timeout=10.0)
    assert sorted(ids(next(other) for _ in range(3))) == ["3", "retention", "retention"]


def test_what_a_filter_leaves_out_is_acknowledged_and_never_seen(
    joined: Any, append: Append, redis_client: redis.Redis, keys: Keys
) -> None:
    append(range(1, 11))
    subscription = joined(wanted=Filter.of(types=["repeated"]))
    assert ids(subscription) == ["3", "8"]
    assert redis_client.xpending(keys.events, "desk")["pending"] == 2


def test_an_entry_that_is_no_event_stops_nobody(
    joined: Any, append: Append, redis_client: redis.Redis, keys: Keys
) -> None:
    append([1])
    redis_client.xadd(keys.events, {"e": b"no event"}, id="1-9")
    append([2])
    assert ids(joined()) == ["1", "unreadable", "2"]
    assert redis_client.xpending(keys.events, "desk")["pending"] == 2


def test_a_store_that_was_emptied_is_a_gap_and_what_comes_then_is_delivered(
    joined: Any, append: Append, redis_client: redis.Redis, keys: Keys
) -> None:
    append([5])
    subscription = joined()
    assert ids(subscription) == ["5"]
    redis_client.delete(keys.events, keys.meta)
    append([1, 2])
    assert ids(subscription) == ["epoch", "1", "2"]


def test_one_that_joined_before_the_partition_was_made_gets_its_cursors(joined: Any, append: Append) -> None:
    early = joined()
    append([1, 2])
    first = next(early)
    assert cursors.decode(first.cursor) == Cursor("e1", {"main": "1-1"})
    assert ids(joined(group="after", start=first.cursor)) == ["2"]


def test_waiting_ends_with_the_event_it_waits_for(joined: Any, append: Append) -> None:
    waiting = joined(timeout=30.0)
    started = time.monotonic()
    appending = threading.Timer(0.1, append, args=([1],))
    appending.start()
    assert ids([next(waiting)]) == ["1"]
    appending.join()  # the event may be here before its writer has heard of it
    assert time.monotonic() - started < 5


def test_a_closed_subscription_ends(joined: Any, append: Append) -> None:
    append([1])
    subscription = joined(timeout=None)
    next(subscription)
    subscription.close()
    assert list(subscription) == []


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "../x", "a\n"])
def test_a_group_name_that_could_be_mistaken_is_refused(joined: Any, name: str) -> None:
    with pytest.raises(UsageError):
        joined(group=name)


def test_what_comes_too_late_to_be_acknowledged_is_said(joined: Any, append: Append) -> None:
    append([1])
    subscription = joined()
    event = next(subscription)
    subscription.close()
    with pytest.raises(UsageError, match="closed"):
        event.ack()
    assert ids(joined()) == ["1"]


def test_a_server_that_forgot_its_scripts_is_sent_them_again(
    joined: Any, append: Append, redis_client: redis.Redis
) -> None:
    append([1])
    subscription = joined()
    assert ids([next(subscription)]) == ["1"]
    redis_client.script_flush()
    append([2])
    assert ids([next(subscription)]) == ["2"]


def test_a_server_that_stays_away_is_an_error_only_after_patience(joined: Any, append: Append) -> None:
    append([1])
    subscription = joined(timeout=None, pace=Pace(patience_s=0.1, retry_s=0.01))
    assert ids([next(subscription)]) == ["1"]
    subscription.lose_the_server()
    with pytest.raises(TransientError):
        next(subscription)


def _work(kind: Kind, url: str, done: Any) -> None:
    with kind(url, Keys("main"), group="desk", beat=SHORT, pace=PACE) as subscription, a_client(url) as client:
        for event in subscription:
            client.rpush("seen", event.id)
            event.ack()
            done.release()


def test_subscribers_that_are_killed_lose_no_event(
    kind: Kind, server_url: str, redis_client: redis.Redis, append: Append
) -> None:
    append(range(1, 81))
    context = multiprocessing.get_context("fork")
    deadline = time.monotonic() + 60
    wanted = {str(n) for n in range(1, 81)}
    kills = 0
    while {seen.decode() for seen in redis_client.lrange("seen", 0, -1)} != wanted:
        assert time.monotonic() < deadline
        done = context.Semaphore(0)
        worker = context.Process(target=_work, args=(kind, server_url, done))
        worker.start()
        for _ in range(11):  # then in the middle of whatever it does
            if not done.acquire(timeout=1):
                break
        os.kill(worker.pid or 0, signal.SIGKILL)
        worker.join()
        kills += 1
    assert kills >= 7
    assert redis_client.llen("seen") <= 80 + kills  # at most the one in hand comes twice
