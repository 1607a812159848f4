"""Sentences that a text says twice: the standfirst that the body repeats, and plain repetition."""

from __future__ import annotations

import math
import re
import string
from itertools import pairwise

import msgspec

from ingest.normalise.sentences import words


class RepeatLimits(msgspec.Struct, frozen=True):
    first: int = 3
    """a standfirst is among the first sentences"""
    reach: int = 12
    """sentences after it in which the text repeats it; later it is repetition, and the first telling keeps its place"""
    min_words: int = 8
    """shorter ones repeat by chance (`He said no.`)"""
    share: float = 0.85
    """of its word pairs found in one later sentence: quotes, dashes and a word may differ; a paraphrase has under .7"""
    run: int = 15
    """words in a row that one later sentence has as well: nobody writes so many twice by chance, and then"""
    run_share: float = 0.6
    """of the word pairs is enough: an editor's standfirst made of a sentence of the text, with its beginning changed"""
    min_repeat_words: int = 6
    """words with letters in a repeated sentence; table rows and short answers repeat by right"""


LIMITS = RepeatLimits()


class Piece(msgspec.Struct):
    """A sentence of the article, or a marked line, in the order of the text. `folded` is empty for marked lines."""

    text: str
    folded: str = ""
    mark: str | None = None


def mark_standfirst(pieces: list[Piece]) -> None:
    """Mark opening sentences that a later one repeats nearly whole. The first is marked, the repetition is the text."""
    own = [p for p in pieces if p.mark is None]
    for i, piece in enumerate(own[: LIMITS.first]):
        own_words = words(piece.folded)
        if sum(word[0].isalpha() for word in own_words) < LIMITS.min_words:
            continue
        probes = sorted(set(own_words), key=len, reverse=True)
        # The two longest, and all as long as the second: among equals, which come first is chance.
        least = len(probes[:2][-1])
        longest = [word for word in probes if len(word) >= least]
        # Most sentences fail here, by plain search, before anything is tokenised.
        later = [p.folded for p in own[i + 1 : i + 1 + LIMITS.reach] if any(map(p.folded.__contains__, longest))]
        if not later:
            continue
        pairs = list(pairwise(own_words))
        # Each word that a later sentence lacks costs a pair, except the last.
        lacking = math.ceil((1 - LIMITS.run_share) * len(set(pairs))) + 1
        for folded in later:
            if not _lacks(folded, probes, lacking) and _tells(pairs, set(pairwise(words(folded)))):
                piece.mark = "standfirst"
                break


def _lacks(text: str, probes: list[str], most: int) -> bool:
    """Whether more than `most` of the words are not in the text: it cannot tell the same then."""
    lacking = 0
    for word in probes:
        if word not in text:
            lacking += 1
            if lacking > most:
                return True
    return False


def _tells(pairs: list[tuple[str, str]], others: set[tuple[str, str]]) -> bool:
    """Whether a later sentence says nearly all of it, or most of it in one run of the same words."""
    share = len(others.intersection(pairs)) / len(set(pairs))
    if share >= LIMITS.share or share < LIMITS.run_share:
        return share >= LIMITS.share
    run = longest = 0
    for pair in pairs:
        run = run + 1 if pair in others else 0
        longest = max(longest, run)
    return longest + 1 >= LIMITS.run


def mark_repeats(pieces: list[Piece]) -> None:
    """Mark every later occurrence of a sentence the text already had."""
    seen: set[str] = set()
    for piece in pieces:
        if piece.mark is not None:
            continue
        folded = piece.folded
        bare = folded.translate(_ASCII_PUNCTUATION) if folded.isascii() else _PUNCTUATION.sub("", folded)
        if bare in seen and sum(w[0].isalpha() for w in words(piece.folded)) >= LIMITS.min_repeat_words:
            piece.mark = "repeat"
        seen.add(bare)


_PUNCTUATION = re.compile(r"[\W_]+")
_ASCII_PUNCTUATION = {code: None for code in range(128) if chr(code) not in string.ascii_letters + string.digits}
