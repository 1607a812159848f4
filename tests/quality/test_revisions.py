"""The delta of wire items re-filed by their agency, against difflib's: no figure may fall below its floor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import revisions
from telling import Figures

from ingest import background
from labelled import data_folder

pytestmark = pytest.mark.quality


@pytest.fixture(scope="module")
def judged() -> list[revisions.Told]:
    return revisions.judge(data_folder() / "reuters21578", background.load().idf)


def test_what_was_added_is_told_and_nothing_else(judged: list[revisions.Told], figures: Figures) -> None:
    found = revisions.agreement(judged)
    note = f"{found.told} sentences told, {found.invented} of them not difflib's"
    figures.tell("revisions", note, precision=found.precision)
    note = f"{found.statements} statements added, {found.cut_anew} of them only cut anew, {found.missed} missed"
    figures.tell("revisions", note, recall=found.recall, recall_raw=found.recall_raw)
    if figures.errors:
        figures.write_errors("revisions", list(_disagreements(judged)))


def _disagreements(judged: list[revisions.Told]) -> Iterator[str]:
    for one in judged:
        for name in ("missed", "recut", "invented"):
            for sentence in getattr(one, name):
                yield f"{name} ({one.label}, told as {one.kind}) {one.old} {one.new}: {sentence}"


def test_every_sentence_of_either_side_is_found_in_the_version(judged: list[revisions.Told]) -> None:
    assert [sentence for one in judged for sentence in one.lost] == []


def test_a_correction_tells_what_it_corrects(judged: list[revisions.Told], figures: Figures) -> None:
    corrections = [one for one in judged if one.label == "correction"]
    told = sum(bool(one.delta.added or one.delta.removed) for one in corrections)
    assert all(one.kind == "revision" for one in corrections)
    figures.tell("revisions", f"of {len(corrections)} tell something", corrections=told / len(corrections))
