from __future__ import annotations

import threading

import pytest
import redis
from event_rows import Append, nth
from redis.backoff import NoBackoff
from redis.retry import Retry

from ingest.errors import TransientError, UsageError
from ingest.events import cursor as cursors
from ingest.events.cursor import Cursor, Gap
from ingest.events.filters import Filter
from ingest.events.stream import Told, read, trim, walk
from ingest.ledger.keys import Keys


def numbers(items: list[Told | Gap]) -> list[str]:
    return [item.event.id if isinstance(item, Told) else item.reason for item in items]


def test_an_empty_partition_has_no_events_and_no_gap(redis_client: redis.Redis, keys: Keys) -> None:
    assert list(walk(redis_client, keys)) == []
    assert read(redis_client, keys).held.last == "0-0"


def test_events_are_read_in_order_as_the_bytes_that_were_written(
    redis_client: redis.Redis, keys: Keys, append: Append
) -> None:
    ids = append(range(1, 8))
    page = read(redis_client, keys, after=ids[1], count=3)
    assert page.entries == tuple((f"{n}-1", nth(n)) for n in (3, 4, 5))
    assert page.held == cursors.Held("e1", "0-0", ids[-1])


def test_each_event_brings_the_cursor_to_read_on_after_it(
    redis_client: redis.Redis, keys: Keys, append: Append
) -> None:
    append(range(1, 1201))
    items = list(walk(redis_client, keys))
    assert numbers(items) == [str(n) for n in range(1, 1201)]
    assert isinstance(items[699], Told)
    assert numbers(list(walk(redis_client, keys, after=items[699].cursor))) == [str(n) for n in range(701, 1201)]


def test_filters_leave_out_events_and_not_the_way_past_them(
    redis_client: redis.Redis, keys: Keys, append: Append
) -> None:
    append(range(1, 11))
    assert numbers(list(walk(redis_client, keys, wanted=Filter.of(types=["repeated"])))) == ["3", "8"]


def test_who_starts_now_gets_nothing_of_before(redis_client: redis.Redis, keys: Keys, append: Append) -> None:
    append([1, 2])
    assert list(walk(redis_client, keys, start="now")) == []


def test_trimming_is_told_to_who_had_not_read_it_and_to_nobody_else(
    redis_client: redis.Redis, keys: Keys, append: Append
) -> None:
    append(range(1, 11))
    before, behind = (cursors.encode(Cursor("e1", {"main": at})) for at in ("2-1", "4-1"))
    assert trim(redis_client, keys, "5-0") == 4
    gap = Gap(partition="main", since="2-1", to="4-1", reason="retention")
    items = list(walk(redis_client, keys, after=before))
    assert items[0] == gap
    assert numbers(items[1:]) == [str(n) for n in range(5, 11)]
    assert numbers(list(walk(redis_client, keys, after=behind))) == [str(n) for n in range(5, 11)]
    assert numbers(list(walk(redis_client, keys))) == [str(n) for n in range(5, 11)]


def test_trimming_remembers_its_last_event_even_when_none_is_left(
    redis_client: redis.Redis, keys: Keys, append: Append
) -> None:
    append(range(1, 4))
    assert trim(redis_client, keys, "9-0") == 3
    assert trim(redis_client, keys, "9-0") == 0
    old = cursors.encode(Cursor("e1", {"main": "1-1"}))
    assert list(walk(redis_client, keys, after=old)) == [
        Gap(partition="main", since="1-1", to="3-1", reason="retention")
    ]


def test_a_cursor_of_another_store_is_told_so_and_reads_everything(
    redis_client: redis.Redis, keys: Keys, append: Append
) -> None:
    append([1, 2])
    foreign = cursors.encode(Cursor("e0", {"main": "1-1"}))
    assert numbers(list(walk(redis_client, keys, after=foreign))) == ["epoch", "1", "2"]


def test_a_cursor_from_before_a_rollback_is_told_so_and_reads_what_comes_next(
    redis_client: redis.Redis, keys: Keys, append: Append
) -> None:
    append([1, 2])
    ahead = cursors.encode(Cursor("e1", {"main": "3-1"}))
    items = list(walk(redis_client, keys, after=ahead))
    assert items == [Gap(partition="main", since="2-1", to="3-1", reason="ahead")]


def test_a_cursor_that_does_not_know_the_partition_reads_it_from_the_beginning(
    redis_client: redis.Redis, keys: Keys, append: Append
) -> None:
    append([1, 2])
    assert numbers(list(walk(redis_client, keys, after=cursors.encode(Cursor("e1", {"other": "9-1"}))))) == ["1", "2"]


def test_what_is_no_cursor_is_refused(redis_client: redis.Redis, keys: Keys) -> None:
    with pytest.raises(UsageError):
        list(walk(redis_client, keys, after="yesterday"))


def test_an_entry_that_is_no_event_is_a_gap_of_one(redis_client: redis.Redis, keys: Keys, append: Append) -> None:
    append([1])
    redis_client.xadd(keys.events, {"e": b"\xff{"}, id="2-0")
    append([2])
    items = list(walk(redis_client, keys))
    assert numbers(items) == ["1", "unreadable", "2"]
    assert items[1] == Gap(partition="main", since="1-18446744073709551615", to="2-0", reason="unreadable")


def test_a_follower_gets_what_comes_while_it_waits_until_it_is_stopped(
    redis_client: redis.Redis, keys: Keys, append: Append
) -> None:
    append([1])
    got: list[str] = []
    done = threading.Event()
    adding: list[threading.Thread] = []
    for item in walk(redis_client, keys, follow=True, stopped=done.is_set):
        got.extend(numbers([item]))
        if len(got) == 4:
            done.set()
        else:
            adding.append(threading.Thread(target=append, args=([len(got) + 1],)))
            adding[-1].start()
    for thread in adding:  # an event can be read before the thread that wrote it has its answer
        thread.join()
    assert got == ["1", "2", "3", "4"]


def test_a_follower_that_trimming_overtakes_is_told(redis_client: redis.Redis, keys: Keys, append: Append) -> None:
    append(range(1, 502))
    got: list[str] = []
    for item in walk(redis_client, keys):
        got += numbers([item])
        if len(got) == 1:  # the first page of 500 is read; all of the second goes, and more
            append([600, 601])
            trim(redis_client, keys, "601-0")
    assert got == [*(str(n) for n in range(1, 501)), "retention", "601"]


def test_a_server_that_does_not_answer_is_a_transient_error(keys: Keys) -> None:
    client = redis.Redis(unix_socket_path="/nonexistent/storywire", retry=Retry(NoBackoff(), 0))
    with pytest.raises(TransientError):
        read(client, keys)
