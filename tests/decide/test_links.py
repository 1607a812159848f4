"""A source that says what an article follows is believed, whatever the words."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.model import Decision, Envelope, Withdrawal
from rehearsal import Rehearsal

FLASH = "The old bridge at Tarnow has collapsed, police say."
STORY = [
    "Eleven people were pulled out of the river after the Tarnow bridge gave way under a goods train at dawn.",
    "Divers went on searching the wagons in the afternoon, and engineers closed two more crossings upstream.",
    "The railway had asked for money to repair the pillars three years ago, said its director, Lena Marek.",
    "Commuters will have to take buses for at least a month, the regional government said on its website.",
]
OTHER = [
    "The finance committee voted for a tax on sugar in soft drinks, which bottlers had fought for two years.",
    "It is to be raised from January, and half of it is to go to school kitchens in the countryside.",
]


def article(key: str, *sentences: str, title: str | None = None, **more: Any) -> Envelope:
    return Envelope(key=key, source="t", title=title, text="\n".join(sentences), **more)


def run(*articles: Envelope) -> list[Decision]:
    return Rehearsal().run(articles)


def parent(decision: Decision) -> str | None:
    return decision.relation.to.id if decision.relation.to else None


def test_what_follows_another_article_is_its_revision_without_a_word_in_common() -> None:
    apart = run(article("flash", FLASH), article("story", *OTHER))
    assert apart[0].story.id != apart[1].story.id
    first, second = run(article("flash", FLASH), article("story", *OTHER, follows=("flash",)))
    assert (second.relation.kind, second.relation.rule, parent(second)) == ("revision", "linked", "flash")
    assert second.story.id == first.story.id
    assert second.story.counts.texts == 1
    assert second.relation.why[0] == "Its source says that it follows the other text (linked)."
    assert [(s.id, s.version) for s in second.supersedes] == [("flash", 1)]
    assert second.type == "story.updated"
    assert (second.delta.removed, second.story.headline) == ((), first.story.headline)


def test_a_text_that_keeps_a_passage_of_what_it_follows_takes_back_what_it_leaves_out() -> None:
    _, second = run(article("a", *STORY), article("b", *STORY[:3], *OTHER, follows=("a",)))
    assert (second.relation.rule, second.delta.removed) == ("linked", (STORY[3],))


def test_what_follows_an_article_in_another_language_is_a_text_of_its_own_in_the_same_story() -> None:
    german = ["Elf Menschen wurden aus dem Fluss gerettet.", "Die Bahn sperrte zwei weitere Brücken."]
    apart = run(article("a", *STORY, language="en"), article("b", *german, language="de"))
    assert apart[0].story.id != apart[1].story.id
    first, second = run(article("a", *STORY, language="en"), article("b", *german, language="de", follows=("a",)))
    assert (second.relation.kind, second.relation.rule, second.relation.to) == ("coverage", "linked", None)
    assert (second.story.id, second.story.counts.texts, second.delta.removed) == (first.story.id, 2, ())
    assert second.relation.why == ("Its source says that it follows an article of this story, in another language.",)
    assert not second.supersedes


def test_a_later_version_by_its_number_is_one_without_a_word_in_common() -> None:
    first, second = run(article("a", FLASH), article("a", *OTHER, follows=("a",)))
    assert (second.relation.kind, second.relation.rule, parent(second)) == ("revision", "linked", "a")
    assert (second.version_number, second.story.id) == (2, first.story.id)


def test_a_full_text_after_its_own_teaser_still_takes_nothing_back() -> None:
    title = "Tarnow bridge gives way under goods train"
    _, full = run(article("a", title=title), article("a", *STORY, title=title, follows=("a",)))
    assert (full.relation.rule, full.delta.removed) == ("completed", ())


def test_where_nothing_differs_it_is_a_copy() -> None:
    _, second = run(article("a", *STORY), article("b", *STORY, follows=("a",)))
    assert (second.relation.kind, second.relation.extent, second.relation.rule) == ("copy", "whole", "linked")
    assert second.type == "story.repeated"


def test_the_article_that_is_named_goes_before_one_that_has_more_of_it() -> None:
    *_, last = run(
        article("a", *STORY[:2], *OTHER), article("b", *STORY), article("c", *STORY, OTHER[0], follows=("a",))
    )
    assert parent(last) == "a"
    *_, last = run(article("a", *STORY[:2], *OTHER), article("b", *STORY), article("c", *STORY, OTHER[0]))
    assert parent(last) == "b"


def test_of_several_that_are_named_the_first_that_is_known_is_the_parent() -> None:
    *_, last = run(
        article("a", *STORY), article("b", *OTHER), article("c", *STORY, *OTHER, follows=("gone", "b", "a"))
    )
    assert parent(last) == "b"
    assert last.relation.also == ("a",)


@pytest.mark.parametrize("follows", [("unknown",), ("b",)])
def test_where_what_it_follows_is_unknown_it_is_judged_as_ever(follows: tuple[str, ...]) -> None:
    plain = run(article("a", *STORY), article("b", *STORY[:3], OTHER[0]))
    linked = run(article("a", *STORY), article("b", *STORY[:3], OTHER[0], follows=follows))
    assert [(d.relation, d.delta, d.story) for d in linked] == [(d.relation, d.delta, d.story) for d in plain]


def test_a_correction_by_its_sources_signal_is_told_however_little_it_changes() -> None:
    _, plain = run(article("a", *STORY), article("b", *STORY, follows=("a",)))
    assert (plain.type, plain.relation.correction) == ("story.repeated", False)
    _, second = run(article("a", *STORY), article("b", *STORY, follows=("a",), correction=True))
    assert (second.relation.kind, second.type, second.relation.correction) == ("revision", "story.updated", True)


def test_a_link_holds_however_old_the_article_is_that_is_named() -> None:
    week = 7 * 24 * 3_600_000
    rehearsal = Rehearsal()
    (first,) = rehearsal.run([article("a", FLASH)])
    rehearsal.now += week
    (second,) = rehearsal.run([article("b", *OTHER, follows=("a",))])
    assert (second.relation.rule, second.story.id) == ("linked", first.story.id)


def test_batches_and_forgetting_between_them_change_nothing() -> None:
    articles = [article("a", FLASH), article("b", *STORY, follows=("a",)), article("c", *OTHER, follows=("b", "a"))]
    whole = run(*articles)
    rehearsal = Rehearsal(batch=1)
    rehearsal.drop_view_after_each_turn()
    assert rehearsal.run(articles) == whole
    assert {decision.story.id for decision in whole} == {whole[0].story.id}


def test_what_follows_an_article_that_was_taken_back_is_its_revision_and_says_so() -> None:
    kill = Envelope(key="a", source="t", text="", withdraws=Withdrawal(by="notice", reason="Kill: wrong bridge"))
    first, second = run(article("a", FLASH), article("z", *OTHER), kill, article("b", *STORY, follows=("a",)))[::2]
    assert (second.relation.rule, parent(second), second.story.id) == ("linked", "a", first.story.id)
    assert "What it revises was taken back by a notice." in second.relation.why
