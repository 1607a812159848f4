"""`make bench [PART=text] [FULL=1 | QUICK=1]`: machine, commit and data, then each part's figures.

A run of all parts writes the README's table: its lines are of one machine, one commit and one hour.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from . import commit, data, decision, growth, html, machine, pages, polls, text, workers
from .report import Row, put_into, table
from .sizes import DEFAULT, FULL, QUICK, Size

PARTS: dict[str, Callable[[Size, Path], list[Row]]] = {
    "text": text.run,
    "workers": workers.run,
    "html": html.run,
    "pages": pages.run,
    "commit": commit.run,
    "decision": decision.run,
    "window": growth.window,
    "memory": growth.memory,
    "polls": polls.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="which; all without any")
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--full", action="store_const", const=FULL, dest="size", help="the sizes that are promised")
    sizes.add_argument("--quick", action="store_const", const=QUICK, dest="size", help="only to see that it runs")
    asked = parser.parse_args()
    size: Size = asked.size or DEFAULT
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="sw-bench-") as folder:
        about = machine.about(Path(folder), data.described())
        print("\n".join(about), flush=True)
        for part in asked.part or PARTS:
            started = time.monotonic()
            found = PARTS[part](size, Path(folder))
            print(f"{part}, {time.monotonic() - started:.0f} s", *found, sep="\n", flush=True)
            rows += found
    if not asked.part and size is not QUICK and put_into(machine.ROOT / "README.md", table("; ".join(about), rows)):
        print("README.md has the table")


if __name__ == "__main__":
    main()
