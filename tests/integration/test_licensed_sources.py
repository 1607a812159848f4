"""Credentials of a licensed source through the real command: shown to the server, and to nobody who looks on."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from terminal import Command

sys.path.append(str(Path(__file__).parents[1] / "sources"))

from local_web import Web

from ingest.inbox.redis import RedisInbox
from ingest.ledger.keys import Keys
from ingest.model import ProgressUpdate
from ingest.sources.subscriptions import FEEDS, Feed, Subscription, encode

SECRET, OTHER = "Zugang-4711-geheim", "Passwort-0815"
FEED = b'<rss version="2.0"><channel><item><guid>1</guid><title>A title</title></item></channel></rss>'


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.close()


def command_lines() -> bytes:
    """Of every process of this machine."""
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            lines.append((process / "cmdline").read_bytes())
        except OSError:
            continue
    return b"\n".join(lines)


def test_a_secret_is_shown_to_its_server_and_to_nobody_who_looks_on(tmp_path: Path, valkey: Any, web: Web) -> None:
    key, password, config = tmp_path / "key", tmp_path / "password", tmp_path / "ingest.toml"
    for path in (key, password):
        path.write_text(SECRET)
        path.chmod(0o600)
    config.write_text(
        f'[fetch]\nallow_private = ["127.0.0.1:{web.port}"]\n[log]\nlevel = "debug"\n'
        f'[access.wire]\nhosts = ["127.0.0.1:{web.port}"]\nheaders = {{X-Api-Key = "{key}"}}\n'
        f'user = "desk"\npassword_file = "{password}"\n'
    )
    shown: list[tuple[str, str, bool]] = []

    def answer(headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        proof = headers.get("x-api-key", ""), headers.get("authorization", "")
        shown.append((*proof, any(word.encode() in command_lines() for word in (SECRET, proof[1][6:]))))
        return 200, {}, FEED

    web.routes["/feed"] = answer
    web.routes["/broken"] = (401, {"WWW-Authenticate": "Basic"}, b"")
    said = []
    for words in (
        ("fetch", web.url("/feed"), web.url("/broken"), web.url("/feed").replace("//", f"//desk:{OTHER}@")),
        ("doctor", "--json"),
        ("events", "--after", "0"),
    ):
        command = Command(tmp_path, *words, "--store", valkey.url, "--config", config)
        command.ends()
        said.append(command.out + command.err)
    given, basic, seen = shown[0]
    assert (given, seen) == (SECRET, False)
    told = "\n".join(said)
    with valkey.client() as client:
        stored = b"\n".join(client.dump(name) or b"" for name in client.scan_iter())
    for word in (SECRET, OTHER, basic.removeprefix("Basic ")):
        assert word not in told
        assert word.encode() not in stored
    assert json.loads(said[1].splitlines()[0])["counters"]["accepted"] == 1


def test_the_doctor_says_which_access_is_of_no_use(tmp_path: Path, valkey: Any, web: Web) -> None:
    config, key = tmp_path / "ingest.toml", tmp_path / "key"
    key.write_text(SECRET)
    key.chmod(0o644)
    config.write_text(
        f'[fetch]\nallow_private = ["127.0.0.1:{web.port}"]\n'
        f'[access.paper]\nhosts = ["paper.example"]\ncookie_file = "{key}"\n'
        f'[access.wire]\nhosts = ["wire.example"]\ncookie_file = "{tmp_path}/none"\n'
    )
    web.routes["/feed"] = (200, {}, FEED)
    with valkey.client() as client:
        inbox = RedisInbox(client, Keys("main"))
        named = {"http://paper.example/a": "paper", "https://wire.example/b": "wire", "https://x.example/c": "gone"}
        rows = {url: encode(Feed(about=Subscription(access=name, added_at=1))) for url, name in named.items()}
        inbox.offer([], progress=[ProgressUpdate(FEEDS, rows)])
    fetch = Command(tmp_path, "fetch", web.url("/feed"), "--store", valkey.url, "--config", config)
    fetch.ends()
    doctor = Command(tmp_path, "doctor", "--json", "--store", valkey.url, "--config", config)
    assert doctor.ends() == 1
    files = [
        "access paper: the file of cookie_file is open to every user of this machine: chmod o-rwx",
        "access wire: the file of cookie_file cannot be read: No such file or directory",
    ]
    assert [line for line in json.loads(doctor.out)["troubles"] if "access" in line] == [
        *files,
        "feed http://paper.example/a: access paper is not for this host over http",
        "feed https://x.example/c: there is no [access.gone] in the settings",
    ]
    assert all(f"warning settings ({line})" in fetch.err for line in files)
    assert SECRET not in doctor.out + doctor.err + fetch.out + fetch.err
