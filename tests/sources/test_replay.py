from __future__ import annotations

import gzip
import io
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from source_doubles import ImpatientStop, RememberingInbox

from ingest.errors import Pressure, TransientError
from ingest.settings import SourceSettings
from ingest.sources.offering import Stopped
from ingest.sources.port import Outcome, Readers
from ingest.sources.replay import replay

Run = Callable[..., list[Outcome]]


@pytest.fixture
def run(inbox: RememberingInbox, readers: Readers, settings: SourceSettings, stop: ImpatientStop) -> Run:
    def running(*paths: Path | str, stdin: bytes | None = None, limits: SourceSettings = settings) -> list[Outcome]:
        given = io.BytesIO(stdin) if stdin is not None else None
        names = [os.fspath(path) for path in paths]
        return list(replay(names, inbox=inbox, readers=readers, settings=limits, stop=stop, stdin=given))

    return running


def refusals(outcomes: list[Outcome]) -> list[tuple[str, str | None]]:
    return [(os.path.basename(o.where), o.reason) for o in outcomes if o.fate == "refused"]


def test_a_folder_is_read_in_the_order_of_its_names_and_paths_below_it_are_the_keys(
    folder: Path, run: Run, inbox: RememberingInbox
) -> None:
    for name in ("b.txt", "a.txt", "a10.txt", "c/d.txt", "aa/z.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"Title of {name}\nIts text.")
    outcomes = run(folder)
    assert inbox.keys == ["a.txt", "a10.txt", "aa/z.txt", "b.txt", "c/d.txt"]
    assert [o.fate for o in outcomes] == ["accepted"] * 5
    assert {article.source for article in inbox.articles} == {"replay"}


def test_a_file_named_by_itself_has_its_name_as_key(folder: Path, run: Run, inbox: RememberingInbox) -> None:
    (folder / "a.txt").write_text("Title\nText.")
    run(folder / "a.txt")
    assert inbox.keys == ["a.txt"]
    assert (inbox.articles[0].title, inbox.articles[0].text) == ("Title", "Text.")


def test_the_content_decides_what_a_file_is_and_not_its_name(folder: Path, run: Run, inbox: RememberingInbox) -> None:
    (folder / "1.txt").write_text("<!DOCTYPE html>\n<html><body><p>Page.</p></body></html>")
    (folder / "2.html").write_text("Plain title\nPlain text.")
    (folder / "3.md").write_text('{"text": "One article.", "id": "x"}')
    (folder / "4").write_text('{"text": "a"}\n\n{"text": "b"}\n')
    (folder / "5.json").write_text('[\n {"text": "c", "id": 1},\n {"text": "d", "id": 2}\n]')
    (folder / "6.json").write_text('{"articles": [{"text": "e", "id": "e"}]}')
    (folder / "7.json").write_text('{\n"text": "f"\n}')
    (folder / "8.txt").write_text("[Getty/file photo] is how this text begins.\nIt is not JSON.")
    (folder / "9.txt").write_bytes(gzip.compress(b"Zipped\nText."))
    assert refusals(run(folder)) == []
    assert [a.text for a in inbox.articles[:3]] == ["<!DOCTYPE html>\nPage.", "Plain text.", "One article."]
    assert [a.text for a in inbox.articles[3:9]] == ["a", "b", "c", "d", "e", "f"]
    assert inbox.keys[2] == "replay#x"
    assert inbox.keys[5:9] == ["replay#1", "replay#2", "replay#e", "7.json"]
    assert [a.text for a in inbox.articles[9:]] == ["It is not JSON.", "Text."]


def test_a_bad_line_is_refused_with_its_number_and_the_rest_goes_on(
    folder: Path, run: Run, inbox: RememberingInbox
) -> None:
    lines = ['{"text": "1"}', "{broken", "", '{"text": 4}', "[]", '{"text": "6"}', '{"x": NaN}', '{"text": "8"}']
    (folder / "drop.jsonl").write_text("\n".join(lines))
    outcomes = run(folder)
    assert [a.text for a in inbox.articles] == ["1", "6", "8"]
    assert refusals(outcomes) == [
        ("drop.jsonl:2", "bad-json"), ("drop.jsonl:4", "bad-field"), ("drop.jsonl:5", "not-an-article"),
        ("drop.jsonl:7", "bad-json"),
    ]  # fmt: skip
    assert inbox.refused == 4


@pytest.mark.parametrize("name", ["drop.jsonl", "drop.txt", "drop.json"])
def test_a_damaged_first_line_does_not_cost_the_others(
    folder: Path, run: Run, inbox: RememberingInbox, name: str
) -> None:
    (folder / name).write_text('{"text": "1\n{"text": "2"}\n{"text": "3"}\n')
    assert refusals(run(folder)) == [(f"{name}:1", "bad-json")]
    assert [a.text for a in inbox.articles] == ["2", "3"]


def test_a_line_too_long_is_passed_over_without_being_held(folder: Path, run: Run, inbox: RememberingInbox) -> None:
    limits = SourceSettings(max_line_bytes=1000, max_file_bytes=2000)
    long = '{"text": "%s"}' % ("x" * 5000)
    (folder / "a.jsonl").write_text(f'{{"text": "1"}}\n{long}\n{{"text": "3"}}\n{long}')
    (folder / "b.jsonl").write_text(f'{long}\n{{"text": "5"}}\n')
    outcomes = run(folder, limits=limits)
    assert [a.text for a in inbox.articles] == ["1", "3", "5"]
    assert refusals(outcomes) == [("a.jsonl:2", "too-large"), ("a.jsonl:4", "too-large"), ("b.jsonl:1", "too-large")]


def test_json_lines_may_be_larger_than_any_other_file(folder: Path, run: Run, inbox: RememberingInbox) -> None:
    limits = SourceSettings(max_file_bytes=1000)
    (folder / "a.jsonl").write_text("".join(json.dumps({"id": n, "text": "word " * 20}) + "\n" for n in range(200)))
    (folder / "b.txt").write_text("word " * 500)
    assert refusals(run(folder, limits=limits)) == [("b.txt", "too-large")]
    assert inbox.keys == [f"replay#{n}" for n in range(200)]
    assert inbox.offers == [64, 64, 64, 8]


def test_a_bomb_is_refused_before_it_unfolds(folder: Path, run: Run) -> None:
    (folder / "bomb.txt").write_bytes(gzip.compress(b"a" * 1_000_000))
    (folder / "bomb.jsonl").write_bytes(gzip.compress(b'{"text": "a"}\n' + b"\n" * 1_000_000))
    (folder / "lines.jsonl").write_bytes(gzip.compress(b'{"text": 1}\n' * 40_000))
    (folder / "cut.txt").write_bytes(gzip.compress(b"Some text. " * 100)[:-12])
    limits = SourceSettings(max_file_bytes=200_000)
    refused = refusals(run(folder, limits=limits))
    assert ("bomb.txt", "too-large") in refused
    assert ("cut.txt", "unreadable") in refused
    assert refused[0] == ("bomb.jsonl:100001", "too-large")
    assert refused[-1][1] == "too-large"
    assert refused[-2][1] == "bad-field"


def test_what_is_no_text_is_refused_by_a_word(folder: Path, run: Run, inbox: RememberingInbox) -> None:
    (folder / "a-empty.txt").write_bytes(b"")
    (folder / "b-blank.txt").write_bytes(b" \n\n ")
    (folder / "c-photo.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" * 10)
    (folder / "d-latin.txt").write_bytes("Ein Titel\nGrüße".encode("latin-1"))
    (folder / "e.pdf").write_bytes(b"%PDF-1.7 ...")
    (folder / "f.xml").write_text('<?xml version="1.0"?><rss version="2.0"><channel/></rss>')
    (folder / "g.html").write_text("<html></html>")
    (folder / "h.json").write_text("[]")
    assert refusals(run(folder)) == [
        ("a-empty.txt", "empty"), ("b-blank.txt", "empty"), ("c-photo.jpg", "binary"), ("d-latin.txt", "bad-encoding"),
        ("e.pdf", "unknown-format"), ("f.xml", "no-text"), ("g.html", "no-text"), ("h.json", "empty"),
    ]  # fmt: skip
    assert inbox.articles == []


def test_links_pipes_sockets_and_devices_are_neither_followed_nor_read(
    folder: Path, tmp_path: Path, run: Run, inbox: RememberingInbox
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Secret\nNot for sale.")
    (folder / "a-link.txt").symlink_to(secret)
    (folder / "b-loop").symlink_to(folder)
    (folder / "c-dangling").symlink_to("nowhere")
    os.mkfifo(folder / "d-pipe")
    server = socket.socket(socket.AF_UNIX)
    here = os.open(folder, os.O_RDONLY)
    try:  # by a short path: a socket's may have 107 bytes
        server.bind(f"/proc/self/fd/{here}/e-socket")
        (folder / "f.txt").write_text("Title\nText.")
        outcomes = run(folder, folder / "a-link.txt", folder / "b-loop", "/dev/null")
    finally:
        server.close()
        os.close(here)
    assert {reason for _, reason in refusals(outcomes)} == {"not-a-regular-file"}
    assert len(refusals(outcomes)) == 8
    assert inbox.keys == ["f.txt"]


def test_names_of_any_bytes_are_printable_and_stay_apart(folder: Path, run: Run, inbox: RememberingInbox) -> None:
    names = [b"a\nb.txt", b"a\x1b[2Jb.txt", b"a\xff.txt", b"a\\xff.txt", "a\u202etxt.b".encode(), "日本.txt".encode()]
    for name in names:
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(b"Title\nText.")
    outcomes = run(folder)
    assert all(o.where.isprintable() for o in outcomes)
    assert all(key.isprintable() for key in inbox.keys)
    assert len(set(inbox.keys)) == len(names)
    assert "日本.txt" in inbox.keys


def test_what_is_missing_or_hidden_is_said_or_left_out(folder: Path, run: Run, inbox: RememberingInbox) -> None:
    (folder / ".hidden.txt").write_text("Title\nText.")
    (folder / "empty").mkdir()
    outcomes = run(folder / "nowhere.txt", folder / "empty", "nowhere/a\nb")
    assert refusals(outcomes) == [("nowhere.txt", "vanished"), ("empty", "empty"), ("a\\u000ab", "vanished")]
    assert inbox.articles == []


def test_json_lines_on_stdin_are_articles(run: Run, inbox: RememberingInbox) -> None:
    outcomes = run("-", stdin=b'{"id": 1, "text": "a"}\nnonsense\n{"id": 2, "text": "b"}')
    assert inbox.keys == ["replay#1", "replay#2"]
    assert refusals(outcomes) == [("stdin:2", "bad-json")]


def test_a_full_inbox_is_waited_for_and_said_once(folder: Path, run: Run, inbox: RememberingInbox) -> None:
    (folder / "a.txt").write_text("Title\nText.")
    errors = [Pressure("100 of 100 entries"), Pressure("100 of 100 entries", 0.2), TransientError("connection lost")]

    def fail() -> None:
        if errors:
            raise errors.pop(0)

    inbox.before = fail
    outcomes = run(folder)
    assert [o.fate for o in outcomes] == ["waiting", "waiting", "resumed", "accepted"]
    assert "full" in outcomes[0].detail
    assert "does not answer" in outcomes[1].detail
    assert inbox.keys == ["a.txt"]


def test_a_stop_while_waiting_offers_nothing(
    folder: Path, inbox: RememberingInbox, readers: Readers, settings: SourceSettings
) -> None:
    (folder / "a.txt").write_text("Title\nText.")

    def fail() -> None:
        raise Pressure("full")

    inbox.before = fail
    with pytest.raises(Stopped):
        list(replay([str(folder)], inbox=inbox, readers=readers, settings=settings, stop=ImpatientStop(2)))
    assert inbox.articles == []
