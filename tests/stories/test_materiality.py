"""More news is never less material, and the work of a comparison grows with the text and no faster."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edited import countable
from ingest.alignment import Prepared, StoryTold, prepare
from ingest.dedupe import Text
from ingest.stories.delta import MATERIALITY, delta
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
@settings(max_examples=10, derandomize=True, database=None)
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
@settings(max_examples=10, derandomize=True, database=None)
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


def cosmetic(was: Story, chance: random.Random) -> list[str]:
    """Other quotes, other spelling, another order."""
    spelled = str.maketrans(dict(was.script.spellings) | {"“": '"', "”": '"', "«": "„", "»": "“", "「": "『"})
    return [sentence.translate(spelled) for sentence in chance.sample(was.sentences, len(was.sentences))]


def edited(was: Story, chance: random.Random) -> list[str]:
    """What a desk does to a text before it is sent again: some of it, in any order."""
    now = cosmetic(was, chance) if chance.random() < 0.5 else list(was.sentences)
    if chance.random() < 0.5:
        del now[-chance.randint(1, 3) :]
    if chance.random() < 0.5:
        now.insert(chance.randint(0, len(now)), story(was.script, chance.randrange(10**6)).foreign)
    for at, found in ((at, found) for at, sentence in enumerate(now) if (found := countable(sentence))):
        if chance.random() < 0.3:
            now[at] = now[at][: found[0].start()] + str(3000 + at) + now[at][found[0].end() :]
    return now


@pytest.mark.parametrize("script", SCRIPTS)
@settings(max_examples=20, derandomize=True, database=None)
@given(seed=SEEDS, other=SEEDS)
def test_one_more_new_sentence_never_lowers_it_whatever_else_was_edited(script: str, seed: int, other: int) -> None:
    was, chance = story(SCRIPTS[script], seed), random.Random(other)
    now = edited(was, chance)
    more = list(now)
    more.insert(chance.randint(0, len(now)), story(SCRIPTS[script], chance.randrange(10**6)).foreign)
    assert materiality(was, more) >= materiality(was, now)
    assert materiality(was, more) > 0


@pytest.mark.parametrize("script", SCRIPTS)
@settings(max_examples=20, derandomize=True, database=None)
@given(seed=SEEDS, other=SEEDS)
def test_what_is_cosmetic_weighs_nothing_and_a_figure_more_than_any_of_it(script: str, seed: int, other: int) -> None:
    was, chance = story(SCRIPTS[script], seed), random.Random(other)
    now = cosmetic(was, chance)
    assert materiality(was, now) == 0.0
    places = [(at, found) for at, sentence in enumerate(now) for found in countable(sentence)]
    if places:
        at, found = chance.choice(places)
        now[at] = now[at][: found.start()] + "7001" + now[at][found.end() :]
        assert materiality(was, now) >= round(1 - math.exp(-MATERIALITY.figure / MATERIALITY.scale), 4)


def test_it_is_what_the_formula_of_the_events_makes_of_words_figures_and_names() -> None:
    was = ["At least 10 people died when a bus left the road near the border on Friday, police said.", "It was night."]
    told = StoryTold(Prepared())
    told.extend(prepare(was), "old")
    new = Text(None, [was[0].replace("10", "12"), "Svea Lund mourned passengers from Oslo."])
    found = delta(told, new, kind="coverage", language="en")
    assert (len(found.figures), found.names) == (1, ("Svea Lund", "Oslo"))
    words = 1 + 5  # 12; svea, lund, mourned, passengers, oslo
    weight = words + MATERIALITY.figure + 2 * MATERIALITY.name
    assert found.materiality == round(1 - math.exp(-weight / MATERIALITY.scale), 4)


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
