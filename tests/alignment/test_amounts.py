"""A changed figure is told as it is written, with what it counts; a date is no figure."""

from __future__ import annotations

import pytest

from ingest.alignment import align, prepare


def changes(was: str, now: str) -> list[tuple[str, str, str | None]]:
    found = align(prepare([was]), prepare([now]))
    return [(each.was, each.now, each.what) for match in found.matches for each in found.figure_changes(match)]


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (
            "At least 10 people were killed in the blast, police said.",
            "At least 12 people were killed in the blast, police said.",
            ("10", "12", "people were killed"),
        ),
        (
            "The death toll from the ferry accident has risen to 212, officials said on Monday.",
            "The death toll from the ferry accident has risen to 230, officials said on Monday.",
            ("212", "230", "ferry accident has risen"),
        ),
        (
            "The company will pay $1.2 billion for its rival in the north.",
            "The company will pay $1.35 billion for its rival in the north.",
            ("$1.2 billion", "$1.35 billion", "company will pay"),
        ),
        (
            "Die Regierung gibt 1,2 Milliarden Euro für neue Schulen aus.",
            "Die Regierung gibt 1,5 Milliarden Euro für neue Schulen aus.",
            ("1,2 Milliarden", "1,5 Milliarden", "Euro für neue Schulen"),
        ),
        (
            "Inflation in the euro zone was 3.1% in the year to October.",
            "Inflation in the euro zone was 3.4% in the year to October.",
            ("3.1%", "3.4%", "euro zone"),
        ),
        (
            "Between the villages 10-12 houses were lost to the flood on the river.",
            "Between the villages 12-15 houses were lost to the flood on the river.",
            ("10-12", "12-15", "houses were lost"),
        ),
        (
            "EU envoys agreed on the 12th package of sanctions against Moscow.",
            "EU envoys agreed on the 13th package of sanctions against Moscow.",
            ("12th", "13th", "package of sanctions"),
        ),
        (
            "В результате пожара погибли 10 человек, сообщили в министерстве.",
            "В результате пожара погибли 12 человек, сообщили в министерстве.",
            ("10", "12", "человек"),
        ),
        ("地震造成12人死亡，多栋房屋倒塌。", "地震造成15人死亡，多栋房屋倒塌。", ("12", "15", "人死亡")),
        ("公司投资563亿元建设新工厂。", "公司投资600亿元建设新工厂。", ("563亿", "600亿", "元建设新工厂")),
        ("قتل 10 أشخاص في الهجوم على المدينة", "قتل ١٢ أشخاص في الهجوم على المدينة", ("10", "١٢", "أشخاص في الهجوم")),
        ("በአደጋው 10 ሰዎች ሞቱ ተብሏል ዛሬ።", "በአደጋው 12 ሰዎች ሞቱ ተብሏል ዛሬ።", ("10", "12", "ሰዎች ሞቱ ተብሏል")),
        ("हादसे में 10 लोग मारे गए।", "हादसे में १२ लोग मारे गए।", ("10", "१२", "लोग मारे गए")),
        ("อุบัติเหตุทำให้มีผู้เสียชีวิต 10 คน", "อุบัติเหตุทำให้มีผู้เสียชีวิต 12 คน", ("10", "12", "คน")),
    ],
)
def test_a_figure_tells_what_it_counts(was: str, now: str, told: tuple[str, str, str]) -> None:
    assert changes(was, now) == [told]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (
            "The parliament will vote on the bill on June 18 in the capital.",
            "The parliament will vote on the bill on June 20 in the capital.",
        ),
        (
            "The parliament will vote on 18 June on the bill in the capital.",
            "The parliament will vote on 20 June on the bill in the capital.",
        ),
        (
            "The session opens at 9:30 in the hall of the old parliament.",
            "The session opens at 10:15 in the hall of the old parliament.",
        ),
        (
            "The session opens at 9 a.m. in the hall of the old parliament.",
            "The session opens at 10 a.m. in the hall of the old parliament.",
        ),
        (
            "The treaty was signed in 2019 by both of the governments.",
            "The treaty was signed in 2021 by both of the governments.",
        ),
        ("会议将于6月18日在北京举行。", "会议将于6月20日在北京举行。"),
        (
            "Das Parlament stimmt am 7. November über das Gesetz ab.",
            "Das Parlament stimmt am 9. November über das Gesetz ab.",
        ),
    ],
)  # fmt: skip
def test_dates_and_hours_count_nothing_and_still_change_a_sentence(was: str, now: str) -> None:
    assert changes(was, now) == []
    assert align(prepare([was]), prepare([now])).matches[0].status == "changed"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (
            "It bought the rival for $1.2 billion in cash and shares.",
            "It bought the rival for 1,200 million dollars in cash and shares.",
        ),
        (
            "The city has 1,250,000 people by the last count of the state.",
            "The city has 1.25 million people by the last count of the state.",
        ),
        (
            "The rate rose to 3.1% from 2.9% in the third quarter.",
            "The rate rose to 3.1 percent from 2.9 percent in the third quarter.",
        ),
        (
            "The city has ٣٥٠٠ people by the last count of the state.",
            "The city has 3,500 people by the last count of the state.",
        ),
    ],
)  # fmt: skip
def test_one_value_in_two_formats_has_not_changed(was: str, now: str) -> None:
    assert changes(was, now) == []


def test_people_who_may_have_died_are_counted_and_no_date() -> None:
    was = "Some 12 may have died when the bridge over the river fell on Monday."
    assert changes(was, was.replace("12", "20")) == [("12", "20", "died when the bridge")]
