"""More news is never less material, and the work of a comparison grows with the text and no faster."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.alignment import Prepared, StoryTold, prepare
from ingest.dedupe import Text
from ingest.stories.delta import delta
from madeup import SCRIPTS, Story, story

SEEDS = st.integers(0, 1_000_000)


def materiality(was: Story, now: list[str]) -> float:
    told = StoryTold(Prepared())
    told.extend(prepare(was.sentences), "old")
    old = Text(None, was.sentences)
    found = delta(told, Text(None, now), kind="revision", parent=old).materiality
    assert found is not None
    return found


@pytest.mark.parametrize("script", SCRIPTS)
@settings(max_examples=10, derandomize=True, deadline=None, database=None)
@given(seed=SEEDS, other=SEEDS)
def test_a_foreign_sentence_never_lowers_it(script: str, seed: int, other: int) -> None:
    was, chance = story(SCRIPTS[script], seed), random.Random(other)
    now = list(was.sentences)
    before = 0.0
    for _ in range(4):
        now.insert(chance.randint(0, len(now)), story(SCRIPTS[script], chance.randrange(10**6)).foreign)
        after = materiality(was, now)
        assert after >= before
        before = after
    assert before > 0


@pytest.mark.parametrize("script", SCRIPTS)
@settings(max_examples=10, derandomize=True, deadline=None, database=None)
@given(seed=SEEDS)
def test_one_more_changed_figure_never_lowers_it(script: str, seed: int) -> None:
    was = story(SCRIPTS[script], seed)
    now, before = list(was.sentences), 0.0
    for at, sentence in enumerate(was.sentences):
        digits = [word for word in sentence.replace(".", " ").split() if word.isdigit()]
        if digits:
            now[at] = sentence.replace(digits[0], str(7000 + at), 1)
            after = materiality(was, now)
            assert after >= before
            before = after


def work(of: Callable[[], object]) -> int:
    """Calls of functions, Python's own included: the same on every machine."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        of()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("script", ["Latin", "Han"])
def test_the_work_for_a_text_of_5000_words_is_in_proportion(script: str) -> None:
    def compared(sentences: int) -> int:
        was = story(SCRIPTS[script], 1, sentences)
        now = [*was.sentences[::2], *story(SCRIPTS[script], 2, sentences).sentences[::2]]
        return work(lambda: materiality(was, now))

    compared(20)  # what is made once
    small, large = compared(100), compared(400)  # of 400 sentences: 5,000 words
    assert large < 5 * small
