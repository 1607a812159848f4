"""House style folds away; what a reporter changed does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.alignment.tokens import canonical, stem, tokens


def folded(text: str) -> list[str]:
    return tokens(canonical(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the U.S. programme", "the US program"),
        ("United Nations sanctions", "UN sanctions"),
        ("“firmly supporting”, he said", '"firmly supporting," he said'),
        ("Korea’s defence ties", "Korea's defense ties"),
        ("1,200 organisations", "1200 organizations"),
        ("1\u202f200\u00a0000 euros", "1200000 euros"),
        ("[and] there", "(and) there"),
        ("the Central News Agency (KCNA) said", "the Central News Agency said"),
        ("Texas Instruments <TXN> rose 5 per cent", "Texas Instruments rose 5 pct"),
        ("ＡＢＣ １２", "abc 12"),
        ("co\u00adoperation", "cooperation"),
        ("labour’s neighbours", "labor's neighbors"),
    ],
)
def test_two_desks_spell_the_same_words(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("10 dead", "12 dead"), ("10.5 percent", "105 percent"), ("advertise", "advertize"), ("мой", "мои")],
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_scripts_without_spaces_are_taken_by_the_character() -> None:
    assert folded("普京抵达平壤。") == list("普京抵达平壤")
    assert len(folded("กรุงเทพ")) == 6  # combining marks stay with their letter
    assert folded("APECは10日") == ["apec", "は", "10", "日"]


def test_other_alphabets_are_words() -> None:
    assert folded("Путин прибыл в Пхеньян") == ["путин", "прибыл", "в", "пхеньян"]
    assert folded("प्रधानमंत्री मोदी") == ["प्रधानमंत्री", "मोदी"]


def test_a_stem_drops_one_common_ending() -> None:
    assert [stem(word) for word in ("talks", "talked", "talking", "bus")] == ["talk", "talk", "talk", "bus"]


@given(st.text())
def test_any_text_has_tokens_and_folding_twice_changes_nothing(text: str) -> None:
    once = folded(text)
    assert folded(" ".join(once)) == once or not text.isascii()
    assert all(once)


@given(st.lists(st.text(st.characters(exclude_characters="\n"))))
def test_canonical_form_keeps_the_number_of_lines(lines: list[str]) -> None:
    assert canonical("\n".join(lines)).count("\n") == max(0, len(lines) - 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ёлки ещё стоят", "Елки еще стоят"),
        ("الأمم المتّحدة إلى", "الامم المتحده الي"),
        ("ሠላም ፀሐይ ዓለም", "ሰላም ጸሀይ አለም"),
        ("१२ और ٣٤", "12 और 34"),
        ("Orbán und Erdoğan in İzmir", "Orban und Erdogan in Izmir"),
        ("Łódź, Zürich, Đà Nẵng", "Lodz, Zurich, Da Nang"),
        ("Κυριάκος Μητσοτάκης", "ΚΥΡΙΑΚΟΣ ΜΗΤΣΟΤΑΚΗΣ"),
    ],
)
def test_two_desks_spell_the_same_letters(one: str, other: str) -> None:
    assert folded(one) == folded(other)
