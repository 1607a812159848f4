"""Series and placeholders through the desk: what was seen is counted in the ledger and weighed with the next."""

from __future__ import annotations

import pytest

from ingest.model import Decision, Envelope
from rehearsal import NOW, Rehearsal

HOUR = 3_600_000
TITLE = "Arrivals expected at the harbour"


def issue(day: int, text: str | None = None, title: str | None = TITLE) -> Envelope:
    body = (
        f"The harbour board expects {10 + day} freighters at the northern quay before noon, with {3 + day % 2} more "
        "waiting outside the bar. Pilots are on duty until 10 in the evening and boats under 20 metres are to use "
        "the old channel. The fish market opens at 6 and the ferry to the islands leaves from the eastern pier."
    )
    return Envelope(key=f"{title} {day} {text}", source="t", title=title, text=body if text is None else text)


def days(rehearsal: Rehearsal, *articles: Envelope, hours: float = 24) -> list[Decision]:
    """One article after the other, so many hours apart."""
    for one in articles:
        rehearsal.run([one])
        rehearsal.now += int(hours * HOUR)
    return rehearsal.decisions[-len(articles) :]


def test_an_issue_of_a_series_is_never_a_version_of_the_one_before() -> None:
    told = days(Rehearsal(), *map(issue, range(9)))
    assert {decision.relation.kind for decision in told[2:]} <= {"new", "coverage"}
    assert not any(decision.supersedes for decision in told[2:])


def test_a_figure_put_right_within_minutes_is_a_version_of_its_issue() -> None:
    rehearsal = Rehearsal()
    days(rehearsal, *map(issue, range(6)))
    sent, resent = days(rehearsal, issue(6), issue(7), hours=0.2)
    assert (sent.relation.kind, resent.relation.kind) == ("new", "revision")
    assert resent.relation.to is not None
    assert resent.relation.to.id == sent.article.key


def test_from_the_third_issue_on_each_is_a_story_of_its_own_that_continues_the_one_before() -> None:
    told = days(Rehearsal(), *map(issue, range(6)))
    assert told[1].story.id == told[0].story.id  # one title twice is no series
    assert [decision.type for decision in told[2:]] == ["story.opened"] * 4
    before = [told[0], *told[2:-1]]
    assert [decision.story.continues for decision in told[2:]] == [decision.story.id for decision in before]


def test_what_comes_under_the_title_within_the_hours_of_an_issue_is_in_its_story() -> None:
    rehearsal = Rehearsal()
    days(rehearsal, *map(issue, range(5)))
    rest = "Three freighters are now at the northern quay of the harbour; the board expects the others by noon."
    opened, *updates = days(rehearsal, issue(5), *(issue(5, f"{rest} Pilot {n} is on duty.") for n in "ABC"), hours=6)
    assert opened.type == "story.opened"
    assert {decision.story.id for decision in updates} == {opened.story.id}


def flash_of_the_day(n: int, outlet: str = "Harbour Wire") -> Envelope:
    title = "Central bank sets daily rate at 7.10"
    return Envelope(key=f"d{n}", source="t", title=title, text="", outlet=outlet, completeness="title")


def test_an_outlets_flash_in_the_same_words_is_news_again_the_next_day() -> None:
    told = days(Rehearsal(), *map(flash_of_the_day, range(5)))
    assert [decision.type for decision in told] == ["story.opened"] * 5
    assert [decision.story.continues for decision in told[1:]] == [decision.story.id for decision in told[:-1]]


def test_a_flash_that_another_outlet_brings_a_day_late_is_a_repeat() -> None:
    first, late = days(Rehearsal(), flash_of_the_day(0), flash_of_the_day(1, "Quay Post"))
    assert (late.type, late.story.id) == ("story.repeated", first.story.id)


def test_copies_of_one_text_over_days_make_no_series() -> None:
    rehearsal = Rehearsal()
    copies = [Envelope(key=f"copy {n}", source="t", title=TITLE, text=issue(0).text) for n in range(6)]
    told = days(rehearsal, *copies, hours=20)
    assert [decision.relation.kind for decision in told] == ["new", *["copy"] * 5]
    (revised,) = rehearsal.run([issue(0, issue(0).text + " Fog is expected in the night.")])
    assert revised.relation.kind == "revision"


def test_a_daily_flash_is_no_copy_of_yesterdays_and_the_second_of_an_hour_is_one() -> None:
    rehearsal = Rehearsal()
    flashes = [
        Envelope(key=f"f{n}", source="t", title="Central bank sets daily rate", text="", completeness="title")
        for n in range(6)
    ]
    told = days(rehearsal, *flashes[:5])
    assert "copy" not in {decision.relation.kind for decision in told}
    rehearsal.now -= 23 * HOUR
    (again,) = rehearsal.run(flashes[5:])
    assert again.relation.kind == "copy"


PLACES = ("Lisbon", "Graz", "Bergen", "Tartu", "Cork", "Ghent")
NEWS = ("budget passes", "river floods", "ferry aground", "theatre burns", "brewery strike", "tower leans")


def flash(n: int, body: str = "Full text to follow in a moment.") -> Envelope:
    return Envelope(key=f"p{n}", source="t", title=f"{PLACES[n]} {NEWS[n]}", text=body)


def test_a_body_under_many_titles_is_a_placeholder_and_the_item_its_title() -> None:
    rehearsal = Rehearsal()
    told = rehearsal.run(map(flash, range(6)))
    for decision in told[2:]:
        assert decision.relation.kind == "new"
        assert decision.article.completeness == "title"
        assert decision.article.sentences == ()
        body = rehearsal.records.body(rehearsal.row(decision))
        assert body.marked == (("Full text to follow in a moment.", "placeholder"),)
        assert body.trace[0].verdict == "1 sentences, a placeholder: judged by its title"
    assert told[1].article.completeness == "full"


def test_what_a_placeholders_title_says_is_told() -> None:
    rehearsal = Rehearsal()
    rehearsal.run(map(flash, range(4)))
    follow = Envelope(key="n", source="t", title="Tartu theatre burns down, two dead", text=flash(0).text)
    (told,) = rehearsal.run([follow])
    assert told.relation.kind == "coverage"
    assert [added.text for added in told.delta.added] == [follow.title]
    story = rehearsal.records.story(rehearsal.row(told).story)
    assert story is not None
    assert follow.title in [said for _, said in rehearsal.records.chronicle.told(story)[told.sequence].sentences]


def test_a_short_text_at_many_outlets_is_none() -> None:
    rehearsal = Rehearsal()
    brief = "Two people died when a theatre in Tartu burned down on Sunday, police said."
    titles = ("Tartu theatre burns down", "Two dead in Tartu theatre", "Fire in Tartu: two dead", "Tartu: theatre gone")
    told = rehearsal.run(Envelope(key=title, source="t", title=title, text=brief) for title in titles)
    assert {decision.article.completeness for decision in told} == {"full"}
    assert len({decision.story.id for decision in told}) == 1


@pytest.mark.parametrize("published", [False, True])
def test_what_was_counted_does_not_hang_on_batches_or_on_who_counts(published: bool) -> None:
    def events(batch: int, forgetful: bool) -> list[bytes]:
        rehearsal = Rehearsal(published=published, batch=batch)
        if forgetful:
            rehearsal.drop_view_after_each_turn()
        for day in range(5):
            rehearsal.run([issue(day), *map(flash, range(6)), issue(day, f"Kept for day {day}.")])
            rehearsal.now += 24 * HOUR
        return rehearsal.ledger.events

    assert events(1, True) == events(64, False)


def test_counts_are_forgotten_with_their_week() -> None:
    rehearsal = Rehearsal(published=False, now=NOW)
    rehearsal.run([issue(0), flash(0)])
    assert any(":recur:" in key for key in rehearsal.ledger.hashes())
    rehearsal.now += 40 * 24 * HOUR
    assert not any(":recur:" in key for key in rehearsal.ledger.hashes())


def test_a_flash_that_corrects_one_is_told_as_a_correction() -> None:
    rehearsal = Rehearsal()
    rehearsal.run(map(flash, range(5)))
    wrong = Envelope(key="w", source="t", title="Northwind pays 40 mln for Contoso harbour cranes", text=flash(0).text)
    right = Envelope(
        key="r", source="t", title="CORRECTED - Northwind pays 60 mln for Contoso harbour cranes", text=flash(0).text
    )
    first, second = rehearsal.run([wrong, right])
    assert (second.relation.kind, second.relation.correction, second.type) == ("coverage", True, "story.updated")
    assert second.story.id == first.story.id
    assert [(figure.was, figure.now) for figure in second.delta.figures] == [("40 mln", "60 mln")]
