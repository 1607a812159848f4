"""What a person gets wrong: exit code 2, one line that names it, no traceback, nothing made."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from said import Said
from typer.main import get_command

from ingest import wiring
from ingest.cli import options
from ingest.cli.main import app
from ingest.events.schema import written

Ingest = Callable[..., Said]


def commands() -> list[tuple[str, ...]]:
    """Every command there is, as words."""
    found: list[tuple[str, ...]] = []
    for name, command in getattr(get_command(app), "commands", {}).items():
        inner = getattr(command, "commands", None)
        found += [(name, each) for each in inner] if inner else [(name,)]
    return found


@pytest.mark.parametrize("words", [(), *commands(), ("dead",)], ids=" ".join)
def test_every_command_has_help_with_an_example(ingest: Ingest, words: tuple[str, ...]) -> None:
    for option in ("--help", "-h"):
        said = ingest(*words, option)
        assert (said.code, said.err) == (0, "")
    assert f"ingest {words[0] if words else ''}".strip() in said.out
    assert "Example" in said.out or not words


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("nope",), "No such command 'nope'; see"),
        (("dead", "nope"), "No such command 'nope'; see"),
        (("replay",), "Missing argument 'PATH...'"),
        (("story",), "Missing argument 'ID'"),
        (("replay", "x", "--nope"), "No such option: --nope"),
        (("stories", "--most", "0"), "Invalid value for '--most'"),
        (("stories", "--most", "many"), "Invalid value for '--most'"),
        (("process", "--workers", "0"), "Invalid value for '--workers'"),
        (("replay", "nowhere"), "nowhere: no such file or folder"),
        (("extract", "nowhere"), "nowhere: no such file or folder"),
        (("replay", "x", "--clock", "sundial"), "--clock sundial: there is `real` and `published`"),
        (("watch", "x", "--after", "burn"), "--after burn: there is keep, move and delete"),
        (("events", "--last"), "no replay in var/replays yet"),
        (("events", "--last", "--store", "x"), "--last and --store name two stores"),
        (("events", "--store", " "), "the store has no name"),
        (("events", "--store", "ftp://x"), "ftp: is no kind of store"),
        (("events", "--config", "no.toml"), "no.toml: no such file"),
        (("events", "--partition", "../x"), "setting partition.name:"),
        (("story", "x"), "there is no store in var: `ingest process --store var` makes one, `make replay` "),
        (("article", "x"), "there is no store in var: `ingest process --store var` makes one, `make replay` "),
        (("why", "x"), "there is no store in var: `ingest process --store var` makes one, `make replay` "),
        (("upgrade",), "there is no store in var: `ingest process --store var` makes one, `make replay` "),
        (("dead", "drop", "--all"), "there is no store in var: `ingest process --store var` makes one, `make replay` "),
        (("replay", ".", "--into", "s", "--events", "no/such/file"), "--events no/such/file: No such file"),
    ],
)
def test_a_mistake_is_told_in_one_line(ingest: Ingest, tmp_path: Path, words: tuple[str, ...], named: str) -> None:
    said = ingest(*words)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("ingest: " + named)
    assert len(said.err.splitlines()) == 1
    assert not list(tmp_path.iterdir())


LOOKING = [
    ("events",), ("stories",), ("doctor",), ("dead", "list"), ("dead", "show", "1-0"), ("dead", "retry", "1-0"),
    ("dead", "drop", "1-0"), ("story", "x"), ("article", "x"), ("why", "x"), ("upgrade",),
    ("withdraw", "x", "--reason", "y"),
    ("feeds", "list"), ("feeds", "show", "http://x/"), ("feeds", "change", "http://x/"), ("feeds", "export"),
    ("feeds", "mute", "http://x/"), ("feeds", "unmute", "http://x/"), ("feeds", "remove", "http://x/"),
]  # fmt: skip
"""The commands that only read, or change what must be there before."""


@pytest.mark.parametrize("words", LOOKING, ids=" ".join)
def test_a_store_that_is_not_there_is_named_and_not_made(
    ingest: Ingest, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Nor is one made in a folder with something else, as ./var is after a replay."""
    (tmp_path / "folder" / "replays").mkdir(parents=True)
    for store in ("nowhere", "folder"):
        said = ingest(*words, "--store", store)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith(f"ingest: there is no store in {store}: ")
        assert len(said.err.splitlines()) == 1
    assert list(tmp_path.rglob("*")) == [tmp_path / "folder", tmp_path / "folder" / "replays"]


def test_advice_names_a_store_and_a_partition_only_where_they_are_not_the_usual_ones(
    ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, other = wiring.read_settings(), wiring.read_settings(partition={"name": "other"})
    assert options.again(usual, "var") == ""
    assert options.again(other, "var") == " --partition other"
    monkeypatch.setenv("INGEST_STORE", "my news")
    assert options.again(wiring.read_settings(), "my news") == ""
    assert options.again(usual, "var") == " --store var"
    monkeypatch.delenv("INGEST_STORE")
    assert options.again(wiring.read_settings(store="my news"), "my news") == " --store 'my news'"
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "ingest.toml").write_text("no settings")
    assert options.again(other, "var") == " --partition other"


@pytest.mark.parametrize("words", [("events",), ("doctor",), ("story", "x"), ("process",), ("replay", ".", "--into")])
def test_a_store_that_is_a_file_or_not_reachable_is_named(
    ingest: Ingest, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("")
    option = () if words[-1] == "--into" else ("--store",)
    said = ingest(*words, *option, "file")
    assert (said.code, said.err) == (2, "ingest: file is a file: a store is a folder or a Redis URL\n")
    said = ingest(*words, *option, "redis://:secret@127.0.0.1:1/0")
    assert said.code == 2
    assert said.err.startswith("ingest: redis://127.0.0.1:1/0 cannot be used: ")
    assert "secret" not in said.err


def test_replays_that_can_have_no_store_say_so(ingest: Ingest, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    said = ingest("replay", ".")
    assert said.code == 2
    assert said.err.startswith("ingest: no store can be made in var/replays: ")


def test_a_wrong_setting_is_named(ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.toml").write_text("[inbox]\nbatch = 'x'\n")
    said = ingest("doctor", "--config", "a.toml")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("ingest: setting inbox.batch: ")
    monkeypatch.setenv("INGEST_LOG__LEVEL", "loud")
    said = ingest("doctor")
    assert said.code == 2
    assert "INGEST_LOG__LEVEL" in said.err


def test_a_store_that_goes_away_is_told_in_a_line(ingest: Ingest, monkeypatch: pytest.MonkeyPatch, valkey: Any) -> None:
    def away(*_: object, **__: object) -> None:
        raise redis.ConnectionError("Connection closed by server.")

    monkeypatch.setattr("ingest.wiring.Installation.exists", property(away))
    said = ingest("events", "--store", valkey.url)
    assert said.code == 1
    assert "ingest: the store does not answer as it should: Connection closed by server." in said.err


def test_the_command_alone_shows_its_help(ingest: Ingest) -> None:
    for words in ((), ("dead",)):
        said = ingest(*words)
        assert said.code == 2
        assert "Usage:" in said.out + said.err


def test_the_version_is_told_with_what_it_stores_by(ingest: Ingest) -> None:
    said = ingest("--version")
    assert (said.code, said.err) == (0, "")
    stored_by = r"schema \d+, normaliser \d+, sketch \w{6}, judgement \w{12}"
    assert re.fullmatch(rf"storywire \d+\.\d+\.\d+ \({stored_by}\)\n", said.out)


def test_the_schema_is_printed_as_it_is_published(ingest: Ingest, tmp_path: Path) -> None:
    said = ingest("events", "--schema")
    assert (said.code, said.err, said.out) == (0, "", written())
    assert not list(tmp_path.iterdir())


def test_a_reader_that_has_had_enough_is_no_error(seeded: Path) -> None:
    for more in ("", " 2>&1"):
        line = f"{sys.executable} -m ingest.cli.main events --json --store {seeded}{more} | head -c 10; "
        found = subprocess.run(
            ["bash", "-c", line + "exit ${PIPESTATUS[0]}"], capture_output=True, text=True, timeout=60, check=False
        )
        assert (found.returncode, found.stdout) == (0, '{"type":"s')
        assert "Error" not in found.stderr
        assert "Traceback" not in found.stderr
