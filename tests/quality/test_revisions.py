"""The delta of wire items re-filed by their agency, against difflib's: no figure may fall below its floor."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import revisions

from ingest import background
from labelled import data_folder

pytestmark = pytest.mark.quality

FLOORS = tomllib.loads(Path(__file__).with_name("floors.toml").read_text())["revisions"]["floor"]


@pytest.fixture(scope="module")
def judged() -> list[revisions.Told]:
    return revisions.judge(data_folder() / "reuters21578", background.load().idf)


def test_what_was_added_is_told_and_nothing_else(judged: list[revisions.Told]) -> None:
    found = revisions.agreement(judged)
    print(found)
    for one in judged:
        for name in ("missed", "recut", "invented"):
            for sentence in getattr(one, name):
                print(f"{name} ({one.label}, told as {one.kind}) {one.old} {one.new}: {sentence}")
    figures = {"recall": found.recall, "recall_raw": found.recall_raw, "precision": found.precision}
    for figure, value in figures.items():
        print(f"{figure}: {value:.3f} (floor {FLOORS[figure]})")
    assert not {figure for figure, value in figures.items() if value < FLOORS[figure]}


def test_every_sentence_of_either_side_is_found_in_the_version(judged: list[revisions.Told]) -> None:
    assert [sentence for one in judged for sentence in one.lost] == []


def test_a_correction_tells_what_it_corrects(judged: list[revisions.Told]) -> None:
    corrections = [one for one in judged if one.label == "correction"]
    told = sum(bool(one.delta.added or one.delta.removed) for one in corrections)
    print(f"{told} of {len(corrections)} corrections tell something")
    assert all(one.kind == "revision" for one in corrections)
    assert told >= FLOORS["corrections"] * len(corrections)
