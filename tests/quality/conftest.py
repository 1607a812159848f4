"""`figures`: what a test of the quality run measures goes into one table at its end, and is held to floors.toml."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import floors
import pytest
from floors import Figure
from telling import LINES, Figures, out_folder

_told: list[Figure] = []


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    return Figures(request.node)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[Any]:
    result = yield
    if isinstance(found := pyfuncitem.funcargs.get("figures"), Figures):
        found.check()
    return result


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call":
        _told.extend(Figure(*value) for name, value in report.user_properties if name == "figure")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _told or hasattr(terminalreporter.config, "workerinput"):  # the table is the controller's
        return
    terminalreporter.section("quality")
    for line in floors.table_of(_told, LINES):
        terminalreporter.write_line(line)
    if (folder := out_folder()) is not None:
        rows = [[each.table, each.name, each.value, each.note] for each in _told]
        (folder / "figures.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
