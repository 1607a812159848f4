"""A script's answer is awaited while other work is done, and never mistaken for another command's."""

from __future__ import annotations

import multiprocessing
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import redis

from ingest.scripts import Script

SLOW = "local n = 0 for i = 1, tonumber(ARGV[1]) do n = n + i % 7 end return {KEYS[1], n}"
LONG = 20_000_000  # some tenths of a second


@pytest.fixture
def script(redis_client: redis.Redis, tmp_path: Path) -> Script:
    file = tmp_path / "slow.lua"
    file.write_text(SLOW, "ascii")
    return Script(redis_client, file)


class Work:
    def __init__(self, pieces: int) -> None:
        self.left, self.done = pieces, 0

    def __call__(self) -> bool:
        if self.left == 0:
            return False
        self.left, self.done = self.left - 1, self.done + 1
        return True


def test_work_is_done_while_the_server_is_busy_and_the_answer_is_the_same(script: Script) -> None:
    work = Work(3)
    assert script(["k"], [LONG]) == script(["k"], [LONG], work)
    assert work.done == 3


def test_a_server_that_does_not_know_the_script_is_told_it(redis_client: redis.Redis, script: Script) -> None:
    script(["k"], [1])
    redis_client.script_flush()
    assert script(["k"], [1], Work(1)) == [b"k", 1]


def test_an_error_of_the_script_leaves_the_connection_usable(redis_client: redis.Redis, script: Script) -> None:
    script(["k"], [1])
    with pytest.raises(redis.ResponseError, match="limit must be a number"):
        script(["k"], ["no number"], Work(1))
    assert script(["other"], [1], Work(0)) == [b"other", 1]
    assert redis_client.ping()


def test_an_answer_that_nobody_read_is_not_the_next_commands(redis_client: redis.Redis, script: Script) -> None:
    def breaks() -> bool:
        raise KeyboardInterrupt

    script(["k"], [1])
    with pytest.raises(KeyboardInterrupt):
        script(["k"], [LONG], breaks)
    assert script(["other"], [1], Work(0)) == [b"other", 1]
    assert redis_client.ping()


def connections(client: redis.Redis) -> set[int]:
    """But the one that asks."""
    own = client.client_id()
    return {int(each["id"]) for each in client.client_list()} - {own}


def test_calls_of_one_thread_are_made_by_one_connection(redis_client: redis.Redis, script: Script) -> None:
    script(["k"], [1])
    before = connections(redis_client)
    for _ in range(5):
        assert script(["k"], [1]) == [b"k", 1]
    assert connections(redis_client) == before


def test_a_connection_that_the_server_closed_meanwhile_is_made_anew(redis_client: redis.Redis, script: Script) -> None:
    script(["k"], [1])
    for each in (before := connections(redis_client)):
        redis_client.client_kill_filter(_id=str(each))
    assert script(["other"], [1]) == [b"other", 1]
    assert not connections(redis_client) & before


def test_threads_that_call_at_the_same_time_get_each_their_own_answers(script: Script) -> None:
    found: dict[int, Any] = {}

    def calls(which: int) -> None:
        found[which] = [script([f"k{which}"], [which * 1000])[0] for _ in range(50)]

    threads = [threading.Thread(target=calls, args=(which,)) for which in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {which: [f"k{which}".encode()] * 50 for which in range(8)}


def test_a_child_does_not_speak_by_its_parents_connection(redis_client: redis.Redis, script: Script) -> None:
    script(["k"], [1])
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    before = connections(redis_client)

    def asks() -> None:
        made = script(["child"], [1])
        answers.put((made, connections(redis_client) - before != set()))

    child = context.Process(target=asks)
    child.start()
    child.join(30)
    assert child.exitcode == 0
    assert answers.get() == ([b"child", 1], True)
    assert script(["parent"], [1]) == [b"parent", 1]
    assert connections(redis_client) & before


def test_a_client_that_is_closed_closes_what_scripts_were_called_by(
    redis_client: redis.Redis, server_url: str, tmp_path: Path
) -> None:
    before = connections(redis_client)
    client = redis.Redis.from_url(server_url, protocol=2)
    (tmp_path / "one.lua").write_text("return 1", "ascii")
    assert Script(client, tmp_path / "one.lua")(["k"], []) == 1
    assert connections(redis_client) - before
    client.close()
    deadline = time.monotonic() + 10
    while connections(redis_client) - before:
        assert time.monotonic() < deadline
