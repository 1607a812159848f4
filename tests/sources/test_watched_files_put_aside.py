"""What becomes of a watched file once it is read: moved, deleted, left; and what is kept of refused ones."""

from __future__ import annotations

from pathlib import Path

from source_doubles import RememberingInbox
from watching import Start, put, until


def test_finished_files_are_moved_and_refused_ones_with_their_reason(
    folder: Path, start: Start, inbox: RememberingInbox
) -> None:
    put(folder, "sub/a.txt")
    put(folder, "bad.json", "{")
    put(folder, "some.jsonl", '{"id": 1, "text": "a"}\nnonsense\n')
    put(folder, "log.warc", "WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 2\r\n\r\nok\r\n\r\n")  # skipped
    watching = start("move")
    for _ in range(5):
        watching.next()
    until(lambda: (folder / ".refused/some.jsonl.reason.txt").exists(), "not moved")
    watching.end()
    assert (folder / ".done/sub/a.txt").read_text() == "Title\nText."
    assert (folder / ".done/some.jsonl").exists()
    assert (folder / ".done/log.warc").exists()
    assert (folder / ".refused/bad.json").exists()
    assert "bad-json" in (folder / ".refused/bad.json.reason.txt").read_text()
    assert "some.jsonl:2" in (folder / ".refused/some.jsonl.reason.txt").read_text()
    assert [p.name for p in folder.iterdir() if p.is_file()] == []
    assert list(inbox.stored.values()) == [{}]


def test_the_same_name_can_be_dropped_again_after_it_was_moved(
    folder: Path, start: Start, inbox: RememberingInbox
) -> None:
    watching = start("move")
    for n in range(3):
        put(folder, "a.txt", f"Title\n{n}.")
        watching.next()
        until(lambda: not (folder / "a.txt").exists(), "not moved")
    assert [a.text for a in inbox.articles] == ["0.", "1.", "2."]
    assert len(list((folder / ".done").iterdir())) == 3


def test_deleting_takes_accepted_files_only(folder: Path, start: Start) -> None:
    put(folder, "a.txt")
    put(folder, "bad.json", "{")
    watching = start("delete")
    watching.next()
    watching.next()
    until(lambda: (folder / ".refused/bad.json").exists(), "not moved")
    assert not (folder / "a.txt").exists()
    assert list((folder / ".done").iterdir()) == []


def test_deleting_leaves_a_file_of_which_something_was_refused_also_after_a_crash(
    folder: Path, start: Start, inbox: RememberingInbox
) -> None:
    put(folder, "some.jsonl", '{"id": 1, "text": "a"}\nnonsense\n')
    keeping = start("keep")  # accepted, and then nothing more: as if killed before the file was put away
    keeping.next()
    keeping.next()
    keeping.end()
    start("delete")
    until(lambda: (folder / ".done/some.jsonl").exists(), "not moved")
    put(folder, "all.jsonl", '{"id": 2, "text": "b"}\n')
    put(folder, "more.jsonl", '{"id": 3, "text": "c"}\nnonsense\n')
    until(lambda: (folder / ".refused/more.jsonl.reason.txt").exists(), "not moved")
    until(lambda: not (folder / "all.jsonl").exists(), "not deleted")
    until(lambda: sorted(p.name for p in (folder / ".done").iterdir()) == ["more.jsonl", "some.jsonl"], "deleted")


def test_a_crash_after_acceptance_moves_the_file_later_and_offers_nothing_twice(
    folder: Path, start: Start, inbox: RememberingInbox
) -> None:
    put(folder, "a.txt")
    keeping = start("keep")  # accepted, and then nothing more: as if killed before the move
    keeping.next()
    keeping.end()
    moving = start("move")
    until(lambda: (folder / ".done/a.txt").exists(), "not moved")
    assert moving.end() == []
    assert inbox.keys == ["a.txt"]


def test_a_file_that_cannot_be_moved_is_said_and_not_offered_again(
    folder: Path, start: Start, inbox: RememberingInbox
) -> None:
    put(folder, "a.txt")
    (folder / ".done").write_text("in the way")
    watching = start("move")
    assert [watching.next().fate, watching.next().fate] == ["accepted", "warning"]
    put(folder, "b.txt")
    watching.next()
    watching.end()
    assert inbox.keys == ["a.txt", "b.txt"]
