"""Guard, server and users as processes, killed in every way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from store_users import User, answer, eventually, guard_of, is_free, patient, stopped

from ingest.store import open_store

Start = Callable[..., User]


def server_of(user: User) -> int:
    return int(user.ask("info", "server")["process_id"])


def test_eight_commands_at_once_on_a_fresh_folder_meet_on_one_server(store_folder: Path, user: Start) -> None:
    ready, go = os.pipe()

    def wait_for_the_others() -> None:
        os.close(go)
        os.read(ready, 1)

    users = [user(store_folder, before=wait_for_the_others) for _ in range(8)]
    os.close(go)
    os.close(ready)
    assert [one.heard() for one in users] == ["open"] * 8
    assert [one.ask("incr", "n") for one in users] == list(range(1, 9))
    assert len({server_of(one) for one in users}) == 1
    assert (store_folder / "redis" / "guard.log").read_text().count("is ready") == 1


def test_two_terminals_meet_in_one_folder_live(store_folder: Path, user: Start) -> None:
    one, two = user(store_folder).opened(), user(store_folder).opened()
    one.ask("set", "story", "opened")
    assert two.ask("get", "story") == "opened"


def test_the_last_one_out_stops_the_server_and_leaves_no_socket(store_folder: Path, user: Start) -> None:
    one, two = user(store_folder).opened(), user(store_folder).opened()
    server = server_of(one)
    one.leave()
    assert two.ask("ping") in (True, "PONG")
    two.leave()
    stopped(store_folder)
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)
    assert not list(store_folder.rglob("*.sock"))
    assert not (store_folder / "redis" / "at").exists()


def test_a_user_killed_with_kill_9_has_left(store_folder: Path, user: Start) -> None:
    one = user(store_folder).opened()
    one.ask("set", "accepted", "article")
    one.kill()
    stopped(store_folder)
    assert user(store_folder).opened().ask("get", "accepted") == "article"


def test_a_killed_server_comes_back_with_its_data(store_folder: Path, user: Start) -> None:
    one, two = user(store_folder).opened(), user(store_folder).opened()
    one.ask("set", "accepted", "article")
    first = server_of(one)
    os.kill(first, signal.SIGKILL)
    assert one.ask("get", "accepted") == "article"
    assert two.ask("get", "accepted") == "article"
    assert server_of(two) != first
    assert "killed by signal 9" in (store_folder / "redis" / "guard.log").read_text()


@pytest.mark.parametrize("both", [False, True], ids=["guard", "guard and server"])
def test_users_come_back_after_a_killed_guard(store_folder: Path, user: Start, both: bool) -> None:
    one, two = user(store_folder).opened(), user(store_folder).opened()
    one.ask("set", "accepted", "article")
    guard, server = guard_of(store_folder), server_of(one)
    os.kill(guard, signal.SIGKILL)
    if both:
        os.kill(server, signal.SIGKILL)
    eventually(lambda: not is_free(store_folder) and guard_of(store_folder) != guard, "no new guard came")
    assert one.ask("get", "accepted") == "article"
    assert two.ask("incr", "n") == 1
    assert one.ask("incr", "n") == 2
    assert server_of(one) == server_of(two) != server
    assert user(store_folder).opened().ask("get", "n") == "2"


def test_a_guard_killed_without_users_takes_its_server_along(store_folder: Path, user: Start) -> None:
    one = user(store_folder).opened()
    one.stop()
    os.kill(guard_of(store_folder), signal.SIGKILL)
    stopped(store_folder)
    one.kill()


def test_a_server_orphaned_where_the_kernel_does_not_end_it_is_told_to_go(store_folder: Path, user: Start) -> None:
    # As on macOS, or after the kill of a guard whose server ignores SIGTERM for a while: a server holds the lock.
    one = user(store_folder).opened()
    one.ask("set", "accepted", "article")
    server = server_of(one)
    os.kill(server, signal.SIGSTOP)
    one.stop()
    os.kill(guard_of(store_folder), signal.SIGKILL)
    late = user(store_folder)
    assert not is_free(store_folder)
    os.kill(server, signal.SIGCONT)
    assert late.opened().ask("get", "accepted") == "article"
    one.kill()


def test_ctrl_c_in_one_terminal_ends_its_command_only(store_folder: Path, user: Start) -> None:
    one, two = user(store_folder).opened(), user(store_folder).opened()
    server = server_of(two)
    assert len({os.getsid(pid) for pid in (one.pid, guard_of(store_folder))}) == 2
    os.killpg(one.pid, signal.SIGINT)
    assert one.heard() == ""
    assert server_of(two) == server


def test_who_comes_while_the_guard_is_leaving_gets_the_next_one(store_folder: Path) -> None:
    # SIGTERM makes it leave at once; the next one comes before, while or after it does so.
    for n in range(10):
        with open_store(store_folder) as store:
            patient(lambda store=store, n=n: answer(store.client(), ["sadd", "seen", str(n)]))
            guard = guard_of(store_folder)
        os.kill(guard, signal.SIGTERM)
    with open_store(store_folder) as store:
        assert patient(lambda: store.client().scard("seen")) == 10


def test_a_guard_ended_by_a_person_is_replaced_while_somebody_needs_it(store_folder: Path, user: Start) -> None:
    one = user(store_folder).opened()
    guard = guard_of(store_folder)
    os.kill(guard, signal.SIGTERM)
    eventually(lambda: not is_free(store_folder) and guard_of(store_folder) != guard, "no new guard came")
    assert one.ask("incr", "n") == 1


def test_a_server_that_dies_again_and_again_is_given_up_and_the_log_says_so(store_folder: Path) -> None:
    log = store_folder / "redis" / "guard.log"
    with open_store(store_folder) as store:
        for n in range(1, 7):
            client = store.client()
            os.kill(patient(lambda client=client: client.info("server"))["process_id"], signal.SIGKILL)
            eventually(lambda n=n: log.read_text().count("server died (") == n, "the guard did not notice")
        eventually(lambda: "gave up: its server died 6 times in 60 s" in log.read_text(), "the guard never gives up")
        assert patient(lambda: store.client().ping())


def test_a_forked_child_that_leaves_does_not_take_its_parent_along(store_folder: Path) -> None:
    with open_store(store_folder) as store:
        server = store.client().info("server")["process_id"]
        child = os.fork()
        if not child:
            try:
                store.client().set("from", "child")
                store.close()
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        assert store.client().get("from") == b"child"
        assert store.client().info("server")["process_id"] == server


def test_a_forked_child_keeps_the_store_when_its_parent_has_left(store_folder: Path) -> None:
    store = open_store(store_folder)
    store.client().set("a", "1")
    ask, go = os.pipe()
    answers, say = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(go)
            store.client().ping()
            os.write(say, b"in")
            os.read(ask, 1)
            os.kill(guard_of(store_folder), signal.SIGKILL)
            os.write(say, patient(lambda: store.client().get("a")))
        finally:
            os._exit(0)
    os.close(say)
    assert os.read(answers, 2) == b"in"
    store.close()
    os.close(go)
    assert os.read(answers, 1) == b"1"
    os.waitpid(child, 0)
    os.close(ask)
    os.close(answers)
    stopped(store_folder)


def test_a_command_of_its_own_leaves_nothing_behind(store_folder: Path) -> None:
    program = "import sys; from ingest.store import open_store; print(open_store(sys.argv[1]).client().incr('n'))"
    run = [sys.executable, "-c", program, str(store_folder)]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "1\n"
    stopped(store_folder)
    if sys.platform == "linux":
        lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
        assert not [line for line in lines if os.fsencode(store_folder) in line]
