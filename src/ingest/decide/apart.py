"""Whether an article that scores enough is of another event all the same: held against all that the story has told."""

from __future__ import annotations

from ingest.alignment import StoryTold
from ingest.alignment.tokens import stem
from ingest.alignment.words import FUNCTION_WORDS
from ingest.decide.case import Case
from ingest.decide.shelf import Shelf
from ingest.dedupe import Text
from ingest.ledger.records import Records
from ingest.ledger.rows import StoryRow
from ingest.stories.contrast import Beginning, Contrast, Said, contrast

OPENING = 12
"""Sentences of what a story told first, its title among them: more than the lead that is read has."""

WHY: dict[Contrast, str] = {
    "other names and figures": "Like “{}”, but neither has a name or a figure of the other's.",
    "another ordinal": "Like “{}”, but another of its number.",
}


def held_apart(case: Case, row: StoryRow, records: Records, shelf: Shelf) -> Contrast | None:
    """Why the article is not in this story; None where nothing says so."""
    text = case.prepared.text
    own = Beginning(text.heading, text.sentences)
    if not own.ordinals and not (own.names and own.figures):
        return None
    told = shelf.told(row, records)
    found = contrast(own, _all_of(text), _opening(told), _all_told(told))
    shelf.retold(row, told, None, text)  # as it was: `tell` takes it up again
    if found is not None:
        case.apart = WHY[found].format(row.headline)
        case.note("story", f"held apart: {found}", story=row.id)
    return found


def _opening(told: StoryTold) -> Beginning:
    known = min(OPENING, len(told))  # to ask for its length has it read what it was given: only then it knows its words
    return Beginning(None, map(told.sentence, range(known)))


def _all_told(told: StoryTold) -> Said:
    return Said(
        has_stem=told.has_stem,
        has_figure=lambda key: told.has_figures((key,)),
        sentences=lambda: map(told.sentence, range(len(told))),
    )


def _all_of(text: Text) -> Said:
    sentences = [text.heading, *text.sentences] if text.heading else text.sentences

    def has_stem(name: str) -> bool:
        return any(stem(word) == name for each in sentences for word in each.content - FUNCTION_WORDS)

    def has_figure(key: str) -> bool:
        return any(key in each.figure_keys for each in sentences)

    return Said(has_stem, has_figure, lambda: sentences)
