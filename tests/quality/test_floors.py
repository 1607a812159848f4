"""floors.toml keeps its word: nothing in it is lowered in silence, and the data is that which was measured."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import floors
import pytest
from floors import Figure, Line

from labelled import data_folder

ROOT = Path(__file__).resolve().parents[2]
TEXT = floors.FILE.read_text("utf-8")
DECISIONS = {path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")}


def earlier() -> Iterator[tuple[str, str]]:
    """(commit, text) of every version of the file in the history; none where this is no working copy."""
    name = floors.FILE.relative_to(ROOT).as_posix()
    git = ["git", "-C", str(ROOT)]
    log = subprocess.run([*git, "log", "--format=%h", "--", name], capture_output=True, text=True)
    for commit in log.stdout.split() if log.returncode == 0 else ():
        shown = subprocess.run([*git, "show", f"{commit}:{name}"], capture_output=True, text=True)
        if shown.returncode == 0 and "[data]" in shown.stdout:
            yield commit, shown.stdout


def lowered(now: str, before: str) -> list[str]:
    """Lines that ask for less than before without a decision record that says why."""
    lines, gone = floors.parse(now), floors.retired(now)
    found = []
    for (table, name), old in floors.parse(before).items():
        line = lines.get((table, name))
        because = gone.get(f"{table}.{name}") if line is None else line.because
        excused = because is not None and because != old.because  # a reason excuses once
        if not excused and (line is None or floors.weaker(old, line)):
            found.append(f"{table}.{name}: {old.bound}")
    return found


def test_no_floor_is_lower_than_it_ever_was_without_a_decision() -> None:
    assert [f"{commit} {line}" for commit, text in earlier() for line in lowered(TEXT, text)] == []


def test_a_floor_stands_below_what_was_measured_and_its_decision_is_written() -> None:
    lines = floors.parse(TEXT)
    assert [key for key, line in lines.items() if line.measured is None or not line.holds(line.measured)] == []
    named = [line.because for line in lines.values() if line.because] + list(floors.retired(TEXT).values())
    assert set(named) <= DECISIONS


HEAD = '[data]\n[retired]\n{retired}[set]\n'
BEFORE = HEAD.format(retired="") + "f1 = { floor = 0.8, measured = 0.81 }\nwrong = { ceiling = 3, measured = 2 }\n"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("f1 = { floor = 0.8, measured = 0.81 }\nwrong = { ceiling = 3, measured = 2 }\n", 0),
        ("f1 = { floor = 0.82, measured = 0.83 }\nwrong = { ceiling = 0, measured = 0 }\n", 0),
        ("f1 = { floor = 0.79, measured = 0.8 }\nwrong = { ceiling = 4, measured = 4 }\n", 2),
        ('f1 = { floor = 0.79, measured = 0.8, because = "0120" }\nwrong = { ceiling = 3, measured = 2 }\n', 0),
        ("f1 = { floor = 0.8, measured = 0.81 }\n", 1),
        ("f1 = { ceiling = 0.8, measured = 0.7 }\nwrong = { ceiling = 3, measured = 2 }\n", 1),
    ],
)
def test_what_is_lowered_in_silence_is_found(lines: str, found: int) -> None:
    assert len(lowered(HEAD.format(retired="") + lines, BEFORE)) == found


def test_a_decision_excuses_one_lowering_and_not_the_next() -> None:
    line = "f1 = {{ floor = {}, measured = 0.8, because = \"0120\" }}\n"
    once, twice = (HEAD.format(retired="") + line.format(floor) for floor in (0.7, 0.6))
    assert lowered(once, BEFORE.replace("wrong = { ceiling = 3, measured = 2 }\n", "")) == []
    assert len(lowered(twice, once)) == 1


def test_a_line_may_go_with_a_decision() -> None:
    now = HEAD.format(retired='"set.wrong" = "0120"\n') + "f1 = { floor = 0.8, measured = 0.81 }\n"
    assert lowered(now, BEFORE) == []


def test_renewed_floors_follow_what_was_measured_and_never_go_back() -> None:
    better = [Figure("set", "f1", 0.9), Figure("set", "wrong", 1.0), Figure("other", "f1", 0.1)]
    lines = floors.parse(floors.renewed(BEFORE, better))
    assert lines["set", "f1"] == Line(floor=0.89, measured=0.9)
    assert lines["set", "wrong"] == Line(ceiling=1, measured=1)
    aimed = BEFORE.replace("measured = 0.81 }", "measured = 0.81, reach = 0.85 }")
    assert floors.parse(floors.renewed(aimed, better))["set", "f1"].floor == 0.85  # beyond the aim nothing is owed
    worse = floors.parse(floors.renewed(BEFORE, [Figure("set", "f1", 0.7), Figure("set", "wrong", 9.0)]))
    assert (worse["set", "f1"].floor, worse["set", "wrong"].ceiling) == (0.8, 3)


def test_the_table_marks_what_has_fallen_and_what_is_not_reached() -> None:
    lines = floors.parse(HEAD.format(retired="") + "f1 = { floor = 0.8, measured = 0.8, reach = 0.9 }\n")
    for value, mark in ((0.7, "FALLEN"), (0.85, "not yet"), (0.9, "yes")):
        row = floors.table_of([Figure("set", "f1", value, "ten articles")], lines)[1]
        assert row.split()[:2] == ["set", "f1"]
        assert mark in row
        assert row.endswith("ten articles")


@pytest.mark.quality
@pytest.mark.parametrize("name", floors.data(TEXT))
def test_the_data_is_the_data_that_was_measured(name: str) -> None:
    assert hashlib.sha256((data_folder() / name).read_bytes()).hexdigest()[:16] == floors.data(TEXT)[name]
