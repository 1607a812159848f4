"""Look-alikes: what each begins with and the other has nowhere holds them apart, all else does not."""

from __future__ import annotations

import pytest

from ingest.alignment import Sentence, Text
from ingest.alignment.ordinals import ordinals
from ingest.alignment.tokens import stem
from ingest.stories.contrast import Beginning, Contrast, Said, contrast

PERU = "A bus fell into a ravine near Arequipa in southern Peru on Tuesday, police in Puno said. At least 24 died."
NEPAL = "A bus fell into a gorge near Jumla in western Nepal on Tuesday, police in Kathmandu said. At least 17 died."


def side(title: str | None, body: str) -> tuple[Beginning, Said]:
    text = Text(title, body.split(". "))
    sentences = [text.heading, *text.sentences] if text.heading else text.sentences
    stems = frozenset(stem(word) for each in sentences for word in each.words)
    figures = frozenset(key for each in sentences for key in each.figure_keys)
    return Beginning(text.heading, text.sentences), Said(stems.__contains__, figures.__contains__, lambda: sentences)


def between(first: tuple[str | None, str], second: tuple[str | None, str]) -> Contrast | None:
    found = contrast(*side(*second), *side(*first))
    assert contrast(*side(*first), *side(*second)) == found  # it does not matter which came first
    return found


def test_two_accidents_of_one_kind_in_two_countries_are_two() -> None:
    assert between((None, PERU), (None, NEPAL)) == "other names and figures"


def test_one_name_in_common_is_enough_wherever_it_stands() -> None:
    assert between((None, PERU), (None, PERU.replace("Arequipa", "Nazca").replace("Puno", "Lima"))) is None
    elsewhere = NEPAL + " It was the worst accident since one in Peru."
    assert between((None, PERU), (None, elsewhere)) is None


def test_one_figure_in_common_is_enough_and_none_at_all_tells_nothing() -> None:
    assert between((None, PERU), (None, NEPAL.replace("17", "24"))) is None
    assert between((None, PERU), (None, NEPAL.replace("17", "Many"))) is None
    year = " It is the worst accident of 2025."
    assert between((None, PERU + year), (None, NEPAL + year)) == "other names and figures"
    assert between((None, PERU), (None, NEPAL.replace("17 died", "Many died in 2025"))) is None


def test_few_names_tell_nothing() -> None:
    assert between((None, PERU), (None, "A bus fell into a gorge in Nepal on Tuesday. At least 17 died.")) is None


def test_where_every_noun_has_a_capital_names_tell_nothing() -> None:
    first = "Ein Bus ist bei Arequipa in Peru in eine Schlucht gestürzt, wie die Polizei in Puno sagte. 24 sind tot."
    second = "Ein Lastwagen ist bei Jumla in Nepal in einen Fluss gefallen, wie es in Kathmandu hieß. 17 sind tot."
    assert between((None, first), (None, second)) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("EU adopts 12th package of sanctions", "EU adopts 13th package of sanctions"),
        ("Brandt ahead in first round of election", "Brandt wins second round of election"),
        ("Zweite Runde der Gespräche in Graz", "Dritte Runde der Gespräche in Graz"),
        ("La première manche du scrutin", "La deuxième manche du scrutin"),
        ("12-й пакет санкций принят", "13-й пакет санкций принят"),
        ("欧盟通过第十二轮制裁", "欧盟通过第13轮制裁"),
    ],
)
def test_another_of_a_number_is_another(first: str, second: str) -> None:
    assert between((first, "Talks ended."), (second, "Talks ended.")) == "another ordinal"


def test_who_speaks_of_both_is_of_both() -> None:
    first, second = ("First round of election ends", "A second round is due in May"), ("Second round begins", "In May")
    assert between(first, second) is None


def test_what_goes_on_from_day_to_day_is_one_thing() -> None:
    assert between(("Second day of the trial", "Talks ended."), ("Third day of the trial", "Talks ended.")) is None


def test_ordinals_are_read_in_figures_and_in_words() -> None:
    assert set(ordinals(Sentence("The 3rd circuit, the third circuits and the 21st session"))) == {
        ("circuit", "3"),
        ("session", "21"),
    }
    assert set(ordinals(Sentence("第二十一次会议，第3届"))) == {("次", "21"), ("届", "3")}
    assert not set(ordinals(Sentence("5kg parcels, 12 packages, 3rd time, a first year, thirty packages")))
