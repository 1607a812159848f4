"""Several threads and few children: each page gets its own answer, whoever reads it."""

from __future__ import annotations

import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ingest.errors import Refused
from ingest.extraction import jail
from ingest.extraction.jail import Cells, Jail, JailError
from ingest.settings import ExtractionSettings


def page(number: int) -> bytes:
    text = f"Ferry number {number} runs again from Monday, the operator said on Tuesday. " * 6
    return f"<html><body><article><p>{text}</p></article></body></html>".encode()


def test_more_threads_than_children_get_each_its_own_answer() -> None:
    with Cells([Jail(ExtractionSettings()) for _ in range(2)]) as cells, ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda number: cells.read(page(number)).text, range(16)))
    assert all(f"Ferry number {number} runs" in text for number, text in enumerate(found))


def test_a_page_that_is_refused_gives_its_child_back() -> None:
    with Cells([Jail(ExtractionSettings())]) as cells:
        for _ in range(2):
            with pytest.raises(Refused, match="empty"):
                cells.read(b"  ")
        assert "Ferry number 7" in cells.read(page(7)).text


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Cells[Any]:
    """Two children, for pages that hang."""
    monkeypatch.setenv("PYTHONPATH", os.path.dirname(__file__))
    return Cells([Jail(ExtractionSettings(), extractor="stand_ins:read", prepare=None) for _ in range(2)])


def stopped(cells: Cells[Any]) -> bool:
    with pytest.raises(JailError, match="told to stop"):
        cells.read(b"hang-in-c")
    return True


@pytest.mark.parametrize("pause", [0.0, 0.02, 0.1, 0.4, 1.5])  # while they start, while they read
def test_who_leaves_ends_all_that_read_or_wait_for_their_turn(hanging: Cells[Any], pause: float) -> None:
    with ThreadPoolExecutor(5) as threads:
        with hanging as cells:
            reading = [threads.submit(stopped, cells) for _ in range(5)]
            threading.Event().wait(pause)
        assert not any(cell.pid for cell in cells.cells)
        assert all(each.result() for each in reading)


def test_a_child_that_starts_while_all_are_told_to_stop_is_ended(
    hanging: Cells[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    starting, told, started = threading.Event(), threading.Event(), []

    class Slow(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            starting.set()
            told.wait()
            super().__init__(*args, **kwargs)
            started.append(self)

    monkeypatch.setattr(jail.subprocess, "Popen", Slow)
    with ThreadPoolExecutor(1) as threads:
        with hanging as cells:
            reading = threads.submit(stopped, cells)
            starting.wait()
            threading.Timer(0.2, told.set).start()  # by then the children that there are have been ended
        assert reading.result()
    assert [child.returncode is not None for child in started] == [True]
