"""Series and placeholders, by how often a title or a short body was seen. Made-up texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dedupe import RELATION, SERIES, Text, issues, recurring, relate, says_nothing, short_copy

BODY = (
    "The harbour board expects 14 freighters at the northern quay before noon, with 3 more waiting outside the bar.",
    "Pilots are on duty until 10 in the evening and boats of less than 20 metres are asked to use the old channel.",
    "The fish market opens at 6 and the ferry to the islands leaves from the eastern pier as it does in winter.",
)
TITLE = "Arrivals expected at the harbour"


def text(*sentences: str, title: str | None = TITLE) -> Text:
    return Text(title, sentences or BODY)


def flat(word: str) -> float:
    return 1.0


def edited(old: str, new: str, title: str = TITLE) -> Text:
    return text(*(sentence.replace(old, new) for sentence in BODY), title=title)


@pytest.mark.parametrize(
    ("hours", "before"),
    [
        ([], 0),
        ([100], 0),  # this very burst
        ([92], 1),
        ([76, 100], 1),
        ([52, 76], 2),
        ([50, 52, 54, 76, 77, 98, 99], 2),
        ([10, 14, 18, 22, 26, 30], 1),  # all day long: one burst
    ],
)
def test_issues_come_in_bursts_some_hours_apart(hours: list[int], before: int) -> None:
    assert issues(hours, 100) == before


def test_what_is_more_than_a_week_old_is_no_issue() -> None:
    assert issues([10, 40, 80], 80 + SERIES.days * 24) == 1


@given(st.lists(st.integers(0, 400), max_size=60), st.integers(400, 420))
def test_more_sightings_in_a_burst_make_no_more_issues(hours: list[int], now: int) -> None:
    seen = sorted(hours)
    assert issues(sorted(hours + hours), now) == issues(seen, now) <= len(set(seen))


def test_a_title_is_the_same_with_other_figures_and_weekdays() -> None:
    code = recurring(text(title="Bank sells 300 mln of its bills on Monday")).title
    assert code is not None
    assert code == recurring(text(title="BANK SELLS TWO MLN OF ITS BILLS ON FRIDAY")).title
    assert code != recurring(text(title="Bank buys 300 mln of its bills")).title


@pytest.mark.parametrize("title", [None, "", "Markets", "Friday, 12 to 14", "What it is", "大盘"])
def test_a_title_of_few_words_names_no_series(title: str | None) -> None:
    assert recurring(text(title=title)).title is None


def test_a_title_without_spaces_names_a_series_as_well() -> None:
    assert recurring(text(title="北部港口今日到港船舶预报")).title is not None


def test_the_next_issue_is_no_version_of_the_one_before() -> None:
    for new in (edited("14", "17"), text(*BODY, "Fog is expected in the night."), text()):
        assert relate(text(), new, hours=24, idf=flat, issues=SERIES.issues).rule == "series"
        assert relate(text(), new, hours=24, idf=flat, issues=SERIES.issues - 1).kind in ("copy", "revision")


def test_what_follows_within_the_burst_is_a_version_of_the_same_issue() -> None:
    for hours in (0.2, 5.0):
        assert relate(text(), edited("14", "17"), hours=hours, idf=flat, issues=5).kind == "revision"
        assert relate(text(), text(), hours=hours, idf=flat, issues=5).kind == "copy"


def test_a_correction_and_an_earlier_version_of_its_own_are_linked_whatever_the_title() -> None:
    corrected = Text(f"Corrected: {TITLE}", edited("14", "17").raw, correction=True)
    assert relate(text(), corrected, hours=24, idf=flat, issues=5).rule == "correction"
    assert relate(text(), edited("14", "17"), hours=24, idf=flat, issues=5, own=True).kind == "revision"


def test_a_table_of_a_series_is_the_next_one_after_an_hour() -> None:
    table = "Wheat 121 barley 131 maize 142 rye 152 oats 163 per tonne at the quay, delivered before the end of June."
    old, new = text(table), text(table.replace("142", "144"))
    assert relate(old, new, hours=0.3, idf=flat, issues=5).kind == "revision"
    assert relate(old, new, hours=3, idf=flat, issues=5).rule == "series"
    assert relate(old, text(table), hours=3, idf=flat, issues=5).kind == "copy"


def test_a_long_text_word_for_word_is_a_copy_under_any_title() -> None:
    long = [f"On day {n} of the strike the harbour at quay {n} stood still and nobody came to work." for n in range(12)]
    assert text(*long).size >= RELATION.template
    assert relate(text(*long), text(*long), hours=30, idf=flat, issues=5).kind == "copy"


def test_another_text_under_another_title_is_judged_as_ever() -> None:
    assert relate(text(title="Freighters wait outside the bar"), text(), hours=24, idf=flat, issues=5).kind == "copy"


def test_a_short_item_is_a_copy_within_the_day_and_in_a_series_within_the_burst() -> None:
    assert short_copy(RELATION.short_window, 1) is not None
    assert short_copy(RELATION.short_window + 0.1, 0) is None
    assert short_copy(RELATION.periodic_hours, SERIES.issues) is None
    assert short_copy(1.0, SERIES.issues) is not None


TITLES = (
    "Parliament in Lisbon votes on budget",
    "Zinc falls to lowest price since May",
    "Ferry runs aground off Bergen",
    "Bergen ferry: all passengers safe",
)


def test_a_short_body_under_three_titles_that_share_nothing_says_nothing() -> None:
    found = [recurring(text("More follows shortly.", title=title)) for title in TITLES]
    assert len({each.body for each in found}) == 1
    subjects = [each.subject for each in found]
    assert not says_nothing(found[2], subjects[:1])
    assert says_nothing(found[2], subjects[:2])
    assert not says_nothing(found[3], [subjects[2], subjects[0]])  # one of them is about the same ferry
    assert not says_nothing(found[0], [subjects[0]] * 5)


def test_a_longer_body_and_one_without_a_title_are_never_placeholders() -> None:
    assert recurring(text()).body is None
    assert recurring(text("More follows shortly.", title=None)).body is None
