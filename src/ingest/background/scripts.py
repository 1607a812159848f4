"""Writing systems: which need no spaces between words, and how long a word's stem is.

Here and not in `stories`, because the word table is built with the same terms that are later looked up in it.
"""

from __future__ import annotations

import re
from typing import Final

UNSPACED: Final = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Burmese
    "\u1780-\u17ff"  # Khmer
    "\u3005\u3040-\u30ff"  # kana and the mark of repetition
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"  # Han
    "]+"
)
"""Runs that are read as character bigrams: no spaces tell where a word ends."""

STEM_LETTERS: Final = 6
"""A word longer than this counts by its first letters, in any language. Six joins `missile` with `missiles`, and in
pairs of inflected languages raises the area under the curve by .016 to .026 (ru, pl, de, tr); English neither gains
nor loses."""


def stem(word: str) -> str:
    """The term that a casefolded word counts as: its first six letters; numbers and codes stay whole."""
    return word[:STEM_LETTERS] if len(word) > STEM_LETTERS and word.isalpha() else word


def bigrams(run: str) -> list[str]:
    """The overlapping character pairs of an unspaced run; a single character stands for itself."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]
