"""Relation and delta on labelled wire copy: no figure may fall below its floor (floors.toml)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import edits
import pytest
import reuters_pairs as reuters
from telling import Figures

from ingest import background
from labelled import data_folder

pytestmark = pytest.mark.quality

CHINESE_ITEMS = 900  # of 2,550: enough for distractors, a third of the time
ENGLISH_ITEMS = 4000
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


def test_pairs_agree_with_the_labels(labels: reuters.Labels, found: reuters.Replay, figures: Figures) -> None:
    for hours in (48, 72):
        score = labels.score(found, hours)
        figures.tell("reuters", str(score), **{f"f1_{hours}h": score.f1})
    gold = labels.gold_score(found)
    figures.tell("reuters", f"hand-read: {gold}", gold_precision=gold.precision, gold_recall=gold.recall)


def test_pairs_agree_as_well_when_titles_are_weighed_by_the_stream(
    labels: reuters.Labels, items: list[reuters.Item], figures: Figures
) -> None:
    by_stream = reuters.replay(items, reuters.StreamIdf())
    figures.tell("reuters", f1_48h_stream_idf=labels.score(by_stream, 48).f1)


def test_the_sketch_finds_every_true_pair(labels: reuters.Labels, found: reuters.Replay, figures: Figures) -> None:
    hit, true = labels.recall_of_candidates(found)
    note = f"{hit} of {true}; {found.compared} comparisons, {found.scanned} postings read"
    figures.tell("reuters", note, candidate_recall=hit / true)


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


def test_edits_of_english_texts_are_told_as_they_were_made(items: list[reuters.Item], figures: Figures) -> None:
    _told_as_made("english", items[:ENGLISH_ITEMS], figures)


def test_edits_of_chinese_texts_are_told_as_they_were_made(figures: Figures) -> None:
    path = data_folder() / "multilingual" / "cctv_xwlb_2024.jsonl"
    items = []
    for row in reuters.rows(path)[:CHINESE_ITEMS]:
        text, short = reuters.prepared(row["title"], row["body"], row["id"])
        items.append(reuters.Item(row["id"], 0.0, text.size, row["title"], text, short))
    _told_as_made("chinese", items, figures)


def _told_as_made(language: str, items: list[reuters.Item], figures: Figures) -> None:
    outcomes = edits.judge(items, edits.sample(items), background.load().idf)
    for name, outcome in outcomes.items():
        print(f"{name}: exact {outcome.exact} of {outcome.judged}, {dict(outcome.kinds)}")
    exact = min(outcome.exact / outcome.judged for outcome in outcomes.values())
    kind = min(_as_meant(outcome.kinds, MEANT[name]) for name, outcome in outcomes.items())
    figures.tell("edits", "the rarest of eight kinds", **{language: exact, f"{language}_kind": kind})


def _as_meant(kinds: Counter[str], meant: set[str]) -> float:
    verdicts = {kind: count for kind, count in kinds.items() if kind in COPIES or kind in ("revision", "distinct")}
    return sum(count for kind, count in verdicts.items() if kind in meant) / sum(verdicts.values())
