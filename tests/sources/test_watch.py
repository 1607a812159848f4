from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from source_doubles import READERS, RememberingInbox

from ingest.errors import TransientError
from ingest.settings import SourceSettings
from ingest.sources.aftermath import After
from ingest.sources.port import Outcome
from ingest.sources.watch import watch

PATIENCE = 20.0


class Watching:
    """`ingest watch` in a thread."""

    def __init__(
        self, folder: Path, inbox: RememberingInbox, after: After, polling: bool | None, limits: SourceSettings
    ) -> None:
        self.stop = threading.Event()
        self.said: queue.Queue[Outcome | BaseException] = queue.Queue()
        self._ready: queue.Queue[int] = queue.Queue()
        self._arguments = (folder, inbox, after, polling, limits)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        folder, inbox, after, polling, limits = self._arguments
        try:
            for outcome in watch(
                folder,
                inbox=inbox,
                readers=READERS,
                settings=limits,
                stop=self.stop,
                after=after,
                ready=self._ready.put,
                polling=polling,
            ):
                self.said.put(outcome)
        except BaseException as error:
            self.said.put(error)

    def next(self) -> Outcome:
        said = self.said.get(timeout=PATIENCE)
        if isinstance(said, BaseException):
            raise said
        return said

    def ready(self) -> int:
        return self._ready.get(timeout=PATIENCE)

    def end(self) -> list[Outcome]:
        """Stop it; what it said meanwhile."""
        self.stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        rest = []
        while not self.said.empty():
            rest.append(self.next())
        return rest


Start = Callable[..., Watching]


@pytest.fixture
def start(folder: Path, inbox: RememberingInbox) -> Iterator[Start]:
    started: list[Watching] = []

    def starting(after: After = "keep", polling: bool | None = False, settle: float = 0.05, **limits: int) -> Watching:
        one = Watching(folder, inbox, after, polling, SourceSettings(settle_seconds=settle, **limits))
        started.append(one)
        return one

    yield starting
    for one in started:
        one.end()


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, what
        threading.Event().wait(0.01)


def put(folder: Path, name: str, text: str = "Title\nText.") -> Path:
    """Written elsewhere and renamed in, as a careful writer does."""
    part = folder.parent / "part"
    part.write_text(text)
    (folder / name).parent.mkdir(exist_ok=True, parents=True)
    return part.rename(folder / name)


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
