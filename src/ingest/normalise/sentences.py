"""Paragraphs to sentences, and how many words they have."""

from __future__ import annotations

import re

import sentencex

_WIDE = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# A run of letters and digits is a word, with what joins them inside (it's, 1,200, AT&T); in scripts without spaces each
# character is one, as it is for the shingles of dedupe.
_WORD = re.compile(rf"[^\W{_WIDE}]+(?:['’.,:/&][^\W{_WIDE}]+)*|[{_WIDE}]")
_SPACED_WORD = re.compile(r"\w+(?:['’.,:/&]\w+)*")
_WIDE_CHAR = re.compile(f"[{_WIDE}]")


def split(paragraph: str, language: str | None) -> list[str]:
    """The sentences of one paragraph, in order, none of them empty; joined they are the paragraph but for white space."""
    return [s for s in (part.strip() for part in sentencex.segment(language or "en", paragraph)) if s]


def words(text: str) -> list[str]:
    """Words of spaced scripts and characters of scripts without spaces, in order."""
    # Taking the scripts out of the word class costs four times the time: most texts have none of them.
    return (_WORD if _WIDE_CHAR.search(text) else _SPACED_WORD).findall(text)
