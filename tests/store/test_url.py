"""A store behind a URL."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from store_users import patient

from ingest.errors import StoreError
from ingest.store import Store, open_store
from ingest.store.binary import find_server


@contextmanager
def a_server(folder: Path, *options: str) -> Iterator[int]:
    """A server on a loopback port, for what a Unix socket cannot show. Yields the port."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "conf").touch()
    command = [str(find_server("bundled").path), "conf", "--bind", "127.0.0.1", "--port", str(port), *options]
    process = subprocess.Popen([*command, "--logfile", "log"], cwd=folder)
    try:
        yield port
    finally:
        process.kill()
        process.wait()


def test_two_stores_on_one_url_share_it(server_url: str, redis_client: redis.Redis) -> None:
    with open_store(server_url) as one, open_store(server_url) as two:
        one.client().set("a", "1")
        assert two.client().get("a") == redis_client.get("a") == b"1"
        assert one.url == one.name == server_url


def test_what_is_only_worth_a_warning_is_in_its_findings(store: Store) -> None:
    assert ["append-only" in finding.message for finding in store.findings] == [True]


def test_a_server_that_throws_data_away_is_refused(redis_client: redis.Redis, server_url: str) -> None:
    redis_client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(StoreError, match=r"maxmemory-policy is allkeys-lru.*Set `maxmemory-policy noeviction`"):
            open_store(server_url)
    finally:
        redis_client.config_set("maxmemory-policy", "noeviction")


def test_a_server_that_is_not_there_is_named_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # not listening, and nobody else can have it
        port = taken.getsockname()[1]
        with pytest.raises(StoreError) as caught:
            open_store(f"redis://:secret@127.0.0.1:{port}/0")
    assert f"redis://127.0.0.1:{port}/0 cannot be used" in str(caught.value)
    assert "Is a Redis running there?" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_server_that_never_answers_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.store.remote.OPENING_SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(StoreError, match="nothing answered in time"):
            open_store(f"redis://127.0.0.1:{silent.getsockname()[1]}")


def test_a_socket_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"unix:///.*/none cannot be used: .*No such file"):
        open_store(f"unix://{tmp_path}/none")


def test_a_name_that_does_not_resolve_is_named() -> None:
    with pytest.raises(StoreError, match=r"redis://storywire\.invalid:6379 cannot be used"):
        open_store("redis://:pw@storywire.invalid:6379")


def test_passwords_are_asked_for_and_never_told(tmp_path: Path) -> None:
    with a_server(tmp_path / "s", "--requirepass", "pa ss", "--save", "") as port:
        right = f"redis://:pa%20ss@localhost:{port}/2"
        with patient(lambda: open_store(right)) as store:
            assert store.name == f"redis://localhost:{port}/2"
            assert store.url == right
            assert store.client().connection_pool.connection_kwargs["db"] == 2
        for url in (f"redis://localhost:{port}", f"redis://:wrong@localhost:{port}"):
            with pytest.raises(StoreError, match="does not take the password, or wants one") as caught:
                open_store(url)
            assert "wrong@" not in str(caught.value)
            assert caught.value.__suppress_context__


def test_another_machine_without_password_is_refused_before_it_is_called_unless_its_network_is_private() -> None:
    # 192.0.2.0/24 is for documentation: nobody is there.
    with pytest.raises(StoreError, match=r"192\.0\.2\.1 is another machine, and the URL has neither"):
        open_store("redis://192.0.2.1:6379/0")
    with pytest.raises(StoreError, match=r"sentinel://localhost,192\.0\.2\.1/main cannot be used"):
        open_store("sentinel://localhost,192.0.2.1/main")
    with pytest.raises(StoreError, match=r"storywire\.invalid.*Is a Redis running there"):
        open_store("redis://storywire.invalid", private_network=True)


def test_a_primary_is_found_through_sentinels(tmp_path: Path) -> None:
    with a_server(tmp_path / "s", "--requirepass", "pw", "--appendonly", "yes", "--save", "") as port:
        rules = ["--sentinel", "monitor", "news", "127.0.0.1", str(port), "1", "--sentinel", "auth-pass", "news", "pw"]
        with a_server(tmp_path / "sentinel", "--sentinel", *rules) as watch:
            url = f"sentinel://:pw@localhost:{watch},127.0.0.1:{watch}/news/1"
            with patient(lambda: open_store(url)) as store:
                assert store.name == f"sentinel://localhost:{watch},127.0.0.1:{watch}/news/1"
                assert store.findings == ()
                store.client().set("a", "1")
                with redis.Redis(port=port, password="pw", db=1) as direct:
                    assert direct.get("a") == b"1"
            with pytest.raises(StoreError, match="cannot be used: No master found"):
                open_store(f"sentinel://:pw@localhost:{watch}/sport")


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:6379",
        "redis:localhost",
        "redis://",
        "redis://:secret@localhost:port/0",
        "redis://:sec#secret@localhost",
        "redis://:secret@localhost/news",
        "redis://:secret@localhost:6379/0?nonsense=1",
        "redis://:secret@localhost:6379/0?decode_responses=yes",
        "redis://:secret@localhost:6379/0?db=two",
        "unix://",
        "unix:///",
        "sentinel://:secret@localhost:26379",
        "sentinel://:secret@localhost:26379/news/x",
        "redis://[::1",
    ],
)
def test_a_malformed_url_is_refused_without_repeating_a_password(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_closed_url_store_gives_no_clients(store: Store) -> None:
    client = store.client()
    assert client.ping()
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.client()
