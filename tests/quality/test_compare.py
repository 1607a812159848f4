"""What `make quality COMPARE=REV` says of two runs."""

from __future__ import annotations

import json
from pathlib import Path

import compare


def run(folder: Path, f1: float, stories: dict[str, str]) -> Path:
    """A run over four articles, two of the event `flood`, and two of `vote`."""
    folder.mkdir()
    (folder / "figures.json").write_text(json.dumps([["set", "f1", f1, ""], ["set", "same", 1.0, ""]]))
    rows = {key: [key.split()[0], story, f"About {key}"] for key, story in stories.items()}
    (folder / "stories-set.json").write_text(json.dumps(rows))
    return folder


def test_it_names_figures_that_moved_and_articles_whose_company_is_another(tmp_path: Path) -> None:
    before = run(tmp_path / "abc", 0.8, {"flood 1": "a", "flood 2": "b", "vote 1": "c", "vote 2": "c"})
    now = run(tmp_path / "now", 0.9, {"flood 1": "x", "flood 2": "x", "vote 1": "c", "vote 2": "c"})
    said = compare.moved(before, now)
    assert [line.split() for line in said if line.startswith("set ")][1:] == [["set", "f1", "0.800", "0.900", "+0.100"]]
    assert "set: 2 articles in other company, 2 better, 0 worse" in said
    assert "  +0.33  flood 1  About flood 1" in said
    assert "         + flood 2  About flood 2" in said
    assert not [line for line in said if "vote" in line]


def test_a_story_of_another_name_with_the_same_articles_has_not_moved(tmp_path: Path) -> None:
    before = run(tmp_path / "abc", 0.8, {"flood 1": "a", "flood 2": "a"})
    now = run(tmp_path / "now", 0.8, {"flood 1": "b", "flood 2": "b"})
    assert compare.moved(before, now)[compare.HEAD :] == ["nothing moved"]
