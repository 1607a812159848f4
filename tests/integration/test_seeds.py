"""The case that the project exists for: one wire story, as five outlets carried it."""

from __future__ import annotations

from itertools import permutations

import pytest

from ingest.model import Decision, Delta
from rehearsal import Rehearsal
from seeds import number_of, seed


@pytest.fixture(scope="module")
def told() -> list[Decision]:
    return Rehearsal().run([seed(number) for number in range(5)])


def added(decision: Decision) -> str:
    return "\n".join(sentence.text for sentence in decision.delta.added)


def test_one_story_opens_grows_is_revised_repeated_and_develops(told: list[Decision]) -> None:
    assert len({decision.story.id for decision in told}) == 1
    assert [(decision.type, decision.relation.kind) for decision in told] == [
        ("story.opened", "new"),
        ("story.updated", "coverage"),
        ("story.updated", "revision"),
        ("story.repeated", "copy"),
        ("story.updated", "coverage"),
    ]
    assert [decision.sequence for decision in told] == [1, 2, 3, 4, 5]


def test_the_refiled_wire_tells_the_landing_and_the_greeting_and_no_background(told: list[Decision]) -> None:
    revision = told[2]
    assert revision.relation.to is not None
    assert number_of(revision.relation.to.id) == 0
    assert len(revision.delta.added) == 2
    landing, greeting = (sentence.text for sentence in revision.delta.added)
    assert "landed in North Korea early Wednesday" in landing
    assert "red carpet" in greeting


def test_the_same_wire_in_other_spelling_adds_nothing(told: list[Decision]) -> None:
    copy = told[3]
    assert copy.relation.to is not None
    assert number_of(copy.relation.to.id) == 2
    assert copy.relation.extent == "whole"
    assert copy.delta.materiality == 0
    assert copy.delta == Delta(materiality=0.0)


def test_the_followup_tells_the_treaty_and_not_yesterdays_background(told: list[Decision]) -> None:
    text = added(told[4])
    assert "fully supports Russia's war" in text
    assert 'signed a new "strategic partnership" deal' in text
    for background in ("technically at war", '"absurd"', "monitoring of sanctions violations"):
        assert background not in text


def test_no_delta_has_a_caption_a_standfirst_a_credit_or_a_cross_head(told: list[Decision]) -> None:
    text = "\n".join(added(decision) for decision in told[1:])
    for boilerplate in (
        "pool photograph",
        "(R)",
        "Getty",
        "TASS",
        "NEEDS WEAPONS",
        "Lonely bromance",
        "Picture:",
        "Original url",
        "Source link",
        "‘strategic partnership’",  # the standfirst's quotes; the body has straight ones
    ):
        assert boilerplate not in text


def test_url_and_date_of_the_third_come_from_its_text(told: list[Decision]) -> None:
    article = told[2].article
    assert article.url is not None
    assert article.url.startswith("https://www.themoscowtimes.com/2024/06/18/")
    assert article.outlet is not None
    assert article.outlet.id == "themoscowtimes.com"
    assert article.published is not None
    assert article.published.at == 1_718_668_800_000
    assert not article.published.exact
    assert all(decision.article.credit == "AFP" for decision in told)


@pytest.mark.parametrize(("dated", "published"), [(False, False), (True, False), (True, True)])
@pytest.mark.parametrize("first", range(5))
def test_every_order_is_one_story_and_the_later_of_two_copies_is_the_copy(
    first: int, dated: bool, published: bool
) -> None:
    for order in permutations(range(5)):
        if order[0] != first:
            continue
        told = Rehearsal(published=published).run([seed(number, dated=dated) for number in order])
        assert len(told) == 5, order
        assert len({decision.story.id for decision in told}) == 1, order
        by_seed = dict(zip(order, told, strict=True))
        later, earlier = (2, 3) if order.index(2) > order.index(3) else (3, 2)
        copy = by_seed[later]
        assert copy.relation.kind == "copy", order
        assert copy.relation.to is not None
        assert number_of(copy.relation.to.id) == earlier, order
        assert copy.delta.materiality == 0
        if dated and order.index(0) > min(order.index(2), order.index(3)):
            late = by_seed[0]
            assert late.relation.late, order
            assert late.type == "story.repeated"
            assert late.delta.materiality == 0
            assert late.story.headline == told[order.index(0) - 1].story.headline
