"""What is measured on: the Reuters wire of 1987 and pages of the web where INGEST_EVAL_DATA has them, else made up."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import random
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ingest.model import Envelope

from .machine import ROOT

WORDS, VOCABULARY, SENTENCE = 150, 20_000, 18  # a made-up article is as long as the mean one of the wire
COPIES = 0.1
CHANGED = 3  # one word in so many is another in each further round through the wire: no copies, the same frequencies


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
            title, text = _changed(title, turn), _changed(text, turn)
        yield Envelope(
            key=f"bench:{number}", source="bench", id=str(number), title=title, text=text, outlet="Wire", language="en"
        )


def _changed(text: str, turn: int) -> str:
    """Every line kept, one word in CHANGED replaced by one that only this turn has."""
    lines = (
        " ".join(f"{word}x{turn}" if zlib.crc32(f"{word}{turn}".encode()) % CHANGED == 0 else word for word in words)
        for words in (line.split(" ") for line in text.split("\n"))
    )
    return "\n".join(lines)


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
