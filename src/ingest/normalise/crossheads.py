"""Headings between the paragraphs of a text. Outlets add, drop and rewrite them in copies of one text."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from ingest.normalise.text import Line, ends_sentence


class CrossHeadLimits(msgspec.Struct, frozen=True):
    longest: int = 60
    """characters; agencies keep them under 30, websites under 60"""
    words: int = 8
    bare: int = 45
    """characters of one that nothing but its place gives away"""
    bare_words: int = 6
    wide: int = 20
    """characters in scripts that write a word in one or two"""
    paragraph: int = 60
    """a neighbour is at least so long and ends a sentence: lists and tables have no such neighbours"""
    wide_factor: int = 3
    """a character of Han tells about as much as three letters"""


LIMITS = CrossHeadLimits()

_DIGIT = re.compile(r"\d")
_LABEL = re.compile(r"\w{1,12}:|\(")


def mark_cross_heads(lines: Sequence[Line]) -> None:
    """Mark, in place, lines marked up as headings, framed in dashes, or short and endless between two paragraphs."""
    own = [line for line in lines if line.mark is None]
    for i, line in enumerate(own):
        if not _is_short(line.text, LIMITS.longest, LIMITS.words):
            continue
        after = own[i + 1].text if i + 1 < len(own) else ""
        before = own[i - 1].text if i else ""
        marked_up = line.heading and (before or line.heading < BOLD)
        placed = _is_framed(line.text) or (_is_paragraph(before) and _is_bare(line.text))
        if marked_up or (placed and _is_paragraph(after)):
            line.mark = "cross-head"


BOLD = 7  # `Line.heading` of a line that is bold from end to end


def _is_framed(text: str) -> bool:
    return len(text) > 2 and text[0] in "-–—" and text[-1] in "-–—"


def _is_bare(text: str) -> bool:
    """Could be a heading by its wording: no end of a sentence, no label, no figures among words (a table's row)."""
    if not _is_short(text, LIMITS.bare, LIMITS.bare_words) or text[-1] in ":：,，;；-–—" or _LABEL.match(text):
        return False
    if ends_sentence(text.rstrip("\"'”’»」』")):
        return False
    return not _DIGIT.search(text) or len(text.split()) <= 2


def _is_short(text: str, longest: int, words: int) -> bool:
    if len(text) > longest or text.count(" ") >= words:
        return False
    return text.isascii() or sum(c > "\u2e80" for c in text) <= LIMITS.wide


def _is_paragraph(text: str) -> bool:
    return len(text) * (LIMITS.wide_factor if text[:1] > "\u2e80" else 1) >= LIMITS.paragraph and ends_sentence(text)
