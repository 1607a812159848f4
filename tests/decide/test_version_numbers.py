"""An agency's own numbers and links say which version is the later one, whatever dates, arrival and likeness say."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from ingest.model import Decision, Envelope, Stamp
from rehearsal import NOW, Rehearsal

HOUR = 3_600_000
FIRST = (
    "An avalanche came down above the village of Alvdal on Tuesday and buried 12 skiers, the police said. "
    "Rescuers with dogs searched the slope below the hut, and two helicopters brought more of them from Roros. "
    "The road to the lifts stayed closed for the night."
)
SECOND = FIRST.replace("12 skiers", "17 skiers") + " Four of them dug themselves out, said the guide Liv Berg."
THIRD = SECOND.replace("17 skiers", "19 skiers") + " The search was called off at midnight."
OTHER = "Snow closes the mountain: a helicopter pilot tells how his crew flew blind through the pass with seven aboard."
TEXTS = {1: FIRST, 2: SECOND, 3: THIRD}


def version(number: int | None, at: int | None = 0, text: str | None = None, key: str = "wire:1") -> Envelope:
    """As an agency's folder gives it, dated so many hours on; a later one says that it follows itself."""
    return Envelope(
        key=key,
        source="wire",
        title="Avalanche buries skiers above Alvdal",
        text=text if text is not None else TEXTS[number or 1],
        outlet="NW",
        published=Stamp(NOW - 24 * HOUR + at * HOUR) if at is not None else None,
        numbered=number,
        follows=(key,) if number is not None and number > 1 else (),
    )


def decided(*envelopes: Envelope, published: bool = False) -> list[Decision]:
    return Rehearsal(published=published).run(envelopes)


def figures(decision: Decision) -> list[tuple[str, str]]:
    return [(figure.was, figure.now) for figure in decision.delta.figures]


def is_late(decision: Decision) -> bool:
    delta = decision.delta
    empty = not (delta.added or delta.removed or delta.figures or delta.headline)
    return decision.type == "story.repeated" and decision.relation.late and empty and not decision.supersedes


@pytest.mark.parametrize("published", [False, True], ids=["real clock", "published time"])
@pytest.mark.parametrize("at", [0, 1, -1, None])
def test_a_lower_number_is_late_whatever_its_date(at: int | None, published: bool) -> None:
    second, first = decided(version(2), version(1, at), published=published)
    assert is_late(first)
    assert first.story.id == second.story.id
    assert first.relation.why[-1] == "Its source numbers it below the version that is held."


@pytest.mark.parametrize("published", [False, True], ids=["real clock", "published time"])
def test_a_higher_number_dated_back_tells_what_it_adds(published: bool) -> None:
    _, second = decided(version(1, 10), version(2, 9), published=published)
    assert (second.type, second.relation.late, figures(second)) == ("story.updated", False, [("12", "17")])
    assert second.delta.added[-1].text == "Four of them dug themselves out, said the guide Liv Berg."


def test_a_lower_number_in_other_words_is_late_in_its_own_story() -> None:
    second, first = decided(version(2), version(1, text=OTHER))
    assert is_late(first)
    assert (first.story.id, first.relation.rule) == (second.story.id, "linked")


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
def test_in_any_order_the_highest_number_is_held(order: tuple[int, ...]) -> None:
    rehearsal = Rehearsal(batch=1)
    rehearsal.drop_view_after_each_turn()
    found = rehearsal.run([version(number, 10 - number) for number in order])
    assert [one.relation.late for one in found] == [max(order[:at], default=0) > n for at, n in enumerate(order)]
    assert len({one.story.id for one in found}) == 1
    (last,) = rehearsal.run([version(4, text=THIRD.replace("19", "21"))])
    assert (figures(last), last.relation.to and last.relation.to.version) == ([("19", "21")], order.index(3) + 1)


def test_a_number_goes_before_the_number_in_a_title() -> None:
    first = msgspec.structs.replace(version(1), title="UPDATE 2 - Avalanche buries skiers above Alvdal")
    second = msgspec.structs.replace(version(2), title="UPDATE 1 - Avalanche buries skiers above Alvdal")
    assert [one.relation.late for one in decided(first, second)] == [False, False]


def test_numbers_say_nothing_of_other_articles_and_nothing_where_one_is_missing() -> None:
    assert is_late(decided(version(5, 2, SECOND), version(7, 0, FIRST, key="wire:2"))[1])
    _, second = decided(version(None, 1), version(2, 0), published=True)
    assert second.relation.late
    _, same = decided(version(1, 1), version(1, 0, SECOND), published=True)
    assert same.relation.late


def evolved(text: str, at: int, *links: str) -> Envelope:
    return msgspec.structs.replace(version(1, at, text, key="wire:2"), follows=links)


@pytest.mark.parametrize("published", [False, True], ids=["real clock", "published time"])
def test_what_evolved_from_the_version_held_is_later_whatever_its_date(published: bool) -> None:
    _, second = decided(version(1, 10), evolved(SECOND, 9, "wire:1"), published=published)
    assert (second.type, second.relation.late, figures(second)) == ("story.updated", False, [("12", "17")])
    _, without = decided(version(1, 10), evolved(SECOND, 9), published=published)
    assert without.relation.late


def test_what_evolved_from_a_version_that_another_took_the_place_of_goes_by_its_date() -> None:
    third = msgspec.structs.replace(evolved(THIRD, 10, "wire:1"), key="wire:3")
    _, _, second = decided(version(1, 1), third, evolved(SECOND, 9, "wire:1"))
    assert is_late(second)
