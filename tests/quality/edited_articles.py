"""Real articles of 25 languages for the edits of `edited`: where each comes from, and how its desk spells.

An article is written out anew from its own sentences, three to a paragraph, so that every edit can be made by sentence.
What stood on lines of its own (headings, players, half sentences of a broken crawl) is left out: run into the next
sentence it would be another one. So is what is page furniture once it begins a paragraph, a copyright notice that the
crawl had run into a sentence: no desk edits inside of it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import reuters_pairs as reuters

import edited
from ingest.normalise.text import ends_sentence
from madeup import SCRIPTS, Script, Story

FEWEST_SENTENCES = 6
A_LANGUAGE = 40
"""Articles of each: with eight edits some 320 deltas a language."""

_UNSPACED = {"zh": "Han"}
_SCRIPTS = {"ar": "Arabic", "ru": "Cyrillic", "am": "Ethiopic", "ti": "Ethiopic"}
_CODES = {"amh": "am", "tir": "ti", "eng": "en", "fra": "fr"}  # others by their three letters, as the product has them


def scripts_of(language: str) -> Script:
    """How its desks write: of the made-up scripts the one that has its letters."""
    return SCRIPTS[_UNSPACED.get(language) or _SCRIPTS.get(language) or "Latin"]


def articles(folder: Path) -> Iterator[tuple[str, str | None, str]]:
    """Language, title and text."""
    for row in reuters.rows(folder / "multilingual" / "masakhane_16lang_150each.jsonl"):
        yield _CODES.get(row["lang"], row["lang"]), row["title"], row["body"]
    for row in reuters.rows(folder / "multilingual" / "cctv_xwlb_2024.jsonl"):
        yield "zh", row["title"], row["body"]
    for row in reuters.rows(folder / "pairs" / "telegram_same_story.jsonl"):
        yield row["lang"], row["title1"], row["text1"]
    for row in reuters.rows(folder / "pairs" / "semeval22_t8_subset.jsonl"):
        for side in ("1", "2"):
            yield row["lang" + side], None, row["text" + side]


def stories(folder: Path) -> dict[str, list[Story]]:
    """By language; of each article its sentences, and one of another article."""
    texts: defaultdict[str, dict[str, tuple[str | None, list[str]]]] = defaultdict(dict)
    for language, title, body in articles(folder):
        known = texts[language]
        if len(known) < 3 * A_LANGUAGE and body and body[:200] not in known:
            sentences = list(filter(_whole, dict.fromkeys(edited.read(None, body, None).raw)))
            apart = frozenset(edited.read(None, "\n\n".join(sentences), None).raw)
            sentences = [sentence for sentence in sentences if sentence in apart]
            if len(sentences) >= FEWEST_SENTENCES:
                known[body[:200]] = (title, sentences)
    return {language: list(_made(language, list(known.values()))) for language, known in sorted(texts.items())}


def _whole(sentence: str) -> bool:
    first = sentence.lstrip("\"“«„¿¡'‘")[:1]
    return ends_sentence(sentence) and first.isalnum() and not first.islower()


def _made(language: str, texts: list[tuple[str | None, list[str]]]) -> Iterator[Story]:
    chance = random.Random(language)
    script = replace(scripts_of(language), language=language if len(language) == 2 else None)
    for title, sentences in chance.sample(texts, min(A_LANGUAGE, len(texts))):
        least = 40 if script.spaced else 15  # characters of a statement
        others = [one for _, told in texts for one in told if told is not sentences and least <= len(one) <= 300]
        foreign = chance.choice([one for one in others if one not in sentences])
        cut = [sentences[at : at + 3] for at in range(0, len(sentences), 3)]
        yield Story(script, title or "", cut, foreign)
