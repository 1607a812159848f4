"""Paragraphs to sentences, and how many words they have."""

from __future__ import annotations

import re

import sentencex

# Letters, digits and marks run together make a word; scripts without spaces count one word per character, as the
# shingles of dedupe do. Joiners inside (it's, 1,200, AT&T's) do not split a word.
WORD = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
    r"|(?:(?![\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])\w)+(?:['’.,:/&](?=\w)\w+)*"
)


def split(paragraph: str, language: str | None) -> list[str]:
    """The sentences of one paragraph, in order, none of them empty; joined they are the paragraph but for white space."""
    return [s for s in (part.strip() for part in sentencex.segment(language or "en", paragraph)) if s]


def count_words(text: str) -> int:
    """Words of spaced scripts, plus characters of scripts without spaces."""
    return sum(1 for _ in WORD.finditer(text))
