"""Figures of the quality run, and what they are held to: floors.toml, one line each.

    [wikinews]
    f1 = { floor = 0.85, measured = 0.859, reach = 0.88 }            # the higher the better
    largest = { ceiling = 1.5, measured = 1.25, reach = 1.5 }        # the lower the better

A floor is lowered (a ceiling raised, a line taken out) only with `because = "0120"`, the number of the decision record
that says why; `test_floors.py` reads the file's history. A figure without a line is shown and held to nothing.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("floors.toml")
SLACK = 0.01
"""By so much a floor set by `--raise` stays below what was measured: less than that is noise of one article or two."""


@dataclass(frozen=True)
class Line:
    """One line of floors.toml."""

    floor: float | None = None
    ceiling: float | None = None
    measured: float | None = None
    reach: float | None = None
    because: str | None = None

    def holds(self, value: float) -> bool:
        if math.isnan(value):
            return False
        return (self.floor is None or value >= self.floor) and (self.ceiling is None or value <= self.ceiling)

    @property
    def bound(self) -> str:
        return f"floor {self.floor}" if self.ceiling is None else f"ceiling {self.ceiling}"

    def reached(self, value: float) -> bool | None:
        """Whether the value is as good as the aim, None where there is none."""
        if self.reach is None:
            return None
        return value <= self.reach if self.ceiling is not None else round(value, 3) >= self.reach


@dataclass(frozen=True)
class Figure:
    """One measured figure. `note` tells what it is made of."""

    table: str
    name: str
    value: float
    note: str = ""


def parse(text: str) -> dict[tuple[str, str], Line]:
    """(table, name) -> line. Raises TypeError where a line has a field of another name."""
    tables = {name: table for name, table in tomllib.loads(text).items() if name not in ("data", "retired")}
    return {(table, name): Line(**line) for table, lines in tables.items() for name, line in lines.items()}


def data(text: str) -> dict[str, str]:
    """File of the labelled data -> its digest."""
    found: dict[str, str] = tomllib.loads(text)["data"]
    return found


def retired(text: str) -> dict[str, str]:
    """`table.name` of lines that were taken out -> the decision record that says why."""
    found: dict[str, str] = tomllib.loads(text).get("retired", {})
    return found


def weaker(old: Line, new: Line) -> bool:
    """Whether the new line asks for less than the old one."""
    if old.floor is not None and (new.floor is None or new.floor < old.floor):
        return True
    return old.ceiling is not None and (new.ceiling is None or new.ceiling > old.ceiling)


_LINE = re.compile(
    r'^(?P<key>"?(?P<name>[^"=]+?)"?) = \{ '
    r"(?P<kind>floor|ceiling) = (?P<bound>[\d.]+), measured = -?[\d.]+(?P<rest>.*)$"
)
_TABLE = re.compile(r'^\["?(?P<name>[^"\]]+)"?\]$')


def renewed(text: str, figures: Iterable[Figure]) -> str:
    """floors.toml with what was measured now; floors follow it up, ceilings down, as far as the aim, and none goes
    back."""
    values = {(figure.table, figure.name): figure.value for figure in figures}
    lines, table = [], ""
    for line in text.splitlines():
        if head := _TABLE.match(line):
            table = head["name"]
        found = _LINE.match(line)
        value = values.get((table, found["name"])) if found else None
        lines.append(_renewed(found, value) if found is not None and value is not None else line)
    return "\n".join(lines) + "\n"


def _renewed(found: re.Match[str], value: float) -> str:
    before = float(found["bound"])
    aim = re.search(r"reach = ([\d.]+)", found["rest"])
    counted = value == int(value) and before == int(before)
    if found["kind"] == "floor":
        followed = value if counted else math.floor((value - SLACK) * 1000) / 1000
        bound = max(before, min(followed, float(aim[1])) if aim else followed)
    else:
        followed = value if counted else math.ceil((value + SLACK) * 1000) / 1000
        bound = min(before, max(followed, float(aim[1])) if aim else followed)
    return f"{found['key']} = {{ {found['kind']} = {_short(bound)}, measured = {_short(value)}{found['rest']}"


def _short(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if value else "0"


def table_of(figures: Iterable[Figure], lines: Mapping[tuple[str, str], Line]) -> list[str]:
    """All figures as one table, in the order of the file, those without a line behind."""
    order = {key: place for place, key in enumerate(lines)}
    rows = sorted(figures, key=lambda f: order.get((f.table, f.name), len(order)))
    cells = [["set", "figure", "is", "held to", "reach", "", "of"]]
    for figure in rows:
        cells.append(_cells(figure, lines.get((figure.table, figure.name), Line())))
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]) - 1)]
    right = (False, False, True, True, True, False)
    return [
        "  ".join(
            [cell.rjust(w) if r else cell.ljust(w) for cell, w, r in zip(row, widths, right, strict=False)] + row[-1:]
        ).rstrip()
        for row in cells
    ]


def _cells(figure: Figure, line: Line) -> list[str]:
    bound = line.floor if line.floor is not None else line.ceiling
    sign = "" if bound is None else ">= " if line.floor is not None else "<= "
    reached = line.reached(figure.value)
    mark = "FALLEN" if not line.holds(figure.value) else "" if reached is None else "yes" if reached else "not yet"
    counted = isinstance(bound, int) and figure.value == int(figure.value)
    return [
        figure.table,
        figure.name,
        str(int(figure.value)) if counted else shown(figure.value),
        sign + (str(bound) if counted else shown(bound)) if bound is not None else "",
        (str(line.reach) if counted else shown(line.reach)) if line.reach is not None else "",
        mark,
        figure.note,
    ]


def shown(value: float) -> str:
    return f"{value:.3f}" if value != int(value) or 0 < abs(value) <= 1 else str(int(value))
