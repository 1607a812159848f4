"""A text that takes several stored ones together. Made-up texts; what flows from it is in tests/decide."""

from __future__ import annotations

import pytest

from ingest.dedupe import ROUNDUP, Compared, Text, relate, roundup

FERRY = (
    "The ferry Aurora sank off the northern coast early on Monday with 212 people on board, the coast guard said.",
    "Rescue boats from three harbours searched the bay for survivors throughout the morning in heavy seas.",
    "The owner said that the ship had been inspected in March and was found to be in good order.",
)
ZINC = (
    "Zinc prices fell to their lowest in a decade after smelters in Antwerp cut their orders for the second time.",
    "Traders in London spoke of empty books, and the exchange raised what it asks of those who borrow.",
    "Two mines in the Andes will close in autumn unless the price recovers, their owners told investors.",
)
VOTE = (
    "Parliament in Lisbon passed the budget for next year with the votes of three parties after a night of debate.",
    "The finance minister promised to lower the tax on rents as soon as the deficit is below two percent.",
    "The opposition called the vote a farce and left the chamber before the result was read out by the speaker.",
)
BRIDGE = (
    "A bridge over the river Mur fell on Sunday night after three days of rain, and nobody was hurt.",
    "Engineers had closed it an hour before, when cracks were seen in the second pillar from the bank.",
    "The mayor of Graz wants to know why warnings of two inspectors were left in a drawer for a year.",
)
PARTS = {"ferry": FERRY, "zinc": ZINC, "vote": VOTE}


def text(*sentences: str, title: str = "The week in brief") -> Text:
    return Text(title, sentences)


def flat(word: str) -> float:
    return 1.0


def compared(new: Text, *old: tuple[str, ...], stories: int = 3, own: bool = False) -> list[Compared]:
    verdicts = [relate(text(*each, title=each[0][:30]), new, hours=5, idf=flat, own=own) for each in old]
    return [Compared(at, at % stories, verdict) for at, verdict in enumerate(verdicts)]


def test_three_texts_side_by_side_make_a_round_up_of_three() -> None:
    found = roundup(compared(text(*VOTE, *FERRY, *ZINC), *PARTS.values()))
    assert found is not None
    assert sorted(found.parts) == [0, 1, 2]
    assert found.covered > 0.9


def test_two_sentences_of_each_are_enough_and_so_are_parts_among_other_news() -> None:
    found = roundup(compared(text(*FERRY[:2], *ZINC[:2], *VOTE[1:], *BRIDGE[:2]), *PARTS.values()))
    assert found is not None
    assert len(found.parts) == 3


@pytest.mark.parametrize(
    "new",
    [
        FERRY,  # a copy
        (*FERRY, BRIDGE[0]),  # the next version
        (*FERRY, *FERRY[:1], *ZINC[:1]),  # most of it is one text
        (*FERRY[:2], *BRIDGE),  # one part only
        (FERRY[0], ZINC[0]),  # too short
        BRIDGE,
    ],
)
def test_a_version_of_one_text_is_none(new: tuple[str, ...]) -> None:
    assert roundup(compared(text(*new), *PARTS.values())) is None


def test_texts_that_share_a_form_of_words_are_none() -> None:
    form = (
        "{} is issuing a bond of {} mln dlrs due in 1997 with a coupon of eight percent and priced at par, manager "
        "{} said on Friday. The bond is available in denominations of 5,000 dlrs and will be listed in Luxembourg. "
        "Payment date is April 15. Selling concession is one percent, management and underwriting together pay more."
    )
    names = [("Northwind", "40", "Contoso"), ("Fabrikam", "75", "Tailspin"), ("Adatum", "120", "Litware")]
    old = [tuple(form.format(*name).split(". ")) for name in names]
    new = (*form.format("Wingtip", "90", "Proseware").split(". "), *BRIDGE, *VOTE)
    assert roundup(compared(text(*new), *old)) is None


def test_a_text_that_goes_on_from_parts_of_one_story_is_a_version_and_no_round_up() -> None:
    new = text(*FERRY, *ZINC, *BRIDGE[:1])
    found = compared(new, FERRY, ZINC, stories=1)
    assert {each.verdict.kind for each in found} == {"revision"}
    assert roundup(found) is None
    assert roundup(compared(new, FERRY, ZINC)) is not None


def test_an_articles_own_next_version_is_none() -> None:
    assert roundup(compared(text(*FERRY, *ZINC, *BRIDGE[:1]), FERRY, ZINC, own=True)) is None


def test_versions_of_one_text_are_one_part() -> None:
    verdicts = [relate(text(*FERRY), text(*FERRY[:2], *BRIDGE, *VOTE), hours=1, idf=flat) for _ in range(3)]
    assert roundup([Compared(7, 7, verdict) for verdict in verdicts]) is None
    assert ROUNDUP.parts == 2
