"""docs/judgement.md shows what the commands say. `make reference` writes their answers anew.

An answer is shown folded to the page, and without the replay's last lines: how long it took, and what to look at next.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from difflib import unified_diff
from pathlib import Path

from said import Said

ROOT = Path(__file__).resolve().parents[2]
DOC = ROOT / "docs" / "judgement.md"
WIDTH = 80
NEWS = ("+ ", "- ", "~ ")
DRIFT = 0.05

_BLOCK = re.compile(r"(?<=^```console\n)\$ (?P<command>ingest [^\n]+)\n.*?(?=^```$)", re.MULTILINE | re.DOTALL)
_SHARE = re.compile(r"(?P<number>\d+\.\d+|\d+(?=%))%?,?")
_TIMES = re.compile(r"^[\d.]+ s, .*", re.MULTILINE | re.DOTALL)


def written(doc: str, run: Callable[[list[str]], str]) -> str:
    """The page with the answers that its commands give now, from the first command to the last."""
    return _BLOCK.sub(lambda m: f"$ {m['command']}\n{folded(run(shlex.split(m['command'])[1:]))}", doc)


def folded(answer: str) -> str:
    lines = _TIMES.sub("", answer).rstrip().splitlines()
    return "".join(f"{row}\n" for line in lines for row in (_rows(line) or [""]))


def _rows(line: str) -> list[str]:
    """As a terminal of 80 columns shows it: of a sentence two lines."""
    indent = " " * (len(line) - len(line.lstrip()))
    news = line.lstrip().startswith(NEWS)
    return textwrap.wrap(
        line,
        WIDTH,
        subsequent_indent=indent + "  " if news else indent,
        break_long_words=False,
        break_on_hyphens=False,
        max_lines=2 if news else None,
        placeholder="…",
    )


def furnish(folder: Path) -> None:
    """What the commands name by paths from the project's root."""
    for name in ("docs", "tests"):
        (folder / name).symlink_to(ROOT / name)


def test_the_page_shows_what_the_commands_say_and_explains_every_number(
    ingest: Callable[..., Said], tmp_path: Path
) -> None:
    furnish(tmp_path)
    doc, answers = DOC.read_text("utf-8"), []

    def run(words: list[str]) -> str:
        answers.append((words, ingest(*words).out))
        return answers[-1][1]

    now = written(doc, run)
    assert len(answers) > 5
    moved = "\n".join(unified_diff(doc.splitlines(), now.splitlines(), "page", "now", n=0, lineterm=""))
    assert alike(doc, now), f"run `make reference`, and read the text around it:\n{moved}"
    assert set(names("".join(answer for words, answer in answers if words[0] == "why"))) - explained(doc) == set()


def alike(doc: str, now: str) -> bool:
    """Word for word the same; a share or a score may have drifted, so that the page is not new with every constant."""
    before, after = doc.split(), now.split()
    return len(before) == len(after) and all(map(_alike, before, after))


def _alike(before: str, after: str) -> bool:
    a, b = _SHARE.fullmatch(before), _SHARE.fullmatch(after)
    if a is None or b is None:
        return before == after
    return abs(float(a["number"]) - float(b["number"])) <= (DRIFT if "." in a["number"] else 100 * DRIFT)


def test_a_share_may_drift_and_a_word_may_not() -> None:
    assert alike("score 0.31 · shared ferry 14%,", "score 0.33\n· shared ferry 12%,")
    assert not alike("score 0.31", "score 0.51")
    assert not alike("shared ferry 14%,", "shared coast 14%,")
    assert not alike("hours 3", "hours 4")


def names(answers: str) -> Iterator[str]:
    """The names of the numbers in answers of `ingest why`."""
    for line in answers.splitlines():
        if line.startswith(" " * 11):
            yield from (found[1] for part in line.strip().split(" · ") if (found := re.match(r"([a-z_]+) \S", part)))


def explained(doc: str) -> set[str]:
    """The names in the first column of the page's tables."""
    return {name for cell in re.findall(r"^\| (`.*?) \|", doc, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)}


def _write() -> None:
    with tempfile.TemporaryDirectory() as folder:
        furnish(Path(folder))

        def run(words: list[str]) -> str:
            command = [sys.executable, "-m", "ingest.cli.main", *words]
            own = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
            return subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, check=True).stdout

        DOC.write_text(written(DOC.read_text("utf-8"), run), "utf-8")


if __name__ == "__main__":
    _write()
