"""The quality run: `python tests/quality`, or `make quality`. Every figure of the judgement in one table, in minutes.

    --errors 20      the worst errors of each set, with the product's own reasons, into var/quality/errors-*.txt
    --raise          write floors.toml anew: what was measured, and floors that follow it up
    --compare REV    measure REV as well, its events with the tests of today, and print what moved
    --semantic NAME  measure once more with this model of meaning, and print what it moves and what it costs
    --only WORDS     of the tests only those that pytest's -k picks: `--only "wikinews and not thirds"`

INGEST_EVAL_DATA names the folder of the labelled data.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import compare
import floors
import price
import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT = ROOT / "var" / "quality"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", type=int, default=0, metavar="N")
    parser.add_argument("--raise", action="store_true", dest="raises")
    parser.add_argument("--compare", metavar="REV")
    parser.add_argument("--semantic", metavar="NAME")
    parser.add_argument("--only", metavar="WORDS")
    parser.add_argument("--jobs", default="2", help="processes of pytest")
    given = parser.parse_args()
    data = (Path.cwd() / os.environ.get("INGEST_EVAL_DATA", "../shared/data")).resolve()
    if not data.is_dir():
        print(f"quality: skipped, there is no folder {data}; INGEST_EVAL_DATA names one")
        return 0
    commit = commit_of(given.compare) if given.compare else None  # before minutes of measuring
    if given.compare and commit is None:
        return 2
    began = time.monotonic()
    pick = ["-n", given.jobs, "--dist", "loadfile", *(["-k", given.only] if given.only else [])]
    environment = {"INGEST_EVAL_DATA": str(data), "QUALITY_ERRORS": str(given.errors)}
    out = OUT / "now"
    code = run(ROOT, out, pick, environment | ({"QUALITY_FLOORS": "off"} if given.raises else {})).returncode
    if code == pytest.ExitCode.NO_TESTS_COLLECTED:
        print(f"quality: no test has {given.only!r} in its name; `pytest -m quality --co -q` lists them")
        return code
    if given.raises and code == 0:
        text = floors.FILE.read_text("utf-8")
        floors.FILE.write_text(floors.renewed(text, compare.figures(out)), "utf-8")
        print(f"renewed: {floors.FILE}")
    if given.errors:
        print(f"errors: {out}/errors-*.txt")
    if commit:
        before = measured(commit, pick, environment)
        if before is None:
            return 2
        print("\n".join(compare.moved(before, out)))
    if given.semantic:
        run(ROOT, OUT / "semantic", pick, {**environment, "QUALITY_SEMANTIC": given.semantic, "QUALITY_FLOORS": "off"})
        print("\n".join([*compare.moved(out, OUT / "semantic"), "", price.line(given.semantic, data)]))
    print(f"quality: {time.monotonic() - began:.0f} s")
    return code


def run(
    root: Path, out: Path, pick: list[str], environment: Mapping[str, str], log: IO[bytes] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """The quality tests of the tree at `root`, on the code of that tree."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    command = [sys.executable, "-m", "pytest", "-m", "quality", "-q", "tests/quality", *pick]
    command += ["--continue-on-collection-errors"] if root != ROOT else []  # an old measure may not know `telling`
    own = {**environment, "QUALITY_OUT": str(out), "PYTHONPATH": str(root / "src")}
    return subprocess.run(command, cwd=root, env={**os.environ, **own}, stdout=log, stderr=log)


def commit_of(revision: str) -> str | None:
    """The commit that a revision names. None, and said why, where it names none."""
    git = ["git", "-C", str(ROOT), "rev-parse", "--short", f"{revision}^{{commit}}"]
    asked = subprocess.run(git, capture_output=True, text=True)
    if asked.returncode:
        print(f"quality: {revision} is no revision: {asked.stderr.strip()}")
        return None
    return asked.stdout.strip()


def measured(commit: str, pick: list[str], environment: Mapping[str, str]) -> Path | None:
    """The folder with the figures of another commit: its code, measured by `EVENTS` of this tree and for the rest by
    its own tests. None, and said why, where it cannot be measured."""
    git = ["git", "-C", str(ROOT)]
    tree, out, log = OUT / f"tree-{commit}", OUT / commit, OUT / f"{commit}.log"
    print(f"quality: now the same on {commit}", flush=True)
    subprocess.run([*git, "worktree", "add", "--force", "--detach", str(tree), commit], check=True, capture_output=True)
    try:
        take_over(tree)
        with log.open("wb") as written:
            run(tree, out, pick, {**environment, "QUALITY_FLOORS": "off", "QUALITY_ERRORS": "0"}, written)
    finally:
        subprocess.run([*git, "worktree", "remove", "--force", str(tree)], check=True)
    if not (out / "figures.json").exists():
        print(f"quality: {commit} could not be measured, see {log}")
        return None
    return out


EVENTS = """
    conftest errors floors labelled_sets sharing story_runs streams telling test_mix test_mixture test_small_streams
    test_stories test_wire wire
""".split()
"""Measures that know the product by its events alone: they run on any revision. The others call its functions, so a
revision brings its own, as it brings the rehearsal that knows its desk."""


def take_over(tree: Path) -> None:
    """Put today's measures of events into another tree."""
    for name in [*(f"{module}.py" for module in EVENTS), floors.FILE.name]:
        shutil.copy(HERE / name, tree / "tests" / "quality")
    rehearsal = tree / "tests" / "rehearsal.py"
    if "ordered" not in rehearsal.read_text("utf-8"):  # from before sorted streams
        shutil.copy(ROOT / "tests" / "rehearsal.py", rehearsal)


if __name__ == "__main__":
    sys.exit(main())
