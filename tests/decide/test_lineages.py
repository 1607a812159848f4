"""What texts become on their way: teasers that grow, local paragraphs, edited excerpts, versions that pass from outlet
to outlet or come too late, corrections."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.model import Decision, Envelope, Stamp
from rehearsal import NOW, Rehearsal

HOUR = 3_600_000
TITLE = "Ferry with 212 on board sinks off northern coast"
SAID = [
    "The ferry Aurora sank off the northern coast early on Monday with 212 people on board, the coast guard said.",
    "Rescue boats from three harbours searched the bay for survivors throughout the morning in heavy seas.",
    "The owner said that the ship had been inspected in March and was found to be in good order.",
    "Relatives of the passengers gathered at the terminal, where the company had opened an information desk.",
    "The minister for transport promised a full enquiry and asked for patience until its findings were known.",
    "It is the worst accident on the route since a freighter ran aground near the lighthouse in 1994.",
    "Fishermen who were among the first to arrive spoke of a thick layer of oil that made the search difficult.",
    "Schools in the region stayed closed and flags on public buildings were flown at half mast.",
]
DIVERS = "Divers found the wreck on Tuesday at a depth of 80 metres, the coast guard said."
PROSECUTOR = "A prosecutor opened proceedings against the owner, whose offices in the capital were searched."
HOSPITAL = "The hospital in Westport treated 41 people for cold and let most of them go home on Wednesday."
LOCAL = "Two of the passengers came from Eastport, where Mayor Jane Doe ordered a minute of silence for noon."


def article(key: str, *sentences: str, title: str | None = TITLE, **more: Any) -> Envelope:
    return Envelope(key=key, source="t", title=title, text=" ".join(sentences), **more)


def run(*articles: Envelope) -> list[Decision]:
    return Rehearsal().run(articles)


def parent(decision: Decision) -> str | None:
    return decision.relation.to.id if decision.relation.to else None


def added(decision: Decision) -> list[str]:
    return [sentence.text for sentence in decision.delta.added]


# -- teasers


@pytest.mark.parametrize(
    "teaser",
    [
        (),
        SAID[:1],
        SAID[:2],
        ("More than two hundred were on their way home when the sea came in: what is known of the Aurora so far.",),
        ("The ferry Aurora sank off the northern coast early on Monday …",),
    ],
)
def test_a_full_text_after_its_own_teaser_is_a_revision_that_takes_nothing_back(teaser: tuple[str, ...]) -> None:
    first, full = run(article("a", *teaser, completeness="teaser"), article("a", *SAID))
    assert (full.relation.kind, parent(full), full.type) == ("revision", "a", "story.updated")
    assert full.story.id == first.story.id
    assert not full.relation.correction
    assert (full.delta.removed, full.delta.figures, full.delta.headline) == ((), (), None)
    assert added(full)
    assert not set(added(full)) & set(teaser)
    assert full.story.counts.texts == 1


def test_a_full_text_elsewhere_after_the_teaser_is_a_revision_with_what_the_teaser_lacks() -> None:
    _, full = run(article("feed", *SAID[:2], completeness="teaser"), article("page", *SAID))
    assert (full.relation.kind, parent(full)) == ("revision", "feed")
    assert added(full) == SAID[2:]
    assert full.delta.removed == ()


def test_a_full_text_under_its_title_is_no_digest_of_its_teaser() -> None:
    standfirst = "What the coast guard knows, what the owner says, and what the families of those on board are told."
    _, full = run(article("feed", SAID[4], SAID[5]), article("page", standfirst, *SAID, *[DIVERS, PROSECUTOR, LOCAL]))
    assert (full.relation.kind, parent(full)) == ("revision", "feed")


def test_a_teaser_after_its_full_text_is_a_copy() -> None:
    _, teaser = run(article("page", *SAID), article("feed", *SAID[:2]))
    assert (teaser.relation.kind, teaser.relation.extent, teaser.type) == ("copy", "excerpt", "story.repeated")


def test_a_key_used_again_for_another_article_is_not_completed() -> None:
    other = "Parliament in Lisbon passed the budget for next year on Thursday with the votes of three parties."
    first, second = run(article("a", other, title="Lisbon passes budget"), article("a", *SAID))
    assert second.relation.kind == "new"
    assert second.story.id != first.story.id


# -- outlets


def test_a_syndicated_copy_with_a_paragraph_of_its_own_tells_that_paragraph() -> None:
    _, local = run(article("wire", *SAID), article("paper", *SAID[:3], LOCAL, *SAID[3:], title="Eastport mourns"))
    assert (local.relation.kind, parent(local)) == ("revision", "wire")
    assert added(local) == [LOCAL]
    assert local.delta.removed == ()
    assert local.story.headline == "Eastport mourns"


def test_an_edited_excerpt_tells_its_edit_and_takes_nothing_back() -> None:
    edited = SAID[2].replace("inspected in March", "inspected in June")
    _, excerpt = run(article("wire", *SAID), article("paper", *SAID[:2], edited))
    assert (excerpt.relation.kind, parent(excerpt)) == ("revision", "wire")
    assert added(excerpt) == [edited]
    assert excerpt.delta.removed == ()


def test_versions_pass_from_outlet_to_outlet_and_stay_one_text() -> None:
    told = run(
        article("wire", *SAID),
        article("paper", *SAID, DIVERS, title="Wreck of Aurora found"),
        article("wire", *SAID, DIVERS, PROSECUTOR, title="Ferry: owner's offices searched"),
        article("third", *SAID, DIVERS, PROSECUTOR),
    )
    assert [decision.relation.kind for decision in told] == ["new", "revision", "revision", "copy"]
    assert [parent(decision) for decision in told] == [None, "wire", "paper", "wire"]
    assert [added(decision) for decision in told[1:]] == [[DIVERS], [PROSECUTOR], []]
    assert {decision.story.counts.texts for decision in told} == {1}
    assert [(one.id, one.version) for one in told[2].supersedes] == [("wire", 1), ("paper", 1)]
    assert told[3].relation.to is not None
    assert told[3].relation.to.version == 2


# -- order


AT_19, AT_18_30, AT_19_30 = Stamp(NOW - 5 * HOUR), Stamp(NOW - 11 * HOUR // 2), Stamp(NOW - 9 * HOUR // 2)


def test_a_version_at_the_same_address_is_told_though_its_date_went_back() -> None:
    first, second = run(
        article("a", *SAID, published=AT_19),
        article("a", *SAID, DIVERS, title="Ferry sinks: wreck found", published=AT_18_30),
    )
    assert (second.type, second.relation.late, added(second)) == ("story.updated", False, [DIVERS])
    assert (second.story.id, second.story.headline) == (first.story.id, "Ferry sinks: wreck found")
    assert [(one.id, one.version) for one in second.supersedes] == [("a", 1)]
    assert second.article.published == AT_18_30


@pytest.mark.parametrize("history", [{"backfill": True}, {"sighted": NOW - HOUR}], ids=["backfill", "archive"])
def test_history_that_is_loaded_goes_by_its_dates_though_arrival_is_otherwise(history: dict[str, Any]) -> None:
    old = article("a", *SAID, PROSECUTOR, published=AT_18_30, **history)
    assert run(article("a", *SAID, DIVERS, published=AT_19), old)[1].relation.late


def test_a_date_that_stays_as_the_text_changes_does_not_date_the_change() -> None:
    told = run(
        article("a", *SAID, published=AT_19),
        article("b", *SAID, DIVERS, published=AT_19_30),
        article("a", *SAID, DIVERS, PROSECUTOR, published=AT_19),
        article("a", *SAID, DIVERS, PROSECUTOR, HOSPITAL, published=Stamp(AT_19.at + 60_000)),  # after its own, not b's
    )
    assert [decision.relation.late for decision in told] == [False] * 4
    assert [added(decision) for decision in told[1:]] == [[DIVERS], [PROSECUTOR], [HOSPITAL]]


def test_a_date_that_moves_on_still_tells_that_another_outlet_has_the_newer_version() -> None:
    told = run(
        article("a", *SAID, published=AT_18_30),
        article("b", *SAID, DIVERS, published=AT_19_30),
        article("a", *SAID, PROSECUTOR, published=AT_19),
    )
    assert [decision.relation.late for decision in told] == [False, False, True]


def test_a_version_whose_date_went_back_makes_none_newer_that_is_late() -> None:
    told = run(
        article("a", *SAID, published=AT_19_30),
        article("a", *SAID, DIVERS, published=AT_18_30),
        article("b", *SAID, PROSECUTOR, published=AT_19),
    )
    assert [decision.relation.late for decision in told] == [False, False, True]


@pytest.mark.parametrize("same_key", [True, False])
def test_versions_out_of_order_tell_the_newest_and_take_nothing_back(same_key: bool) -> None:
    versions = [article("k" if same_key else f"k{n}", *SAID, *[DIVERS, PROSECUTOR][:n], title=f"Ferry sinks, take {n}",
                        published=Stamp(NOW + (n - 3) * HOUR)) for n in range(3)]  # fmt: skip
    told = Rehearsal(published=True).run([versions[2], versions[0], versions[1]])
    assert [decision.relation.late for decision in told] == [False, True, True]
    assert [decision.type for decision in told] == ["story.opened", "story.repeated", "story.repeated"]
    assert {decision.story.headline for decision in told} == {"Ferry sinks, take 2"}
    assert not any(decision.delta.removed or decision.delta.added for decision in told[1:])


def test_a_wire_number_tells_the_order_where_times_do_not() -> None:
    second = article("w2", *SAID, DIVERS, title=f"UPDATE 2-{TITLE}")
    first = article("w1", *SAID, PROSECUTOR, title=f"UPDATE 1-{TITLE}")
    assert [decision.relation.late for decision in run(second, first)] == [False, True]
    assert [decision.relation.late for decision in run(first, second)] == [False, False]


def test_what_follows_a_late_version_is_held_against_the_newest() -> None:
    newest = article("a", *SAID, DIVERS, published=Stamp(NOW))
    late = article("b", *SAID, published=Stamp(NOW - HOUR))
    between = article("c", *SAID[:7], published=Stamp(NOW - HOUR // 2))
    assert [decision.relation.late for decision in run(newest, late, between)] == [False, True, True]


# -- corrections, figures and names


@pytest.mark.parametrize("change", [("212", "221"), ("sank", "sank"), ("Aurora", "Borealis")])
def test_a_correction_is_told_however_little_it_changes(change: tuple[str, str]) -> None:
    corrected = [sentence.replace(*change) for sentence in SAID]
    _, second = run(article("a", *SAID), article("b", *corrected, title=f"CORRECTED-{TITLE}"))
    assert (second.relation.kind, second.relation.correction, second.type) == ("revision", True, "story.updated")


def test_a_story_is_not_called_by_the_label_of_a_version() -> None:
    corrected = [sentence.replace("212", "221") for sentence in SAID]
    first, second = run(
        article("a", *SAID, title=f"UPDATE 1-{TITLE}"),
        article("a", *corrected, title="CORRECTED-UPDATE 1-Ferry with 221 on board sinks off northern coast"),
    )
    assert first.story.headline == TITLE
    assert second.story.headline == "Ferry with 221 on board sinks off northern coast"
    assert second.article.title == "CORRECTED-UPDATE 1-Ferry with 221 on board sinks off northern coast"
    assert second.delta.headline is not None
    assert (second.delta.headline.was, second.delta.headline.now) == (TITLE, second.story.headline)
    assert second.delta.names == ()


def test_a_correction_in_other_words_is_told_as_well() -> None:
    first, second = run(
        article("a", *SAID),
        article("b", "In the report on the ferry Aurora, which sank off the northern coast on Monday, please read 221 "
                "people were on board.", title=f"CORRECTED-{TITLE}"),
    )  # fmt: skip
    assert second.story.id == first.story.id
    assert (second.relation.correction, second.type) == (True, "story.updated")


@pytest.mark.parametrize(("was", "now"), [("212", "213"), ("1994", "1949"), ("Aurora", "Andrea"), ("March", "April")])
def test_a_figure_or_a_name_is_never_a_copy(was: str, now: str) -> None:
    _, second = run(article("a", *SAID), article("b", *(sentence.replace(was, now) for sentence in SAID)))
    assert second.relation.kind == "revision"
    assert added(second) == [sentence.replace(was, now) for sentence in SAID if was in sentence]


def test_the_trace_has_the_rule_its_numbers_and_the_runner_up() -> None:
    rehearsal = Rehearsal()
    *_, last = rehearsal.run([article("a", *SAID), article("b", *SAID, DIVERS), article("c", *SAID, PROSECUTOR)])
    trace = rehearsal.records.body(rehearsal.row(last)).trace
    steps = {step.verdict.split(":")[0]: step for step in trace if step.stage == "relation"}
    assert set(steps) == {"parent", "runner-up"}
    for step in steps.values():
        assert "(contained)" in step.verdict
        assert {"to", "in_old", "in_new", "hours", "title", "known"} <= step.numbers.keys()
    assert {step.numbers["to"] for step in steps.values()} == {"a", "b"}
