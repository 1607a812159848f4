"""What holds for any text at all, a hostile one included."""

from __future__ import annotations

import time
import unicodedata
from collections import Counter

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ingest.model import Accepted, Envelope, Normalised
from ingest.normalise import normalise
from ingest.normalise.boilerplate import MARKS
from ingest.normalise.text import repair

LINES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "AFP",
            "By Jane Doe",
            "June 18, 2024",
            "## Head",
            "**Bold**",
            "Share",
            "https://example.com/a",
            "SEOUL - Yes, it is.",
        ]
    ),
    st.from_regex(r"([A-Z][a-z]{2,8} ){3,9}[a-z]+[.!?]", fullmatch=True),
)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)
WORDS = "harbour storm pier council weeks boats repair mayor north Monday damage crowns south winter builders".split()
SENTENCES = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=9, max_size=16).map(lambda w: "The " + " ".join(w) + " again."),
    min_size=1,
    max_size=8,
    unique=True,
)


def of(text: str, title: str | None = None) -> Normalised:
    return normalise(Accepted("1-0", 0, Envelope(key="k", source="s", text=text, title=title, language="en")))


def letters(text: str) -> Counter[str]:
    return Counter(c for c in text if c.isalnum())


ANY = st.text(st.characters(exclude_categories=()), max_size=60)
"""Halves of surrogate pairs as well: an inbox entry can carry them."""


@settings(max_examples=60)
@given(TEXTS | ANY, st.none() | ANY)
def test_any_text_gives_a_valid_article(text: str, title: str | None) -> None:
    article = of(text, title)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(article), type=Normalised) == article
    assert {m.mark for m in article.marked} <= set(MARKS)
    assert all(s == s.strip() and s for s in article.sentences)
    for shown in (*article.sentences, *(m.text for m in article.marked), article.title or ""):
        assert unicodedata.is_normalized("NFC", shown)
        assert shown.encode().decode() == shown
        assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in shown)
        assert not any("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069" or c in "\u200b\ufeff" for c in shown)
    assert of(text, title) == article


@settings(max_examples=60)
@given(TEXTS)
def test_every_letter_is_in_a_sentence_or_in_a_marked_line(text: str) -> None:
    assume("](" not in text)  # of a link only the text is kept
    article = of(text)
    kept = "\n".join((*article.sentences, *(m.text for m in article.marked)))
    assert letters(kept) == letters(repair(text))


@settings(max_examples=30)
@given(SENTENCES)
def test_normalised_sentences_are_their_own_normal_form(sentences: list[str]) -> None:
    once = of("\n\n".join(sentences))
    assert of("\n\n".join(once.sentences)).sentences == once.sentences
    assert of(" ".join(once.sentences)).version == once.version


UNITS = (
    "a", " ", '"', "\n", "[", "[a](", "**a ", "*a", ". ", "A. ", ".A", "&amp;", "<http://", "Ã©", "中。", "e\u0301",
    "ab\n", "AFP\n", "June 18, 2024\n", "SEOUL - ", "told AFP ", "(photo ", "correction: ", "\u202e",
    "We say it again. ",
)  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    # 60,000 characters take 0.01 to 0.4 s; with quadratic work, 1,800,000,000 steps, they would take minutes.
    start = time.process_time()
    of(unit * (60_000 // len(unit)))
    assert time.process_time() - start < 3
