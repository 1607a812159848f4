"""All labelled sets as one stream: what a set loses by the company of the others. In a file of its own, as it takes as
long as all the sets alone, and files are what processes share out.
"""

from __future__ import annotations

import labelled_sets as sets
import pytest
import story_runs as runs
from telling import Figures

pytestmark = pytest.mark.quality


@pytest.mark.parametrize("name", sets.SETS)
def test_a_set_is_judged_among_all_others_as_it_is_alone(name: str, figures: Figures) -> None:
    mixed, alone = runs.mean(runs.scores_in_mixture()[name], "f1"), runs.mean(runs.scores(name), "f1")
    (everything, stream), items = runs.run("mixture"), runs.items(name)
    own = {item.id for item in items}
    visited = runs.visitors(items, [item for item in everything if item.id not in own], stream)
    note = f"F1 {mixed:.3f}, alone {alone:.3f}; {visited} of {len(items)} share a story with another set"
    figures.tell("mixture", note, **{name: alone - mixed})
    figures.write(f"stories-mixture-{name}", runs.moved(items, stream))
