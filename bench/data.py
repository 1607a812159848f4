"""What is measured on: the Reuters wire of 1987 and pages of the web where INGEST_EVAL_DATA has them, else made up."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ingest.model import Envelope

from .machine import ROOT

WORDS, VOCABULARY, SENTENCE = 150, 20_000, 18  # a made-up article is as long as the mean one of the wire
COPIES = 0.1
KEPT = 100  # most frequent words, which every month shares
DIGITS = "0123456789"

_WORD = re.compile("[A-Za-z]+")


def folder() -> Path:
    return ROOT / os.environ.get("INGEST_EVAL_DATA", "../shared/data")


def _wire() -> Path:
    return folder() / "reuters21578" / "stream.jsonl"


def pages() -> list[Path]:
    """Gzipped pages as they were served; none where the folder is absent."""
    return sorted((folder() / "extraction" / "scrapinghub" / "html").glob("*.html.gz"))


def described() -> str:
    wire = "Reuters-21578" if _wire().is_file() else "no Reuters-21578: made-up articles"
    return f"{wire}; {len(pages()) or 'no'} pages of the scrapinghub extraction benchmark"


def articles(count: int, after: int = 0) -> list[Envelope]:
    """`count` articles in order, the same in every run, from number `after` on."""
    return list(itertools.islice(_articles(after), count))


def _articles(after: int) -> Iterator[Envelope]:
    texts = _texts()
    for number in itertools.count(after):
        turn, place = divmod(number, len(texts))
        title, text = texts[place]
        if turn:
            title, text = _retold(title, turn), _retold(text, turn)
        yield Envelope(
            key=f"bench:{number}", source="bench", id=str(number), title=title, text=text, outlet="Wire", language="en"
        )


def _retold(text: str, turn: int) -> str:
    """The same with other words in the places of its words, letter case kept, and other digits."""
    others = _others(turn)

    def other(match: re.Match[str]) -> str:
        word = match.group()
        traded = others.get(word.casefold(), word)
        return traded.upper() if word.isupper() else traded.capitalize() if word[0].isupper() else traded

    return _WORD.sub(other, text).translate(str.maketrans(DIGITS, DIGITS[turn % 10 :] + DIGITS[: turn % 10]))


@cache
def _others(turn: int) -> dict[str, str]:
    """Every word of the wire but the most frequent, and the one of about the same frequency that takes its place."""
    counts = Counter(word for pair in _texts() for text in pair for word in _WORD.findall(text.casefold()))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    chance, start = random.Random(turn), KEPT
    traded: dict[str, str] = {}
    while start < len(ranked):
        block = ranked[start : start + max(20, start // 5)]
        traded |= zip(block, chance.sample(block, len(block)), strict=True)
        start += len(block)
    return traded


@cache
def _texts() -> list[tuple[str, str]]:
    if not _wire().is_file():
        return list(_made_up(10_000))
    with _wire().open(encoding="utf-8") as lines:
        return [(row["title"], row["body"]) for row in map(json.loads, lines)]


def _made_up(count: int) -> Iterator[tuple[str, str]]:
    """Titles and texts out of a vocabulary with the frequencies of a language. Their judgement means nothing."""
    chance = random.Random(1)
    syllables = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(VOCABULARY)]
    frequencies = list(itertools.accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))  # Zipf
    made: list[tuple[str, str]] = []
    for _ in range(count):
        if made and chance.random() < COPIES:
            yield chance.choice(made)
            continue
        drawn = chance.choices(words, cum_weights=frequencies, k=WORDS)
        sentences = [" ".join(drawn[at : at + SENTENCE]).capitalize() + "." for at in range(0, WORDS, SENTENCE)]
        made.append((" ".join(drawn[:8]).capitalize(), "\n\n".join(sentences)))
        yield made[-1]


def page(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())
