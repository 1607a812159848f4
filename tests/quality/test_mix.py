"""The seeds among 200 other articles, ten draws: one story each time, and at most one stranger in it."""

from __future__ import annotations

import json
import random

import pytest

from ingest.model import Envelope
from labelled import data_folder
from rehearsal import Rehearsal
from seeds import FILES, seed

pytestmark = pytest.mark.quality

DRAWS = 10
OTHERS = 200
STRANGERS = 1
"""Allowed now; none is the aim."""


def wikinews() -> list[Envelope]:
    with (data_folder() / "wikinews_events" / "articles.jsonl").open() as file:
        rows = [json.loads(line) for line in file]
    return [
        Envelope(key=f"w{number}", source="wikinews", title=row["title"], text=row["body"], url=row["url"])
        for number, row in enumerate(rows)
    ]


@pytest.mark.parametrize("draw", range(DRAWS))
def test_the_seeds_stay_together_and_alone(draw: int) -> None:
    rng = random.Random(draw)
    mixed = [seed(number) for number in range(len(FILES))] + rng.sample(wikinews(), OTHERS)
    rng.shuffle(mixed)
    told = Rehearsal().run(mixed)
    names = {file.name for file in FILES}
    stories = {decision.story.id for decision in told if decision.article.key in names}
    assert len(stories) == 1
    strangers = [d.article.title for d in told if d.story.id in stories and d.article.key not in names]
    assert len(strangers) <= STRANGERS, strangers
