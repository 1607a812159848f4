"""The arithmetic of `make bench`, and its articles; what it measures is the machine's business."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import data
from bench.measure import Pair, Spent, at, taking_turns
from bench.report import BEGIN, END, Row, put_into, table


def test_rounds_take_turns_and_so_does_who_comes_first() -> None:
    order: list[str] = []

    def run(name: str) -> Spent:
        order.append(name)
        return Spent(10, 1.0)

    taking_turns(3, lambda: run("ours"), lambda: run("theirs"))
    assert order == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]


def test_the_ratio_is_the_median_of_the_rounds_and_shows_its_spread() -> None:
    pair = Pair((Spent(10, 1.0), Spent(10, 2.0), Spent(10, 10.0)), (Spent(10, 2.0), Spent(10, 2.0), Spent(10, 2.0)))
    assert pair.ratios == [2.0, 1.0, 0.2]
    assert pair.spread() == "1.00 (0.20 to 2.00)"


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 51), (0.99, 100), (1.0, 100)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: int) -> None:
    assert at(range(1, 101), share) == value


def test_the_table_goes_between_its_marks_and_nothing_else_changes(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    assert put_into(file, table("a machine", [Row("rate", "9", ">= 8", True), Row("bytes", "7")]))
    said = file.read_text()
    assert said.startswith(f"before\n{BEGIN}\na machine\n")
    assert "| rate | 9 | >= 8 | yes |\n| bytes | 7 |  |  |\n" in said
    assert said.endswith(f"{END}\nafter\n")
    assert "old" not in said
    file.write_text("no marks")
    assert not put_into(file, "table")
    assert file.read_text() == "no marks"


def test_the_readme_has_the_marks() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    assert readme.index(BEGIN) < readme.index(END)


def test_articles_are_the_same_in_every_run_and_never_copies_of_an_earlier_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INGEST_EVAL_DATA", str(tmp_path))
    wire = tmp_path / "reuters21578" / "stream.jsonl"
    wire.parent.mkdir()
    body = "one two three four five six seven eight nine ten eleven twelve"
    wire.write_text("".join(f'{{"title": "t{n}", "body": "{body} {n}"}}\n' for n in range(3)))
    data._texts.cache_clear()
    found = data.articles(6)
    data._texts.cache_clear()
    assert data.articles(3, after=3) == found[3:]
    data._texts.cache_clear()
    words = [set(article.text.split()) for article in found]
    assert all(0.3 < len(words[n] & words[n + 3]) / len(words[n]) < 0.95 for n in range(3))
    assert len({article.key for article in found}) == 6
