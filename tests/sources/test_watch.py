from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from source_doubles import RememberingInbox
from watching import Start, put, until

from ingest.errors import TransientError
from ingest.sources.aftermath import After


def test_what_is_there_and_what_comes_is_offered(folder: Path, start: Start, inbox: RememberingInbox) -> None:
    put(folder, "a.txt")
    watching = start()
    assert watching.ready() == 1
    assert watching.next().key == "a.txt"
    put(folder, "b.txt")
    assert watching.next().key == "b.txt"
    assert {a.source for a in inbox.articles} == {"inbox"}


def test_where_no_notices_come_the_folder_is_looked_at(folder: Path, start: Start) -> None:
    watching = start(polling=True)
    watching.ready()
    put(folder, "new/a.txt")
    assert watching.next().key == "new/a.txt"


def test_a_new_folder_is_watched_and_what_was_written_to_it_before_is_found(folder: Path, start: Start) -> None:
    watching = start()
    watching.ready()
    put(folder, "deep/er/a.txt")
    assert watching.next().key == "deep/er/a.txt"
    put(folder, "deep/er/b.txt")
    assert watching.next().key == "deep/er/b.txt"


def test_a_file_counts_once_nobody_writes_to_it(folder: Path, start: Start, inbox: RememberingInbox) -> None:
    watching = start(settle=0.4)
    watching.ready()
    with (folder / "slow.txt").open("w") as file:
        for word in ("Title\n", "One. ", "Two. ", "Three."):
            file.write(word)
            file.flush()
            threading.Event().wait(0.05)
    assert watching.next().key == "slow.txt"
    assert [a.text for a in inbox.articles] == ["One. Two. Three."]


def test_a_file_that_changes_while_it_is_read_is_read_again(
    folder: Path, inbox: RememberingInbox, monkeypatch: pytest.MonkeyPatch, start: Start
) -> None:
    from ingest.sources import watch as module

    path = put(folder, "a.txt", "Title\nHalf")
    real = module.read_items

    def reading(*arguments: object) -> Iterator[object]:
        yield from list(real(*arguments))  # type: ignore[arg-type]  # passed on as they came
        if not path.read_text().endswith("whole."):
            path.write_text("Title\nHalf, then whole.")

    monkeypatch.setattr(module, "read_items", reading)
    assert start().next().key == "a.txt"
    assert [a.text for a in inbox.articles] == ["Half, then whole."]


def test_a_rewritten_file_is_offered_again_under_its_key(folder: Path, start: Start, inbox: RememberingInbox) -> None:
    path = put(folder, "a.txt", "Title\nTen dead.")
    watching = start()
    watching.next()
    path.write_text("Title\n12 dead.!")
    os.utime(path, ns=(0, 0))
    watching.next()
    put(folder, "a.txt", "Title\nTwenty.")
    watching.next()
    assert inbox.keys == ["a.txt"] * 3
    assert [a.text for a in inbox.articles] == ["Ten dead.", "12 dead.!", "Twenty."]


def test_a_touched_file_is_not_offered_again(folder: Path, start: Start, inbox: RememberingInbox) -> None:
    path = put(folder, "a.txt")
    watching = start()
    watching.next()
    os.utime(path)
    assert watching.next().fate == "unchanged"
    assert inbox.keys == ["a.txt"]


@pytest.mark.parametrize("after", ["keep", "move", "delete"])
def test_a_restart_neither_loses_nor_repeats(folder: Path, start: Start, inbox: RememberingInbox, after: After) -> None:
    for n in range(5):
        put(folder, f"{n}.txt")
    (folder / "bad.json").write_text("{")
    first = start(after)
    outcomes = [first.next() for _ in range(6)]
    first.end()
    put(folder, "5.txt")
    second = start(after)
    outcomes.append(second.next())
    outcomes += second.end()
    assert [o.key for o in outcomes] == ["0.txt", "1.txt", "2.txt", "3.txt", "4.txt", None, "5.txt"]
    assert inbox.refused == 1


@pytest.mark.parametrize("away", [".", "sub"])
def test_a_folder_that_cannot_be_read_for_a_moment_has_none_of_its_files_forgotten(
    folder: Path, start: Start, inbox: RememberingInbox, monkeypatch: pytest.MonkeyPatch, away: str
) -> None:
    put(folder, "sub/a.txt")
    watching = start(polling=True)
    assert watching.next().key == "sub/a.txt"
    known, real = dict(next(iter(inbox.stored.values()))), os.listdir
    inode = (folder / away).stat().st_ino

    def failing(at: int) -> list[str]:
        if os.fstat(at).st_ino == inode:
            raise OSError(errno.EIO, "Input/output error")
        return real(at)

    with monkeypatch.context() as patched:
        patched.setattr("ingest.sources.files.os.listdir", failing)
        said = watching.next()
        assert (said.fate, said.detail) == ("warning", "not looked at: Input/output error")
    put(folder, "sub/b.txt")
    assert watching.next().key == "sub/b.txt"
    assert inbox.keys == ["sub/a.txt", "sub/b.txt"]
    assert known.items() <= next(iter(inbox.stored.values())).items()


def test_a_large_drop_goes_on_where_it_was_interrupted(folder: Path, start: Start, inbox: RememberingInbox) -> None:
    put(folder, "many.jsonl", "".join(f'{{"id": {n}, "text": "Text {n}."}}\n' for n in range(200)))
    first = start()

    def crash() -> None:
        if len(inbox.offers) == 2:
            first.stop.set()
            raise TransientError("gone for good")

    inbox.before = crash
    for _ in range(128):
        first.next()
    first.end()
    inbox.before = lambda: None
    second = start()
    assert [second.next().key for _ in range(72)] == [f"inbox#{n}" for n in range(128, 200)]
    assert inbox.offers == [64, 64, 64, 8]


def test_an_answer_that_was_lost_is_found_to_have_been_applied(
    folder: Path, start: Start, inbox: RememberingInbox
) -> None:
    def lose() -> None:
        inbox.after = lambda: None
        raise TransientError("connection reset", 0.01)

    inbox.after = lose
    put(folder, "a.txt")
    watching = start()
    assert [watching.next().fate for _ in range(3)] == ["waiting", "resumed", "accepted"]
    watching.end()
    assert inbox.keys == ["a.txt"]


def test_two_watchers_of_one_folder_offer_each_file_once(folder: Path, start: Start, inbox: RememberingInbox) -> None:
    one, two = start(), start()
    one.ready()
    two.ready()
    names = sorted(f"{n:02}.txt" for n in range(20))
    for name in names:
        put(folder, name)
    until(lambda: len(inbox.articles) >= 20, "not all came")
    one.end()
    two.end()
    assert sorted(inbox.keys) == names


def test_links_pipes_and_devices_are_refused_once_and_never_read(
    folder: Path, tmp_path: Path, start: Start, inbox: RememberingInbox
) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "s.txt").write_text("Secret\nText.")
    os.mkfifo(folder / "pipe.txt")
    (folder / "link.txt").symlink_to(tmp_path / "secret" / "s.txt")
    (folder / "linked-folder").symlink_to(tmp_path / "secret")
    watching = start("move")
    assert {watching.next().reason for _ in range(3)} == {"not-a-regular-file"}
    until(lambda: len(list(folder.glob(".refused/*"))) == 6, "not moved")
    (tmp_path / "secret" / "t.txt").write_text("Another\nText.")
    put(folder, "z.txt")
    assert watching.next().key == "z.txt"
    watching.end()
    assert inbox.keys == ["z.txt"]
    assert (tmp_path / "secret" / "s.txt").exists()


def test_hidden_and_unfinished_names_are_left_alone(folder: Path, start: Start, inbox: RememberingInbox) -> None:
    watching = start()
    watching.ready()
    for name in (".a.txt", "b.txt.part", "c.txt~", ".git/d.txt"):
        put(folder, name)
    (folder / "b.txt.part").rename(folder / "b.txt")
    put(folder, "e.txt")
    watching.next()
    watching.next()
    assert watching.end() == []
    assert inbox.keys == ["b.txt", "e.txt"]


def test_an_empty_file_gets_time_to_be_filled(folder: Path, start: Start, inbox: RememberingInbox) -> None:
    watching = start(settle=0.1)
    watching.ready()
    path = folder / "a.txt"
    path.touch()
    put(folder, "b.txt")
    assert watching.next().key == "b.txt"
    path.write_text("Title\nText.")
    assert watching.next().key == "a.txt"
    (folder / "c.txt").touch()
    assert watching.next().reason == "empty"


def test_a_folder_that_goes_is_missed_and_found_again(folder: Path, start: Start) -> None:
    watching = start()
    watching.ready()
    folder.rename(folder.parent / "elsewhere")
    missing = watching.next()
    assert (missing.fate, missing.where) == ("waiting", str(folder))
    folder.mkdir()
    put(folder, "a.txt")
    assert watching.next().key == "a.txt"


def test_files_of_any_name_pass(folder: Path, start: Start, inbox: RememberingInbox) -> None:
    names = [b"a\nb.txt", b"c\xff.txt", b"d\\xff.txt", b"e\x1b[31m.txt", b"sub\xff/f.txt"]
    for name in names:
        path = os.path.join(os.fsencode(folder), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(b"Title\nText.")
    watching = start("move", polling=None)
    assert "a name that is no text" in watching.next().detail
    outcomes = [watching.next() for _ in names]
    assert all(o.where.isprintable() and o.fate == "accepted" for o in outcomes)
    until(lambda: len(os.listdir(os.path.join(folder, ".done"))) == 5, "not moved")
    assert len(set(inbox.keys)) == 5


def test_a_name_that_is_no_text_written_while_watched_stops_nothing(
    folder: Path, start: Start, inbox: RememberingInbox
) -> None:
    watching = start(polling=False)
    watching.ready()
    with open(os.path.join(os.fsencode(folder), b"\xff.txt"), "wb") as file:
        file.write(b"Title\nText.")
    assert watching.next().key == "\\xff.txt"
    put(folder, "b.txt")
    assert watching.next().key == "b.txt"
    assert inbox.keys == ["\\xff.txt", "b.txt"]
