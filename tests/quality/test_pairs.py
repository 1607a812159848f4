"""Same-story pairs in ten languages: no language's figure may fall below its floor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pairs
import pytest
from pairs import Judged, Pair
from telling import Figures

from ingest import background
from labelled import data_folder

pytestmark = pytest.mark.quality

SHOWN = 200
"""Characters of each article of a wrong pair."""


def test_one_story_is_told_from_two_in_every_language(figures: Figures) -> None:
    words = background.load()
    for name, rows in sorted(pairs.load(data_folder()).items()):
        judged = list(pairs.judge(rows, words))
        found = pairs.figures(judged)
        joined = f"{found.recall:.2f} of {found.same} that belong together, {found.fallout:.2f} of {found.other} others"
        figures.tell("pairs", f"AUC; joined {joined}", **{name: found.auc})
        if figures.errors:
            figures.write_errors(f"pairs, {name}", list(worst(rows, judged, figures.errors)))


def worst(rows: Sequence[Pair], judged: Sequence[Judged], count: int) -> Iterator[str]:
    """Pairs of two stories that score highest, and pairs of one that score lowest."""
    ranked = sorted(zip(rows, judged, strict=True), key=lambda row: row[1].score)
    other = [row for row in reversed(ranked) if not row[1].same][:count]
    same = [row for row in ranked if row[1].same][:count]
    for label, found in (("two stories", other), ("one story", same)):
        for pair, verdict in found:
            yield f"{label}, score {verdict.score:.3f}, {'joined' if verdict.joined else 'apart'}"
            for title, text in (pair.first, pair.second):
                yield f"   {title or ''} | {' '.join(text.split())[:SHOWN]}"
            yield ""
