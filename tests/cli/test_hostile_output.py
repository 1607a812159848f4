"""No byte of a publisher's commands a terminal or writes a log line: every command, every field, piped and not."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
from said import Said

from hostile import HOSTILE, commands_in
from ingest import telemetry
from ingest.inbox import envelope
from ingest.ledger.keys import Keys
from ingest.model import Envelope
from ingest.settings import LogSettings

Ingest = Callable[..., Said]
TOLD = "Harbour council weighs boats after the storm damage and the long repair of its southern pier"
"""The names that a title has after its controls; long enough to be looked for."""


def row(number: int, more: str = "") -> str:
    text = f"{HOSTILE} The harbour council met on Monday {HOSTILE}. It counted 1{number} boats.{more} {HOSTILE}"
    fields = ("id", "outlet", "author", "source", "rights", "language", "published_at", HOSTILE)
    every = {name: f"{name}{HOSTILE}{number if name == 'id' else ''}" for name in fields}
    return json.dumps({**every, "title": HOSTILE + TOLD, "text": text, "url": "https://a.example/" + HOSTILE})


@pytest.fixture
def hostile(ingest: Ingest, valkey: Any, tmp_path: Path) -> str:
    """A store in which every field of every article, and every dead letter, is hostile."""
    folder = tmp_path / f"in{HOSTILE.translate({0: None, 47: None})}"
    folder.mkdir()
    (folder / f"a\n{HOSTILE[:30].replace('/', '')}.jsonl").write_text("\n".join(
        [row(1), row(2, " Ten were lost, the mayor said."), "{" + HOSTILE, '{"text": 5}', row(1)]))
    page = f"<html><title>{HOSTILE}{TOLD} again</title><article><p>{HOSTILE} It was said on Tuesday again.</p>"
    (folder / "\x1b[31m.html").write_text(page + "<p>&#27;[31m &#155;2J &#8238;Boats are counted once more.</p>" * 3)
    keys = Keys("main")
    replayed = ingest("replay", folder, "--into", valkey.url, "--events", "-", "--workers", "1")
    assert replayed.code == 1
    assert not commands_in(replayed.out + replayed.err)
    assert len(replayed.json) >= 2
    letter = envelope.encode(Envelope(key="dead", source="s", text=HOSTILE, title=HOSTILE, extra={"x": HOSTILE}))
    with valkey.client() as client:
        for payload in (letter, HOSTILE.encode()):
            client.xadd(keys.dead, {b"i": b"1-0", b"e": payload, b"why": HOSTILE.encode(), b"n": b"3"})
    return valkey.url


def looks(ingest: Ingest, url: str) -> list[tuple[str | Path, ...]]:
    """Every command that shows what is stored."""
    events = [json.loads(line) for line in ingest("events", "--store", url, "--json").lines]
    letters = [json.loads(line)["id"] for line in ingest("dead", "list", "--store", url, "--json").lines]
    key, story = events[0]["data"]["article"]["key"], events[0]["subject"]
    plain = [
        ("events",), ("stories",), ("story", story), ("article", key), ("article", key, "--text"), ("why", key),
        ("doctor",), ("dead", "list"), *(("dead", "show", letter) for letter in letters),
    ]  # fmt: skip
    return [(*words, "--store", url) for words in plain] + [
        (*words, "--store", url, "--json") for words in plain if "--text" not in words
    ]


def test_nothing_stored_commands_who_looks_at_it(ingest: Ingest, hostile: str) -> None:
    commands = looks(ingest, hostile)
    whole = ""
    for words in commands:
        piped = ingest(*words)
        assert piped.out, words
        assert not commands_in(piped.out + piped.err), words
        assert "--json" not in words or piped.json
        whole += piped.out
    assert TOLD[:30] in whole
    for words in (commands[0], commands[2], commands[-1]):
        shown = on_a_terminal(*words)
        assert shown, words
        assert not commands_in(shown.replace("\r\n", "\n"), styled=True), words
        assert "\x1b[31mred" not in shown


def on_a_terminal(*words: str | Path) -> str:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "ingest.cli.main", *map(str, words)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = bytearray()
        with contextlib.suppress(OSError):  # how a terminal says that nobody writes to it any more
            while select.select([ours], [], [], 60)[0] and (part := os.read(ours, 65536)):
                said += part
        process.wait(60)
    os.close(ours)
    return said.decode()


@pytest.mark.parametrize(
    "words",
    [
        ("extract", "{file}"), ("extract", "{file}", "--json"), ("extract", "{bad}"), ("replay", "{bad}"),
        ("replay", HOSTILE[:-10]), ("replay", "*" + HOSTILE[:9]), ("article", "a" + HOSTILE), ("why", "a" + HOSTILE),
        ("story", "a" + HOSTILE), ("dead", "show", HOSTILE), ("dead", "retry", HOSTILE), ("events", "--after", HOSTILE),
        ("events", "--type", HOSTILE), ("doctor", "--partition", HOSTILE), (HOSTILE,), ("replay", "--" + HOSTILE),
        ("watch", ".", "--after", HOSTILE), ("doctor", "--config", HOSTILE.replace("\0", "")),
        ("fetch", "http://127.0.0.1:9/" + HOSTILE), ("fetch", HOSTILE),
        ("replay", "{file}", "--events", "/none/\x1b[2J"),
        ("replay", "{file}", "--clock", HOSTILE),
    ],
)  # fmt: skip
def test_no_mistake_or_file_commands_who_made_it(
    ingest: Ingest, valkey: Any, tmp_path: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INGEST_STORE", valkey.url)
    named = {"file": tmp_path / "a\x1b[31m\n\u202e.txt", "bad": tmp_path / "b\x9b\r\n.jsonl"}
    named["file"].write_text(f"A title {HOSTILE.replace(chr(0), '')}\n\nA text of it. {TOLD}.\n")
    named["bad"].write_text("{" + HOSTILE)
    chosen = [word.replace("{file}", str(named["file"])).replace("{bad}", str(named["bad"])) for word in words]
    said = ingest(*(word.replace("\0", "") for word in chosen))
    assert said.out + said.err
    assert not commands_in(said.out + said.err)


@pytest.mark.parametrize("name", ["INGEST_LOG__LEVEL", "INGEST_INBOX__BATCH", "INGEST_STORE", "INGEST_X\x1b[2J"])
def test_no_setting_commands_who_made_it(ingest: Ingest, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, HOSTILE.replace("\0", ""))
    said = ingest("doctor")
    assert said.out + said.err
    assert not commands_in(said.out + said.err)


@pytest.mark.parametrize("machines", [False, True])
def test_no_field_of_a_log_line_commands_or_writes_a_line_of_its_own(
    capfd: pytest.CaptureFixture[str], machines: bool
) -> None:
    telemetry.configure(LogSettings(level="debug", json_lines=machines))
    telemetry.log.warning("event" + HOSTILE, **{"key": HOSTILE, HOSTILE: 1, "nested": {HOSTILE: [HOSTILE]}})
    telemetry.log.error("failed", error=ValueError(HOSTILE))
    telemetry.dispose("main", [(HOSTILE, "opened")])
    said = capfd.readouterr().err
    assert len(said.splitlines()) == 3
    assert not commands_in(said)
    structlog.reset_defaults()


def test_what_libraries_log_is_made_safe_too(tmp_path: Path) -> None:
    code = (
        "import logging, sys; from ingest import telemetry; from ingest.settings import LogSettings\n"
        "telemetry.configure(LogSettings())\n"
        "try:\n    raise ValueError(sys.argv[1])\n"
        "except ValueError:\n    logging.getLogger('rq').exception('job %s', sys.argv[1])\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, HOSTILE.replace("\0", "")], capture_output=True, text=True, check=True
    ).stderr
    assert "ValueError" in said
    assert not commands_in(said)
    assert said.splitlines()[0].startswith("ERROR job")
    assert "Traceback" in said.splitlines()[1]
