"""A script's answer is awaited while other work is done, and never mistaken for another command's."""

from __future__ import annotations

from pathlib import Path

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
