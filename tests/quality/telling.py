"""How a test of the quality run tells its figures, and writes what `--compare` and `--errors` ask for.

    QUALITY_OUT      folder for figures.json, and for what each set's stories became (default: none is written)
    QUALITY_FLOORS   `off`: nothing is held to anything (another revision is measured, or floors are renewed)
    QUALITY_ERRORS   so many of the worst errors a set are written to QUALITY_OUT, with the product's own reasons
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import floors
import pytest

LINES = floors.parse(floors.FILE.read_text("utf-8"))


def out_folder() -> Path | None:
    name = os.environ.get("QUALITY_OUT")
    return Path(name) if name else None


class Figures:
    """Of one test. Processes of pytest-xdist hand them on with its report."""

    def __init__(self, node: pytest.Item) -> None:
        self._node = node
        self._fallen: list[str] = []

    def tell(self, table: str, note: str = "", **values: float) -> None:
        """Figures of one table of floors.toml; the note stands beside the first of them."""
        for name, value in values.items():
            value = round(float(value), 4)
            self._node.user_properties.append(("figure", [table, name, value, note]))
            line, note = LINES.get((table, name)), ""
            if line is not None and not line.holds(value):
                self._fallen.append(f"{table}.{name} is {value}: {line.bound}")

    def check(self) -> None:
        """All at the end of a test, so that all of its figures are in the table. Raises AssertionError."""
        if os.environ.get("QUALITY_FLOORS") != "off":
            assert not self._fallen

    @property
    def errors(self) -> int:
        """How many errors a set are asked for."""
        return int(os.environ.get("QUALITY_ERRORS") or 0) if out_folder() is not None else 0

    def write(self, name: str, content: Any) -> None:
        """For `--compare`, as JSON."""
        if (folder := out_folder()) is not None:
            (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")

    def write_errors(self, name: str, lines: list[str]) -> None:
        if (folder := out_folder()) is not None:
            (folder / f"errors-{name}.txt").write_text("\n".join(lines) + "\n", "utf-8")
