from __future__ import annotations

import pytest

from ingest.model import Accepted, Envelope
from ingest.normalise import normalise
from ingest.normalise.credit import attributed, named
from ingest.normalise.signatures import byline, is_credit

BODY = "The harbour of the northern town was closed on Monday after a storm damaged both of its piers."


def credit_of(text: str) -> str | None:
    return normalise(Accepted("1-0", 0, Envelope(key="k", source="s", text=text))).credit


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("AFP", "AFP"),
        ("(Reuters)", "Reuters"),
        ("REUTER", "Reuters"),
        ("– dpa", "dpa"),
        ("Source: Xinhua", "Xinhua"),
        ("来源：新华社", "Xinhua"),
        ("ТАСС", "TASS"),
        ("Associated Press", "AP"),
        ("AFP/dpa", "AFP"),
    ],
)
def test_a_line_that_is_an_agency_credits_it(line: str, name: str) -> None:
    assert is_credit(line)
    assert named(line) == name


@pytest.mark.parametrize("line", ["ap", "pa", "The AP is wrong", "Grand PA", "AFPX", "tt", "Reuters reported that"])
def test_words_that_only_spell_like_an_agency_do_not(line: str) -> None:
    assert not is_credit(line)


def test_a_credit_line_goes_before_a_dateline_and_both_before_attribution() -> None:
    assert credit_of(f"OSLO (Reuters) - {BODY} “Yes,” the mayor told AFP.\n\nAP") == "AP"
    assert credit_of(f"OSLO (Reuters) - {BODY} “Yes,” the mayor told AFP.") == "Reuters"
    assert credit_of(f"{BODY} “Yes,” the mayor told AFP.") == "AFP"
    assert credit_of(BODY) is None


def test_interviews_weigh_more_than_reports() -> None:
    assert (
        attributed(["Reuters reported a storm.", "According to Reuters it was the third.", "He told AFP so."]) == "AFP"
    )
    assert attributed(["TASS reported it."]) is None  # quoted far more often than carried


def test_bylines_give_author_and_agency() -> None:
    for line, name, agency in [
        ("By Cat Barton for AFP", "Cat Barton", "AFP"),
        ("By JANE DOE and RICHARD ROE", "JANE DOE and RICHARD ROE", None),
        ("Jane Doe, Associated Press", "Jane Doe", "AP"),
        ("By Jane Doe in Oslo | Reuters", "Jane Doe", "Reuters"),
        ("作者：李四", "李四", None),
        ("By the AP", None, "AP"),
    ]:
        signed = byline(line)
        assert signed is not None
        assert (signed.byline, signed.credit) == (name, agency)
    for line in ["By Monday evening the army", "BY THE NUMBERS", "By 2030", "By and large, no"]:
        assert byline(line) is None
