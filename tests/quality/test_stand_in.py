"""The stand-in for sweeps gives the figures of the desk, as nearly as a sweep needs them."""

from __future__ import annotations

import pytest
import story_runs as runs
import story_sets as sets

from rehearsal import background

pytestmark = pytest.mark.quality

AGREED = 0.02
"""Dates that the normaliser finds in texts are .016 of it for ECB+; the other sets are within .003."""


@pytest.mark.parametrize("name", ["wikinews", "ecb+", "basil, days", "news_search", "basil, thirds"])
def test_the_stand_in_agrees_with_the_desk(name: str) -> None:
    items, stream = runs.run(name)
    assert abs(sets.evaluate(items, background()).f1 - runs.score(items, stream).f1) <= AGREED
