"""The quick ways through plain text say what the general ones say."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.alignment import tokens as ways
from ingest.alignment.folding import fold
from ingest.alignment.tokens import canonical, spelled, tokens

PIECES = st.lists(
    st.sampled_from(
        ["U.S.", "a.b.c", "U.S.-led", "é.è.", "1.4.", "1,200", "1,2000", "12,345,678", "x's", "ss'", "'s", "s' ",
         "<TXN>", "<", "<a>", "(KCNA)", "(K", "[", "]", ")", "United States", "united nations", "PER CENT", "per",
         " ", "\n", "é", "习近", "平\u0301", "12:30", "`s", "“", "\u202f", "1\u00a0200", "a", "İ", "Natıons",
         "United Natıons", "ß", "Ω"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


def as_first_written(text: str) -> str:
    """`canonical` of text without signs to fold, every pattern tried at every character."""
    text = re.sub(r"\b(?:[^\W\d_]\.){2,}", lambda m: m[0].replace(".", ""), text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(?<=\d),(?=\d{1,2}(?!\d))", ".", text)
    text = re.sub(r"'s\b|(?<=s)'(?=\s|$)", "", text)
    text = re.sub(r"\b(?i:united nations)\b", "UN", text)
    text = re.sub(r"\b(?i:united states)\b", "US", text)
    text = re.sub(r"\b(?i:united kingdom)\b", "UK", text)
    text = re.sub(r"\b(?i:per cent)\b", "percent", text)
    return re.sub(r"<[A-Z][A-Z.&]{0,9}>|\([A-Z]{2,6}\)|[\[\]()]", " ", text)


@settings(max_examples=120)
@given(PIECES.filter(str.isascii))
def test_a_search_from_the_sign_finds_what_a_search_from_every_character_finds(text: str) -> None:
    assert canonical(text) == as_first_written(text)


@settings(max_examples=120)
@given(PIECES | st.text(st.characters(max_codepoint=0x24FF), max_size=40))
@example("平\u0301安 \u0301x")
def test_plain_text_has_the_tokens_that_the_general_pattern_finds(line: str) -> None:
    assert tokens(line) == [spelled(word) for word in ways._TOKEN.findall(fold(line))]


def test_every_plain_character_is_read_alike_by_both_patterns() -> None:
    folded = [chr(code) for code in range(0x10000) if not 0x41 <= code <= 0x5A]  # lines come casefolded
    plain = [char for char in folded if ways._PLAIN.fullmatch(char)]
    assert len(plain) > 22_000
    for line in (f"a{''.join(plain)}", " ".join(plain), "".join(f"7{each}安{each}b" for each in plain)):
        assert ways._PLAIN_TOKEN.findall(line) == ways._TOKEN.findall(line)


def test_a_name_in_turkish_letters_is_left_as_it_is() -> None:
    assert canonical("UNITED NATİONS, United Natıons") == "UNITED NATİONS, United Natıons"
