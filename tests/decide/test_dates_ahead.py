"""Dates that lie ahead of their articles' arrival: they are shown, and nothing goes by them."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.ledger.rows import DAY_MS
from ingest.model import Decision, Envelope, Stamp
from rehearsal import NOW, Rehearsal

FIRST = (
    "The river Mur rose over its banks in Graz on Monday and forced 300 people out of their homes, firemen said. "
    "Mayor Elke Kahr opened two schools for those who could not go home and asked drivers to avoid the centre. "
    "Trains between Graz and Maribor stopped in the afternoon because the tracks near Wildon were under water. "
    "Meteorologists expect the rain to ease on Tuesday, when the level should begin to fall."
)
MORE = " Rescuers found the body of a 54-year-old man in a flooded underground car park near the main station."
FUTURE = Stamp(NOW + 27_000 * DAY_MS)


def article(key: str = "a", text: str = FIRST, title: str = "River Mur floods Graz", **more: Any) -> Envelope:
    return Envelope(key=key, source="t", text=text, title=title, **more)


def run(*envelopes: Envelope) -> list[Decision]:
    return Rehearsal().run(envelopes)


@pytest.mark.parametrize("stated", [FUTURE, Stamp(NOW + 8 * 3_600_000)], ids=["of 2099", "of a wrong zone"])
@pytest.mark.parametrize("published", [False, True], ids=["on the real clock", "on published time"])
def test_a_date_ahead_of_its_arrival_makes_no_version_after_it_late(stated: Stamp, published: bool) -> None:
    rehearsal = Rehearsal(published=published)
    _, first, second, third = rehearsal.run(
        [
            article("x", "Nothing of note happened at the chess open.", "Chess", published=Stamp(NOW - 7_200_000)),
            article(published=stated),
            article(text=FIRST + MORE, published=Stamp(NOW - 3_600_000)),
            article("b", FIRST.replace("300", "800") + MORE, published=Stamp(NOW - 1_800_000)),
        ]
    )
    assert [one.relation.late for one in (second, third)] == [False, False]
    assert [one.type for one in (second, third)] == ["story.updated", "story.updated"]
    assert second.story.id == third.story.id == first.story.id
    assert first.article.published == stated  # kept, and shown, as it was published


def test_a_version_dated_ahead_is_not_late_and_makes_none_so() -> None:
    stream = [
        article(published=Stamp(NOW - 3_600_000)),
        article(text=FIRST + MORE, published=FUTURE),
        article(text=FIRST.replace("300", "800") + MORE, published=Stamp(NOW - 1_800_000)),
    ]
    assert [one.relation.late for one in run(*stream)] == [False, False, False]


def test_dates_some_minutes_ahead_are_a_clock_that_is_wrong_and_still_tell_the_older_version() -> None:
    newer = article(text=FIRST + MORE, published=Stamp(NOW + 10 * 60_000))
    assert run(newer, article("b", published=Stamp(NOW + 5 * 60_000)))[1].relation.late


def test_a_date_ahead_stretches_no_story_over_the_years() -> None:
    rehearsal = Rehearsal()
    rehearsal.run([article(published=FUTURE)])
    row = rehearsal.records.lives_on(1)
    assert row is not None
    assert row.published == (NOW - NOW % DAY_MS, NOW - NOW % DAY_MS + DAY_MS)


def test_an_archives_date_goes_before_a_date_ahead_of_it() -> None:
    crawled = NOW - 900 * DAY_MS
    rehearsal = Rehearsal(published=True)
    rehearsal.run([article(published=Stamp(crawled + 30 * DAY_MS), sighted=crawled)])
    row = rehearsal.records.lives_on(1)
    assert row is not None
    assert row.published == (crawled - crawled % DAY_MS, crawled - crawled % DAY_MS + DAY_MS)
