"""Names that appear for the first time, as the sentence writes them."""

from __future__ import annotations

import pytest

from ingest.alignment import align, prepare
from ingest.alignment.named import NOUNS, Names, capitals

TOLD = ["The ferry Aurora sank off Norway early on Monday, and the minister Anna Berg ordered an enquiry."]


def named(*texts: str, language: str | None = None) -> tuple[str, ...]:
    names = Names(texts, language)
    for match in align(prepare(TOLD), prepare(texts)).of("changed", "new"):
        names.add(match.sentence, match.names)
    return names.told()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Investigators found that the owner, Ole van Dyk, had sold the ferry in May.", ("Ole van Dyk",)),
        ("The minister said the Bank of Tromsø and its head Nils Lie would be heard.", ("Bank of Tromsø", "Nils Lie")),
        ("Anna Berg, the minister, said that the divers were waiting for the weather.", ()),
        ("A spokesman of NATO's office in Oslo confirmed that there was a submarine.", ("NATO", "Oslo")),
        ("Witnesses saw how the boats turned, and Svea Lund filmed it on Tuesday.", ("Svea Lund",)),
        ("Министр сообщил, что водолазы из города Мурманск ждут погоды.", ("Мурманск",)),
        ("Die Fähre gehört seit Jahren dem alten Hans Behn aus Kiel, der die Reederei verkaufen will.", ("Hans Behn",)),
        ("部长说，潜水员正在等待天气好转。", ()),
        ("NOTE: the year was a good one for the owner, and Sen. Berg said so.", ()),
        ("Corrects March 11 item on the owner of the ship.", ()),
        ("THE MINISTER SAID THAT THE DIVERS FROM MURMANSK WERE WAITING FOR BETTER WEATHER", ()),
        ("Ferry Owner Sold Ship Twice Before Disaster Off Coast", ()),
    ],
)
def test_what_was_never_named_is_told_in_full(text: str, names: tuple[str, ...]) -> None:
    assert named(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Zwei Schlepper zogen das Schiff am Abend in den Hafen.", ()),
        ("Die Sund Star lief am Morgen mit 240 Menschen an Bord auf Grund.", ("Sund Star",)),
        ("Mehrere Fahrzeuge gerieten in Brand, und es entstand rund 100.000 Euro Schaden.", ()),
        ("Nach Angaben der Polizei wurden die Fenster der Arztpraxis Ende März beschädigt.", ()),
        ("Der Reeder Hans Behn und die EZB wollen bis Mitte Juni warten.", ("Reeder Hans Behn", "EZB")),
        ("D'Kapitän Jos Weber huet d'Schëff um Owend an den Hafe bruecht.", ("Jos Weber",)),
    ],
)
def test_where_every_noun_has_a_capital_a_name_is_two_words(text: str, names: tuple[str, ...]) -> None:
    language = "lb" if text.startswith("D'") else "de-AT"
    assert named(text, language=language) == names


def test_the_language_decides_before_the_share_of_capitals() -> None:
    text = "In Oslo, Bergen, Narvik and Hamar Nils Lie spoke to Kretsch of the crew about it."
    assert capitals([text]) > NOUNS
    assert "Kretsch" in named(text, language="en")
    assert "Kretsch" not in named(text)


@pytest.mark.parametrize(
    "text",
    ["Two Russian tugs pulled the ship off.", "Trois Russes ont été vus.", "CORRECTED: the Russian tug was early."],
)
def test_a_number_or_a_label_that_begins_a_sentence_is_no_name(text: str) -> None:
    assert named(text, language="en") == (("Russian",) if "Russian" in text else ("Russes",))


def test_one_person_is_one_name_in_the_longest_form() -> None:
    texts = ("The captain, one Lund, was ashore at night.", "The court heard Svea Lund about it on Friday.")
    assert named(*texts) == named(*reversed(texts)) == ("Svea Lund",)


def test_a_word_that_begins_a_sentence_is_a_name_where_it_has_its_capital_elsewhere() -> None:
    assert named("Kretsch refused to talk about the sale of the ship.") == ()
    assert named("Kretsch refused to talk about the sale.", "Police asked the lawyer of Kretsch for papers.") == (
        "Kretsch",
    )


def test_the_share_of_capitals_is_of_words_inside_sentences() -> None:
    assert capitals(["The big Dog saw a Cat in the old House here."]) == pytest.approx(3 / 10)
    assert capitals(["Yes."]) == 0.0
