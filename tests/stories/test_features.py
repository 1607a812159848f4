from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.background import Background
from ingest.stories.features import Terms, reader_of, terms, tokens
from ingest.stories.thresholds import THRESHOLDS


def shown(read: Terms) -> set[str]:
    return {read.words[int(code)] for code in read.codes}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Putin’s visit to North Korea's capital", ["putin", "visit", "to", "north", "korea", "capital"]),
        ("l'homme d’affaires, don't", ["homme", "affaires", "don"]),
        ("Ankara'daki toplantı, dell'Italia", ["ankara", "toplantı", "italia"]),
        ("a 5 é", []),
        ("COVID-19 in 2024", ["covid", "19", "in", "2024"]),
        ("习近平访问", ["习近", "近平", "平访", "访问"]),
        ("iPhone手机 и Straße", ["iphone", "手机", "strasse"]),
        ("ﬁrst Ｔｗｏ", ["first", "two"]),
        ("हिन्दी समाचार", ["हिन्दी", "समाचार"]),
    ],
    ids=[
        "possessives", "elisions", "endings and elisions", "single letters", "hyphens", "no spaces", "mixed",
        "ligatures", "vowel signs",
    ],
)  # fmt: skip
def test_words_are_told_apart_in_any_script(text: str, words: list[str]) -> None:
    assert [word for word, _ in tokens(text)] == words


def test_forms_of_a_word_are_one_term(background: Background) -> None:
    read = terms(None, ["Missiles, missile"], background)
    assert shown(read) == {"missiles"}
    assert read.length == 2


def test_the_title_weighs_more_than_the_lead_and_the_lead_more_than_the_rest(background: Background) -> None:
    filler = " ".join(["word"] * 60)
    read = terms("treaty", ["harbour", filler, "glacier"], background)
    weight = {read.words[int(c)]: float(w) for c, w in zip(read.codes, read.tf, strict=True)}
    assert weight["treaty"] > weight["harbour"] > weight["glacier"] == 1.0


def test_two_rare_words_side_by_side_are_a_term_of_their_own(background: Background) -> None:
    read = terms("Kim Jong talks", ["Kim Jong met the envoy, and Kim. Jong the younger"], background)
    assert "kim jong" in shown(read)
    assert "envoy kim" not in shown(read)


def test_a_bare_headline_has_no_pairs(background: Background) -> None:
    assert all(" " not in word for word in shown(terms("Kim Jong Un meets Putin", [], background)))


def test_reading_stops_after_four_hundred_words_of_the_body(background: Background) -> None:
    read = terms("two words", [f"number{n} is" for n in range(1000)], background)
    assert read.length == 2 + THRESHOLDS.reading.body_tokens


@pytest.mark.parametrize(("title", "body"), [(None, []), ("", [""]), ("?!", ["..."])])
def test_an_article_without_words_has_no_terms(background: Background, title: str | None, body: list[str]) -> None:
    read = terms(title, body, background)
    assert read.length == len(read.codes) == 0


def test_terms_are_sorted_and_typed_for_the_comparison(background: Background) -> None:
    read = terms("Putin lands in Pyongyang", ["The president landed early on Wednesday."], background)
    assert read.codes.dtype == np.uint32
    assert read.tf.dtype == read.presence.dtype == np.float32
    assert np.all(np.diff(read.codes.astype(np.int64)) > 0)


@pytest.mark.parametrize(
    ("title", "body", "share"),
    [
        ("Harbour closed", "A storm closed it.", 0.0),
        ("港口星期一关闭", "", 1.0),
        (None, "港口关闭 OECD", 0.75),
        ("港は閉鎖された", "", 1 / 6),
        ("", "", 0.0),
    ],
    ids=["English", "Chinese", "Chinese with a name in Latin", "Japanese", "nothing"],
)
def test_it_is_known_how_much_of_a_text_is_pairs_of_han(
    background: Background, title: str | None, body: str, share: float
) -> None:
    assert terms(title, [body], background).han == pytest.approx(share)


@settings(max_examples=120)
@given(
    st.lists(
        st.sampled_from(
            ["Kim", "Jong", "a", "don't", "l’homme", "北京", "iPhone手机", "é", "2024", " ", "  ", "-", "--", "\u2011",
             "'", ", ", "\n", "ﬁ", "\u00a0", "´", "हिन्दी"]
        ),
        max_size=12,
    ).map("".join)
)  # fmt: skip
def test_what_was_read_before_is_read_the_same(background: Background, text: str) -> None:
    found = reader_of(background).read(text)
    assert [(word, joined) for (word, _), joined in found] == tokens(text)
    assert all(known == background.word(word) for (word, known), _ in found)
