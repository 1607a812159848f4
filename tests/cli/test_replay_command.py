"""`ingest replay` as it is typed: where it puts things, what it prints where, and again."""

from __future__ import annotations

import io
import itertools
import json
import shlex
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from said import Said

from ingest import wiring
from ingest.cli.replays import numbers_in, own_store
from ingest.inbox.redis import RedisInbox
from ingest.model import Envelope
from ingest.store import open_store
from seeds import FOLDER

Ingest = Callable[..., Said]

LINES = "".join(
    json.dumps({"id": str(number), "title": title, "text": text, "published_at": f"2014-03-0{number}T10:00:00Z"}) + "\n"
    for number, (title, text) in enumerate(
        [
            ("Flood in Graz", "The river Mur rose over its banks in Graz on Monday and drove 300 people out."),
            ("Budget passed", "Parliament in Lisbon passed the budget for next year with three parties' votes."),
        ],
        1,
    )
)


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_the_same_articles_again_are_seen_and_tell_nothing(ingest: Ingest, tmp_path: Path) -> None:
    for words in (("--into", "store"), ("--into", "./store")):
        said = ingest("replay", FOLDER, *words)
        assert said.code == 0
    assert "5 articles, 0 stories: 0 opened, 0 updated, 0 repeated, 5 seen, 0 dead; 0 refused" in said.out
    assert len(ingest("events", "--store", "store", "--json").lines) == 5


def test_published_time_from_stdin_and_the_workers_go_by_it_ever_after(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, LINES + '{"no": "article"}\nnot json\n')
    said = ingest("replay", "-", "--clock", "published", "--into", "h", "--events", "-")
    assert said.code == 1
    assert [event["time"][:10] for event in said.json] == ["2014-03-01", "2014-03-02"]
    assert "refused stdin:3 (not-an-article)" in said.err
    assert "refused stdin:4 (bad-json" in said.err
    assert "2 articles, 2 stories: 2 opened" in said.err
    typed(monkeypatch, LINES.replace("Monday", "Tuesday"))
    again = ingest("replay", "-", "--into", "h", "--events", "told.jsonl")
    assert "1 repeated" in again.out or "1 updated" in again.out
    assert len(Path("told.jsonl").read_text().splitlines()) == 1
    refused = ingest("replay", "-", "--into", "h", "--clock", "real")
    assert refused.code == 2
    assert "goes by the published clock, not by the real one" in refused.err


def record(kind: str, url: str, block: str, content_type: str) -> str:
    said = {"WARC-Type": kind, "WARC-Target-URI": url, "Content-Type": content_type, "Content-Length": len(block)}
    return "WARC/1.0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in said.items()) + f"\r\n{block}\r\n\r\n"


def test_a_whole_web_archive_succeeds_and_says_what_it_skipped_and_one_cut_off_fails(
    ingest: Ingest, tmp_path: Path
) -> None:
    paragraphs = "".join(
        f"<p>{word} of the ferries ran aground near the northern pier on Monday and had to be towed off by two tugs, "
        "while three hundred passengers waited on the quay until the evening.</p>"
        for word in ("One", "Another")
    )
    head = "<title>Ferry aground</title><meta property='og:site_name' content='Daily Test'>"
    page = f"<html><head>{head}</head><body><article><h1>Ferry aground</h1>{paragraphs}</article></body></html>"
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}"
    whole = record("warcinfo", "", "software: made up", "application/warc-fields")
    whole += record("response", "http://x.example/0.html", answer, "application/http; msgtype=response")
    (tmp_path / "a.warc").write_text(whole, newline="")
    said = ingest("replay", "a.warc", "--into", "s")
    assert said.code == 0
    assert "skipped a.warc (1 record is no page: 1 warcinfo)" in said.err
    assert "Daily Test · first of its story" in said.out  # and not `0`
    (tmp_path / "b.warc").write_text(whole[:-100], newline="")
    cut = ingest("replay", "b.warc", "--into", "s")
    assert cut.code == 1
    assert "refused b.warc (unreadable: after 2 records: the last one is cut off)" in cut.err


def test_the_newest_three_replays_are_kept_and_last_is_the_newest(ingest: Ingest, tmp_path: Path) -> None:
    replays = tmp_path / "var" / "replays"
    for number in (1, 2, 10):
        (replays / str(number)).mkdir(parents=True)
    (tmp_path / "a.jsonl").write_text(LINES)
    said = ingest("replay", "a.jsonl")
    assert said.code == 0
    assert sorted(int(each.name) for each in replays.iterdir()) == [2, 10, 11]
    assert len(ingest("events", "--last", "--json").lines) == 2
    assert ingest("story", "st-none", "--last").err == (
        "ingest: no story st-none in var/replays/11; `ingest stories --store var/replays/11` lists them\n"
    )
    for line in said.lines[said.lines.index("Next:") + 1 :]:
        words = shlex.split(line, comments=True)
        begin = next(at for at, word in enumerate(words) if word in ("story", "why", "events"))
        assert ingest(*words[begin:]).code == 0


def test_replays_that_begin_at_once_have_a_store_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.cli.replays.numbers_in", lambda folder: [1])
    with ExitStack() as held:
        assert [held.enter_context(own_store(tmp_path / "r")).name for _ in range(3)] == ["2", "3", "4"]


def test_of_many_replays_none_loses_its_store_to_a_later_one(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    with ExitStack() as running:
        stores = [running.enter_context(own_store(folder)) for _ in range(6)]
        assert numbers_in(folder) == [1, 2, 3, 4, 5, 6]
    assert all(store.is_dir() for store in stores)
    with own_store(folder):
        assert numbers_in(folder) == [5, 6, 7]


def test_a_replay_whose_store_somebody_has_open_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    for number in (1, 2, 3):
        (folder / str(number)).mkdir(parents=True)
    with open_store(folder / "1") as store, own_store(folder):
        assert numbers_in(folder) == [1, 2, 3, 4]
        assert store.client().ping()


def test_a_replay_into_a_busy_partition_waits_for_its_own_articles_and_no_others(
    ingest: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, valkey: Any
) -> None:
    """Others add an article whenever one of ours is told, so that the inbox is never empty."""
    (tmp_path / "a.jsonl").write_text(LINES)
    with wiring.opened(wiring.read_settings(store=valkey.url)) as others:
        inbox, number = others.inbox(), itertools.count()
        holds = RedisInbox.holds

        def busy(self: RedisInbox, entry: str) -> bool:
            inbox.offer([Envelope(key=f"other {next(number)}", source="o", text="")])
            return holds(self, entry)

        monkeypatch.setattr(RedisInbox, "holds", busy)
        said = ingest("replay", "a.jsonl", "--into", valkey.url)
        assert said.code == 0
        assert "Flood in Graz" in said.out
        assert others.balance().counters.accepted > 2


def test_a_source_that_breaks_ends_the_replay_with_its_error(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr("ingest.cli.run.replay", broken)
    (tmp_path / "a.jsonl").write_text(LINES)
    said = ingest("replay", "a.jsonl")
    assert (said.code, said.err.splitlines()[-1]) == (1, "ingest: x: No space left on device")
