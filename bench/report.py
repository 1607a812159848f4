"""What a part found, as lines on the terminal and as the README's table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

BEGIN, END = "<!-- bench: written by `make bench` -->", "<!-- end of bench -->"


class Row(msgspec.Struct, frozen=True):
    """One line of the table. `held` says whether `found` reaches `reach`; None where nothing is promised of it."""

    what: str
    found: str
    reach: str = ""
    held: bool | None = None

    @property
    def verdict(self) -> str:
        return {None: "", True: "yes", False: "no"}[self.held]

    def __str__(self) -> str:
        said = f" (reach: {self.reach}: {self.verdict})" if self.held is not None else ""
        return f"  {self.what}: {self.found}{said}"


def table(about: str, rows: Sequence[Row]) -> str:
    lines = [about, "", "| what | found | reach | held |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.found} | {row.reach} | {row.verdict} |" for row in rows]
    return "\n".join(lines)


def put_into(file: Path, text: str) -> bool:
    """Replace what stands between the marks; False where there are none."""
    whole = file.read_text("utf-8")
    before, mark, rest = whole.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (mark and end):
        return False
    file.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")
    return True
