"""What an outlet prints under any title, through the desk: learned from its own texts, and then nobody's news."""

from __future__ import annotations

import re

import msgspec
import pytest

from ingest.model import Decision, Envelope
from ingest.stories.publishers import Publishers
from madeup import SCRIPTS, story
from rehearsal import NOW, Rehearsal

HOUR = 3_600_000
TAIL = (
    "Anyone who saw something is asked to call the district station.\n"
    "The station is open day and night and takes calls in several languages.\n"
    "Pictures for the press are kept on the pages of the district."
)


def report(n: int, tail: str = TAIL, outlet: str | None = "District Station", brand: str = "") -> Envelope:
    """Two sentences of its own, in words of its own, and a tail of 34 words."""
    own = story(SCRIPTS["Latin"], n, 2)
    return Envelope(key=f"r{n}", source="t", title=brand + own.title, text=f"{own.written()}\n{tail}", outlet=outlet)


def marks(rehearsal: Rehearsal, decision: Decision, mark: str = "boilerplate") -> list[str]:
    return [text for text, of in rehearsal.records.body(rehearsal.row(decision)).marked if of == mark]


def test_a_tail_under_different_titles_is_known_from_the_third_on_and_stays_in_the_row() -> None:
    rehearsal = Rehearsal()
    told = rehearsal.run(map(report, range(50)))
    assert [len(marks(rehearsal, decision)) for decision in told[:2]] == [0, 0]
    for decision in told[2:]:
        assert marks(rehearsal, decision) == TAIL.split("\n")
        assert len(decision.article.sentences) == 2
    trace = rehearsal.records.body(rehearsal.row(told[-1])).trace
    assert trace[0].verdict == "5 sentences, 3 of them its outlet's under any title"


def test_a_tail_links_no_two_reports_and_is_never_told() -> None:
    told = Rehearsal().run(map(report, range(50)))
    assert {decision.relation.kind for decision in told[3:]} == {"new"}
    assert not any(line in added.text for d in told[2:] for added in d.delta.added for line in TAIL.split("\n"))


def test_reports_that_are_mostly_tail_are_no_versions_of_one_another() -> None:
    longer = f"""{TAIL}
    If you know more than you have told so far, you may do so on paper and without giving your name.
    The station will not tell anyone who wrote to it and how."""
    told = Rehearsal().run(report(n, tail=longer) for n in range(12))
    assert [decision.relation.kind for decision in told[:2]] == ["new", "revision"]
    assert {decision.relation.kind for decision in told[2:]} == {"new"}


def test_an_outlet_that_puts_its_name_before_every_title_is_read_past_it() -> None:
    rehearsal = Rehearsal()
    told = rehearsal.run(report(n, brand="POL-DST: ") for n in range(20))
    assert len(marks(rehearsal, told[-1])) == 3


def test_a_copy_stays_a_whole_copy_though_all_of_it_has_come_again() -> None:
    rehearsal = Rehearsal()
    rehearsal.run(map(report, range(6)))
    told = rehearsal.run(msgspec.structs.replace(report(0), key=f"c{n}") for n in range(8))
    assert {(d.relation.kind, d.relation.extent, d.delta.materiality) for d in told} == {("copy", "whole", 0.0)}
    assert not any(d.delta.removed or d.delta.added for d in told)


def test_a_new_version_of_a_text_from_before_takes_nothing_back() -> None:
    rehearsal = Rehearsal()
    rehearsal.run(map(report, range(6)))
    text = report(0).text.replace("\n", "\nThe patrol also found a ladder behind the garden wall.\n", 1)
    (told,) = rehearsal.run([msgspec.structs.replace(report(0), text=text)])
    assert told.relation.kind == "revision"
    assert not told.delta.removed
    assert [added.text for added in told.delta.added] == ["The patrol also found a ladder behind the garden wall."]


def test_a_text_that_another_outlet_prints_with_its_tail_is_a_copy() -> None:
    rehearsal = Rehearsal()
    rehearsal.run(map(report, range(6)))
    (told,) = rehearsal.run([msgspec.structs.replace(report(5), key="o", outlet="Gazette")])
    assert (told.relation.kind, told.relation.extent, told.delta.added) == ("copy", "whole", ())


WALL = (
    "We value your privacy and that of everyone who reads this paper.\n"
    "With your consent we and our 842 partners keep cookies on your device and read them later.\n"
    "They help us to measure which pages are read, and to show you advertisements that may be of interest to you.\n"
    "You can change your mind at any time on the page about privacy at the bottom of the site.\n"
    "Accept all.\nSettings."
)


def wall(n: int) -> Envelope:
    return Envelope(key=f"w{n}", source="t", title=report(n).title, text=WALL, outlet="Daily")


def test_a_page_that_is_only_standing_matter_is_judged_by_its_title() -> None:
    rehearsal = Rehearsal()
    told = rehearsal.run(map(wall, range(12)))
    for decision in told[2:]:
        assert decision.relation.kind in ("new", "coverage")
        assert decision.article.completeness == "title"
        assert decision.article.sentences == ()
        assert len(marks(rehearsal, decision)) == 6
        assert decision.relation.why[-1] == "Its text is what its outlet prints under any title: judged by its title."
    assert rehearsal.records.body(rehearsal.row(told[5])).trace[0].verdict.endswith(": judged by its title")


def test_a_page_without_a_title_keeps_what_it_has() -> None:
    rehearsal = Rehearsal()
    rehearsal.run(map(wall, range(5)))
    (told,) = rehearsal.run([Envelope(key="u", source="t", text=WALL, outlet="Daily")])
    assert told.article.sentences


def test_what_many_outlets_print_is_no_outlets_own() -> None:
    rehearsal = Rehearsal()
    told = rehearsal.run(report(n, outlet=f"Paper {n}") for n in range(20))
    assert not any(marks(rehearsal, decision) for decision in told)


def test_without_an_outlet_nothing_is_learned() -> None:
    rehearsal = Rehearsal()
    told = rehearsal.run(report(n, outlet=None) for n in range(20))
    assert not any(marks(rehearsal, decision) for decision in told)


def test_what_one_outlet_of_a_publisher_has_learned_all_of_them_know() -> None:
    papers = Publishers({"Group": ["north paper", "south paper"]})
    rehearsal = Rehearsal(publishers=papers)
    rehearsal.run(report(n, outlet="North Paper") for n in range(5))
    south, other = rehearsal.run([report(6, outlet="South Paper"), report(7, outlet="East Paper")])
    assert (len(marks(rehearsal, south)), len(marks(rehearsal, other))) == (3, 0)


def test_background_of_a_running_story_stays_the_articles_own() -> None:
    background = "Northwind closed its Eastgate plant in spring after a long quarrel over pensions."
    news = ("talks begin", "talks adjourned", "workers march", "minister steps in", "banks wait", "deal near", "vote")
    rehearsal = Rehearsal()
    told = rehearsal.run(
        Envelope(
            key=f"b{n}", source="t", title=f"Northwind {what}, {n + 2} sites",
            text=f"Northwind said on day {n} that {what} at {n + 2} sites that it has in the north.\n{background}",
            outlet="Agency",
        )
        for n, what in enumerate(news)
    )  # fmt: skip
    assert not any(marks(rehearsal, decision) for decision in told)


def test_a_form_of_words_with_figures_is_no_standing_matter() -> None:
    rehearsal = Rehearsal()
    told = rehearsal.run(
        Envelope(
            key=f"d{n}", source="t", title=report(n).title, outlet="Wire",
            text="Quarterly dividend 10 cents against 10 cents before\nPay April 15\nRecord March 31",
        )
        for n in range(12)
    )  # fmt: skip
    assert not any(marks(rehearsal, decision) for decision in told)


@pytest.mark.parametrize("script", sorted(SCRIPTS))
def test_standing_matter_is_learned_in_any_script(script: str) -> None:
    *stories, other = (story(SCRIPTS[script], seed) for seed in range(14))
    tail = [re.sub(r" ?\d+ ?", " ", sentence) for sentence in other.sentences[:3]]
    rehearsal = Rehearsal()
    told = rehearsal.run(
        Envelope(key=f"s{n}", source="t", title=one.title, text=one.written() + "\n\n" + "\n".join(tail), outlet="O")
        for n, one in enumerate(stories)
    )
    assert "".join(" ".join(marks(rehearsal, told[-1])).split()) == "".join(" ".join(tail).split())


@pytest.mark.parametrize("published", [False, True])
def test_what_is_known_does_not_hang_on_batches_or_on_who_knows(published: bool) -> None:
    def events(batch: int, forgetful: bool) -> list[bytes]:
        rehearsal = Rehearsal(published=published, batch=batch)
        if forgetful:
            rehearsal.drop_view_after_each_turn()
        for day in range(4):
            rehearsal.run([*(report(n) for n in range(day * 9, day * 9 + 9)), *map(wall, range(day * 3, day * 3 + 3))])
            rehearsal.now += 24 * HOUR
        return rehearsal.ledger.events

    assert events(1, True) == events(64, False)


def test_what_was_learned_is_known_next_month_and_forgotten_where_nothing_comes() -> None:
    rehearsal = Rehearsal(now=NOW)
    rehearsal.run(map(report, range(4)))
    rehearsal.now += 30 * 24 * HOUR
    (told,) = rehearsal.run([report(4)])
    assert len(marks(rehearsal, told)) == 3
    rehearsal.now += 100 * 24 * HOUR
    assert not any(":stand:" in key for key in rehearsal.ledger.hashes())
    (told,) = rehearsal.run([report(5)])
    assert not marks(rehearsal, told)
