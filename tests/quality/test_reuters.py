"""Relation and delta on labelled wire copy: no figure may fall below its floor (floors.toml)."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import edits
import pytest
import reuters_pairs as reuters

from ingest import background
from labelled import data_folder

pytestmark = pytest.mark.quality

FLOORS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("floors.toml").read_text())
CHINESE_ITEMS = 900  # of 2,550: enough for distractors, a third of the time
ENGLISH_ITEMS = 4000
FILES = ("stream.jsonl", "candidate_pairs.jsonl", "gold_pairs_311.jsonl", "revisions.jsonl")
COPIES = {"whole", "trim", "excerpt"}
MEANT: dict[str, set[str]] = {
    "verbatim": {"whole"},
    "other typography, no title": {"whole"},
    "last quarter cut": {"trim", "whole"},
    "first third": {"excerpt", "trim"},
    "middle third": {"excerpt", "trim"},
    "shuffled": {"whole", "trim"},
    "one sentence added": {"revision"},
    "one figure changed": {"revision"},
}


@pytest.fixture(scope="module")
def folder() -> Path:
    return data_folder() / "reuters21578"


@pytest.fixture(scope="module")
def items(folder: Path) -> list[reuters.Item]:
    return reuters.load(folder)


@pytest.fixture(scope="module")
def labels(folder: Path, items: list[reuters.Item]) -> reuters.Labels:
    return reuters.Labels(folder, items)


@pytest.fixture(scope="module")
def found(items: list[reuters.Item]) -> reuters.Replay:
    return reuters.replay(items, background.load().idf, fresh=True)


def holds(table: str, figures: Mapping[str, float]) -> None:
    for name, value in figures.items():
        print(f"{table}.{name}: {value:.3f} (floor {FLOORS[table]['floor'][name]})")
    fallen = {name: value for name, value in figures.items() if value < FLOORS[table]["floor"][name]}
    assert not fallen


def test_the_data_is_the_data_that_was_measured(folder: Path) -> None:
    assert reuters.digest(folder / name for name in FILES) == FLOORS["reuters"]["digest"]


def test_pairs_agree_with_the_labels(labels: reuters.Labels, found: reuters.Replay) -> None:
    for hours in (48, 72):
        print(f"within {hours} h: {labels.score(found, hours)}")
    holds(
        "reuters",
        {
            "f1_48h": labels.score(found, 48).f1,
            "f1_72h": labels.score(found, 72).f1,
            "gold_precision": labels.gold_score(found).precision,
            "gold_recall": labels.gold_score(found).recall,
        },
    )


def test_pairs_agree_as_well_when_titles_are_weighed_by_the_stream(
    labels: reuters.Labels, items: list[reuters.Item]
) -> None:
    by_stream = reuters.replay(items, reuters.StreamIdf())
    holds("reuters", {"f1_48h_stream_idf": labels.score(by_stream, 48).f1})


def test_the_sketch_finds_every_true_pair(labels: reuters.Labels, found: reuters.Replay) -> None:
    hit, true = labels.recall_of_candidates(found)
    print(f"{hit} of {true}; {found.compared} comparisons, {found.scanned} postings read")
    holds("reuters", {"candidate_recall": hit / true})


def test_no_correction_and_no_expansion_is_suppressed(labels: reuters.Labels, found: reuters.Replay) -> None:
    kinds = labels.by_kind(found)
    for kind, outcomes in kinds.items():
        print(f"{kind}: {dict(outcomes)}")
    assert kinds["correction"]["copy"] == kinds["correction"]["distinct"] == kinds["expansion"]["copy"] == 0


def test_every_copy_is_one_by_the_labels(labels: reuters.Labels, found: reuters.Replay) -> None:
    """Texts of fewer than 20 words have no labels: those are printed, to be read."""
    unknown = labels.false_suppressions(found)
    for older, newer in unknown:
        print(labels.of[older].title, "|", labels.of[newer].title, found.pairs[older, newer].rule)
    assert not [pair for pair in unknown if labels.within(pair, reuters.WINDOW_HOURS)]


def test_edits_of_english_texts_are_told_as_they_were_made(items: list[reuters.Item]) -> None:
    _told_as_made("english", items[:ENGLISH_ITEMS])


def test_edits_of_chinese_texts_are_told_as_they_were_made() -> None:
    path = data_folder() / "multilingual" / "cctv_xwlb_2024.jsonl"
    assert reuters.digest([path]) == FLOORS["edits"]["digest"]
    items = []
    for row in reuters.rows(path)[:CHINESE_ITEMS]:
        text, short = reuters.prepared(row["title"], row["body"], row["id"])
        items.append(reuters.Item(row["id"], 0.0, text.size, row["title"], text, short))
    _told_as_made("chinese", items)


def _told_as_made(language: str, items: list[reuters.Item]) -> None:
    outcomes = edits.judge(items, edits.sample(items), background.load().idf)
    for name, outcome in outcomes.items():
        print(f"{name}: exact {outcome.exact} of {outcome.judged}, {dict(outcome.kinds)}")
    exact = min(outcome.exact / outcome.judged for outcome in outcomes.values())
    kind = min(_as_meant(outcome.kinds, MEANT[name]) for name, outcome in outcomes.items())
    holds("edits", {language: exact, f"{language}_kind": kind})


def _as_meant(kinds: Counter[str], meant: set[str]) -> float:
    verdicts = {kind: count for kind, count in kinds.items() if kind in COPIES or kind in ("revision", "distinct")}
    return sum(count for kind, count in verdicts.items() if kind in meant) / sum(verdicts.values())
