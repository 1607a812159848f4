"""What agencies' versions, links, corrections and embargoes do to their stories: the example files, played."""

from __future__ import annotations

from functools import cache

import pytest

from ingest.model import Decision, Envelope, Withdrawn
from rehearsal import Rehearsal
from wire_files import envelopes


@cache
def played(*names: str) -> tuple[Decision, ...]:
    return tuple(Rehearsal().run(one for one in envelopes(*names) if one.withdraws is None))


def parent(decision: Decision) -> tuple[str, int] | None:
    to = decision.relation.to
    return (to.id.rpartition("/")[2], to.version) if to else None


def figures(decision: Decision) -> list[tuple[str, str]]:
    return [(figure.was, figure.now) for figure in decision.delta.figures]


def test_a_second_version_and_a_correction_by_ninjs_tell_what_they_change() -> None:
    first, second, correction, evolved, embargo = played("ninjs")
    assert (first.type, first.article.completeness) == ("story.opened", "full")
    assert (second.type, second.relation.kind, parent(second)) == ("story.updated", "revision", ("lindental", 1))
    assert (second.version_number, figures(second)) == (2, [("40", "60"), ("3,000", "4,500")])
    assert (correction.type, correction.relation.correction, parent(correction)) == (
        "story.updated", True, ("lindental", 2),
    )  # fmt: skip
    assert figures(correction) == [("4,500", "3,500")]
    assert [(s.id.rpartition("/")[2], s.version) for s in correction.supersedes] == [("lindental", 2)]
    assert (evolved.relation.rule, parent(evolved)) == ("linked", ("lindental", 3))
    assert {d.story.id for d in (first, second, correction, evolved)} == {first.story.id}
    assert embargo.story.id != first.story.id
    assert (embargo.type, embargo.article.embargo_until) == ("story.opened", 1_718_769_600_000)


def test_a_second_version_a_correction_and_a_link_by_newsml_g2() -> None:
    first, second, correction, talks, german, prize = played("newsml-g2")
    assert [d.type for d in (first, second, correction)] == ["story.opened", "story.updated", "story.updated"]
    assert figures(second) == [("120", "150"), ("Eleven", "Nineteen")]
    assert (correction.relation.correction, figures(correction)) == (True, [("150", "140")])
    assert (talks.relation.kind, talks.relation.rule, talks.story.id) == ("revision", "linked", first.story.id)
    assert (german.article.language, german.relation.kind) == ("de", "new")
    assert prize.article.embargo_until is not None


def test_a_flash_that_becomes_a_story_and_is_corrected_by_newsml_1_2() -> None:
    flash, story, correction, english, german, rates = played("newsml-1.2")
    assert (story.relation.kind, story.version_number, story.story.id) == ("revision", 2, flash.story.id)
    assert (story.relation.rule, story.delta.removed) == ("completed", ())
    assert (correction.relation.correction, figures(correction)) == (True, [("900", "700")])
    assert (english.relation.kind, english.relation.rule) == ("coverage", "linked")  # derived from it, in English
    assert (english.story.id, english.delta.removed) == (flash.story.id, ())
    assert english.story.counts.texts == 2
    assert german.article.key == f"{english.article.key}#de"
    assert (german.article.language, german.article.title) == ("de", "Alpendorf unter Gletschersee geräumt")
    assert rates.article.embargo_until == 1_718_712_000_000


def test_a_second_version_and_a_correction_under_another_number_by_nitf() -> None:
    first, second, correction, fares = played("nitf")
    assert (second.relation.kind, second.version_number, figures(second)) == ("revision", 2, [("60", "85")])
    assert (correction.relation.rule, correction.relation.correction) == ("linked", True)
    assert (parent(correction), figures(correction)) == (("wire#cpa-0616-117", 2), [("85", "58")])
    assert {d.story.id for d in (first, second, correction)} == {first.story.id}
    assert fares.article.embargo_until is not None


def test_a_correction_by_iptc_7901_which_knows_no_links_is_found_by_its_words() -> None:
    first, take, cup, correction, rates, market = played("iptc7901")
    assert (take.article.extra["take"], cup.story.id != first.story.id) == (2, True)
    assert (correction.relation.kind, parent(correction), correction.type) == (
        "revision", ("wire#ska0124-20240616", 1), "story.updated",
    )  # fmt: skip
    assert correction.relation.correction
    assert correction.story.id == first.story.id
    assert figures(correction) == [("38", "36")]
    assert (rates.article.language, market.article.id) == ("de", None)


def test_what_comes_again_is_seen_and_what_takes_back_has_no_text() -> None:
    rehearsal = Rehearsal()
    articles = [one for one in envelopes("nitf") if one.withdraws is None]
    assert len(rehearsal.run(articles)) == 4
    assert rehearsal.run(articles) == []
    notices = [one for one in envelopes("ninjs", "newsml-g2", "newsml-1.2", "nitf", "iptc7901") if one.withdraws]
    assert len(notices) == 8
    for notice in notices:
        assert isinstance(notice, Envelope)
        assert (notice.text, notice.title, notice.withdraws and notice.withdraws.by) == ("", None, "notice")
        assert notice.withdraws
        assert notice.withdraws.reason
        assert notice.published is not None


def taken_back(name: str) -> tuple[list[Decision], list[Withdrawn]]:
    rehearsal = Rehearsal()
    decisions = rehearsal.run(envelopes(name))
    return decisions, [told for made in rehearsal.made for told in made.withdrawals]


@pytest.mark.parametrize(
    ("name", "key", "reason"),
    [
        ("ninjs", "wire#http://ninjs.example.com/items/2024/lindental-night", "the geologist did not say so"),
        ("newsml-g2", "wire#tag:nordicwire.example,2024:vardo-strike-talks", "there were no talks"),
        ("nitf", "wire#cpa-0617-020", "The boys had nothing to do with it"),
        ("iptc7901", "wire#ska0126-20240616", "The final is played next Sunday"),
    ],
)
def test_a_kill_takes_the_article_back_that_it_names_and_says_why(name: str, key: str, reason: str) -> None:
    decisions, told = taken_back(name)
    (article,) = (decision for decision in decisions if decision.article.key == key)
    (withdrawn,) = (one for one in told if one.article.id == key)
    assert withdrawn.story.id == article.story.id
    assert withdrawn.by == "notice"
    assert reason in (withdrawn.reason or "")


def test_in_any_batches_by_workers_that_remember_nothing_the_events_are_the_same_bytes() -> None:
    names = ("ninjs", "newsml-g2", "newsml-1.2", "nitf", "iptc7901")
    whole, single = Rehearsal(), Rehearsal(batch=1)
    single.drop_view_after_each_turn()
    whole.run(envelopes(*names))
    single.run(envelopes(*names))
    assert len(whole.ledger.events) == 34
    assert single.ledger.events == whole.ledger.events


def test_an_item_that_is_canceled_is_taken_back_in_each_of_its_languages() -> None:
    _, told = taken_back("newsml-1.2")
    assert [one.article.id.rpartition(":")[2] for one in told] == ["TX-ALP-GLA02", "TX-ALP-GLA02#de"]
