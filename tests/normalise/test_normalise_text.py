from __future__ import annotations

import pytest

from ingest.normalise.text import Line, fold, lines_of, one_line, repair, strip_markup, unwrap


def paragraphs(text: str) -> list[str]:
    return [line.text for line in unwrap(lines_of(repair(text)), lambda line: line.text == "AFP")]


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("cafÃ© au lait", "café au lait"),
        ("â€œquotedâ€\x9d", "“quoted”"),
        ("Ð¿Ñ€Ð¸Ð²ÐµÑ‚", "привет"),
        ("AT&amp;T &#39;s", "AT&T 's"),
        ("e\u0301te\u0301", "été"),
        ("a\u200bb\u202ec\u00add\u0007", "abcd"),
        ("one\u00a0two\tthree\r\nfour\u2028five", "one two three\nfour\nfive"),
    ],
)
def test_what_is_broken_is_repaired(broken: str, whole: str) -> None:
    assert repair(broken) == whole


@pytest.mark.parametrize(
    "fine",
    [
        "l’été “quoted” — don’t… 50 €",
        "« déjà vu », dit-il à São Paulo",
        "Они сказали: «С»… №5",
        "R&D at AT&T; x < y",
        "می\u200cخواهم",
        "ÄÖÜ äöü ß Å",
        "習近平「談話」",
    ],
)
def test_what_is_fine_is_left_alone(fine: str) -> None:
    assert repair(fine) == fine


def test_markdown_goes_and_its_words_stay() -> None:
    line = strip_markup("## **By [Jane Doe](https://example.com)** and *others*")
    assert (line.text, line.heading) == ("By Jane Doe and others", 2)
    assert strip_markup("Required fields are marked *").text == "Required fields are marked *"
    assert strip_markup("**US concern**").heading == 7
    assert strip_markup("<https://example.com/a_b_c>").text == "https://example.com/a_b_c"
    assert one_line("# A\ntitle") == "A title"
    assert one_line("\u200b ") is None


def test_hard_wraps_are_undone() -> None:
    text = "The harbour of the northern town was\nclosed on Monday, a storm of long-\nstanding force.\n\nIt will\nopen."
    assert paragraphs(text) == [
        "The harbour of the northern town was closed on Monday, a storm of long-standing force.",
        "It will open.",
    ]


def test_lines_that_are_paragraphs_stay_apart() -> None:
    assert paragraphs("One ends.\nTwo ends.\nThree ends.") == ["One ends.", "Two ends.", "Three ends."]
    long = "word " * 30
    assert paragraphs(f"{long}\n{long}") == [long.strip()] * 2


def test_a_credit_after_a_wrapped_paragraph_stays_apart() -> None:
    assert paragraphs("The harbour was closed on\nMonday after a storm\nof force.\nAFP")[-1] == "AFP"


def test_wrapped_chinese_is_joined_without_a_space() -> None:
    assert paragraphs("今天上午在首都举\n行了一场重要的会\n议。") == ["今天上午在首都举行了一场重要的会议。"]


def test_folding_forgets_quotes_dashes_and_case_but_no_comma() -> None:
    assert fold("“Don’t” — He  said…") == fold('"don\'t" - he said...')
    assert fold("a, b") != fold("a b")
    assert fold("ＡＢＣ １２") == "abc 12"


def test_an_empty_text_has_no_lines() -> None:
    assert unwrap([], lambda line: False) == []
    assert lines_of(" \n\n ") == []
    assert lines_of("a\n\nb") == [Line("a"), Line("b", gap=True)]
