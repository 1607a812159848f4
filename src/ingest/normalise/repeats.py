"""Sentences that a text says twice: the standfirst that the body repeats, and plain repetition."""

from __future__ import annotations

import re

import msgspec

from ingest.normalise.sentences import WORD


class RepeatLimits(msgspec.Struct, frozen=True):
    first: int = 3
    """a standfirst is among the first sentences"""
    min_words: int = 8
    """shorter ones repeat by chance (`He said no.`)"""
    share: float = 0.85
    """of its word pairs found in one later sentence: quotes, dashes and a word may differ; a paraphrase has under .7"""
    min_repeat_words: int = 6


LIMITS = RepeatLimits()


class Piece(msgspec.Struct):
    """A sentence of the article, or a marked line, in the order of the text. `folded` is empty for marked lines."""

    text: str
    folded: str = ""
    mark: str | None = None


def mark_standfirst(pieces: list[Piece]) -> None:
    """Mark opening sentences that one later sentence repeats nearly whole. The first is marked, the repetition is the text."""
    own = [p for p in pieces if p.mark is None]
    for i, piece in enumerate(own[: LIMITS.first]):
        words = WORD.findall(piece.folded)
        if len(words) < LIMITS.min_words:
            continue
        probes = sorted(set(words), key=len)[-6:]
        pairs = set(zip(words, words[1:], strict=False))
        for later in own[i + 1 :]:
            # Most sentences fail here: four of the six longest words, by plain search, before anything is tokenised.
            if sum(probe in later.folded for probe in probes) < 4:
                continue
            others = WORD.findall(later.folded)
            if len(pairs & set(zip(others, others[1:], strict=False))) >= LIMITS.share * len(pairs):
                piece.mark = "standfirst"
                break


def mark_repeats(pieces: list[Piece]) -> None:
    """Mark every later occurrence of a sentence the text already had."""
    seen: set[str] = set()
    for piece in pieces:
        if piece.mark is not None:
            continue
        bare = _PUNCTUATION.sub("", piece.folded)
        if bare in seen and len(WORD.findall(piece.folded)) >= LIMITS.min_repeat_words:
            piece.mark = "repeat"
        seen.add(bare)


_PUNCTUATION = re.compile(r"[\W_]+")
