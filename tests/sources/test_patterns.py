from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from source_doubles import READERS

from ingest.errors import Refused
from ingest.settings import SourceSettings
from ingest.sources.files import MAX_LEVELS
from ingest.sources.patterns import anything_matches, is_pattern
from ingest.sources.replay import read_paths

Tree = Callable[..., None]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    def plant(*names: str) -> None:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            data = f"Title of {name}\n\nText of {name}.".encode()
            path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)

    return plant


def keys(*patterns: str | Path) -> list[str]:
    found = read_paths([str(one) for one in patterns], readers=READERS, settings=SourceSettings())
    return [item.reason if isinstance(item, Refused) else item.key for _, item in found]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.txt", ["a.txt", "b.txt"]),
        ("*.txt.gz", ["c.txt.gz"]),
        ("?.txt", ["a.txt", "b.txt"]),
        ("[!a].txt", ["b.txt"]),
        ("[b-z].*", ["b.txt", "c.txt.gz"]),
        ("**/*.txt", ["a.txt", "b.txt", "in/a.txt", "in/deep/d.txt"]),
        ("**/deep/**", ["in/deep/d.txt", "in/deep/e.md"]),
        ("*/a.txt", ["in/a.txt"]),
        ("in/*.txt", ["a.txt"]),
        ("in/**/*.md", ["deep/e.md"]),
        ("[a.txt", ["vanished"]),
        ("*.none", ["vanished"]),
        ("none/*", ["vanished"]),
    ],
)
def test_a_pattern_is_every_file_that_it_names_in_order(
    tmp_path: Path, tree: Tree, pattern: str, found: list[str]
) -> None:
    tree("a.txt", "b.txt", "c.txt.gz", "in/a.txt", "in/deep/d.txt", "in/deep/e.md", ".hidden/f.txt", "in/.g.txt")
    assert keys(tmp_path / pattern) == found
    assert anything_matches(str(tmp_path / pattern)) == (found != ["vanished"])


def test_a_file_that_is_called_like_a_pattern_is_that_file(
    tmp_path: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree("a[1].txt", "a1.txt", "*")
    monkeypatch.chdir(tmp_path)
    assert keys("a[1].txt", "*", "a?.txt") == ["a[1].txt", "*", "a1.txt"]
    assert not is_pattern("a[1].txt")


def test_a_pattern_does_not_lead_through_links(tmp_path: Path, tree: Tree) -> None:
    tree("out/secret.txt", "in/a.txt")
    (tmp_path / "in" / "linked").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "b.txt").symlink_to(tmp_path / "out" / "secret.txt")
    assert keys(tmp_path / "in" / "**" / "*.txt") == ["a.txt", "not-a-regular-file"]


def test_folders_within_folders_end_somewhere(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(MAX_LEVELS + 1):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    assert keys(tmp_path) == ["too-deep"]
