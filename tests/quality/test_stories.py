"""Stories on labelled sets, each replayed as one stream through the desk: no figure may fall below its floor.

Floors stand in floors.toml. The sets are halves: the other half of each is kept for acceptance.
"""

from __future__ import annotations

from statistics import fmean

import errors
import pytest
import story_runs as runs
from story_runs import RUNS
from telling import LINES, Figures

pytestmark = pytest.mark.quality

ALONE = [name for name in RUNS if name != "mixture"]
TIMED = [name for name, (_, timed) in RUNS.items() if timed]


@pytest.mark.parametrize("name", ALONE)
def test_stories_are_those_that_people_saw(name: str, figures: Figures) -> None:
    scores = runs.scores(name)
    score, f1s = scores[0], [each.f1 for each in scores]
    made = f"{score.articles} articles of {score.events} events in {score.stories} stories"
    spread = f", {min(f1s):.3f} to {max(f1s):.3f} by order" if len(f1s) > 1 else ""
    shares = f"P {runs.mean(scores, 'precision'):.3f} R {runs.mean(scores, 'recall'):.3f}{spread}"
    figures.tell(name, f"{shares}; {made}", f1=fmean(f1s))
    if (name, "precision") in LINES:
        figures.tell(name, precision=runs.mean(scores, "precision"))
    if name in TIMED:
        found, true = score.largest
        figures.tell(name, f"{found} articles, the largest event has {true}", largest=found / true)
    items, stream = runs.run(name)
    figures.write(f"stories-{name}", runs.moved(items, stream))
    if figures.errors:
        figures.write_errors(name, errors.lines(errors.worst(items, stream, figures.errors)))
