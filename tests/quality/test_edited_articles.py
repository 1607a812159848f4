"""The same edits as tests/properties makes on made-up texts, on real articles of 24 languages."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import edited_articles
import pytest
from telling import Figures

import edited
from labelled import data_folder

pytestmark = pytest.mark.quality

SCRIPTS = {"ar": "arabic", "ru": "cyrillic", "am": "ethiopic", "ti": "ethiopic", "zh": "han"}  # all others are Latin

Judged = tuple[str, str, bool, str]
"""Language, edit, whether the delta is just that, and what it is otherwise."""


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    stories = edited_articles.stories(data_folder())
    return [one for language, told in stories.items() for story in told for one in _judge(language, story)]


def _judge(language: str, story: edited.Story) -> Iterator[Judged]:
    chance = random.Random(story.written())
    for name, make in edited.EDITS.items():
        edit = make(story, chance)
        if edit is not None:
            kind, told = edited.tell(story, edit)
            yield language, name, edited.says_just(story, edit, told), f"{kind} {edit.figure} {edit.adds} {told}"


def test_edits_are_told_as_they_were_made(judged: list[Judged], figures: Figures) -> None:
    made, exact = Counter[str](), Counter[str]()
    for language, edit, right, _ in judged:
        for name in (edit.replace(" ", "_"), SCRIPTS.get(language, "latin")):
            made[name] += 1
            exact[name] += right
    for name, count in made.items():
        figures.tell("edits, real articles", f"{exact[name]} of {count}", **{name: exact[name] / count})
    if figures.errors:
        figures.write_errors("edits", [f"{language} {edit}: {said}" for language, edit, ok, said in judged if not ok])
