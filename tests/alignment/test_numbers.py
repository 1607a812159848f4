"""Figures: the same value in two formats is one, two values are two however close."""

from __future__ import annotations

import pytest

from ingest.alignment.numbers import Figure, figures, pairs, same_value
from ingest.alignment.tokens import canonical, tokens


def words(text: str) -> list[str]:
    return tokens(canonical(text))


def only(text: str) -> Figure:
    (figure,) = figures(words(text))
    return figure


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.46 billion dollars", "$1,459,193,000"),
        ("14.6 mln", "14,571,434"),
        ("2 mln", "2,000,000"),
        ("ten killed", "10 killed"),
        ("3.5万人", "35000人"),
        ("3 dozen", "36"),
        ("10.50", "10.5"),
        ("1.2 trillion", "1,200,000,000,000"),
        ("$1.2 billion", "1,200 million dollars"),
        ("1,2 Milliarden Euro", "1.200.000.000 Euro"),
        ("٣٬٥٠٠", "3500"),
    ],
)
def test_one_value_in_two_formats_is_the_same(one: str, other: str) -> None:
    assert same_value(only(one), only(other))
    assert same_value(only(other), only(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [("400 mln", "402 mln"), ("9,800", "10 thousand"), ("10 mln", "10 bln"), ("9:30", "9:45"), ("9" * 400, "8" * 400)],
)
def test_two_values_are_two(one: str, other: str) -> None:
    assert not same_value(only(one), only(other))


def test_a_number_word_that_points_is_no_figure() -> None:
    assert figures(words("the two leaders, one of them, between two wars")) == []
    assert [figure.key for figure in figures(words("two soldiers and one mln dlrs"))] == ["2", "1000000"]


def test_a_lost_figure_is_paired_with_what_stands_in_its_place() -> None:
    was, now = words("10 dead and 25 hurt in 3 towns"), words("in 3 towns 27 hurt and 12 dead")
    lost = [figure for figure in figures(was) if figure.key != "3"]
    found = [figure for figure in figures(now) if figure.key != "3"]
    assert {(a.key, b.key) for a, b in pairs(lost, found, was, now)} == {("10", "12"), ("25", "27")}
