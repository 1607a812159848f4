"""Several threads and few children: each page gets its own answer, whoever reads it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from ingest.errors import Refused
from ingest.extraction.jail import Cells, Jail
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
