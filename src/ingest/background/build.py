"""Making the word table out of wordfreq's lists: 42 languages, the most frequent use of a word in any of them.

wordfreq's own loader keeps every dictionary: 3 s and 322 MB. Its files group words by centibel, the most frequent
first, so that reading them one language at a time, as far as the cut, needs a tenth of the memory and no floats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from typing import NamedTuple

from ingest.background.scripts import UNSPACED, fold, has_forms, pieces, stem

CUT_CENTIBELS = 500
"""Words rarer than 1 in 100,000 in every language are left out: the table shrinks to a quarter, and BCubed F1 moves by
less than .007 on every set."""

Message = Callable[[str], None]


def source_version() -> str:
    """Version of the word lists that a table is made of."""
    return version("wordfreq")


class Frequencies(NamedTuple):
    """Highest relative frequency in any language of words and unspaced pieces, of stems, of unspaced characters.

    A stem is as frequent as all its forms together, a piece or character as all words that it is part of.
    """

    words: dict[str, float]
    stems: dict[str, float]
    characters: dict[str, float]


def frequencies(say: Message) -> Frequencies:
    """All of it, out of wordfreq's lists."""
    import wordfreq  # half a second and 30 MB: only where a table has to be built

    say("building the word table, once per installation, about 5 s")
    files = dict(wordfreq.available_languages("small"))
    files["en"] = wordfreq.available_languages("large")["en"]
    found = Frequencies({}, {}, {})
    for language in sorted(files):
        _add(found, _words(wordfreq.read_cBpack(files[language])))
    return found


def _add(found: Frequencies, listed: Iterator[tuple[str, float]]) -> None:
    """One language's words; a spelling that folds to another's counts with it."""
    words: dict[str, float] = {}
    stems: dict[str, float] = {}
    characters: dict[str, float] = {}
    for written, frequency in listed:
        word = fold(written)
        if UNSPACED.fullmatch(word):
            _sum(words, pieces(word), frequency)
            _sum(characters, word, frequency)
        else:
            _sum(words, (word,), frequency)
            if has_forms(word):
                _sum(stems, (stem(word),), frequency)
    for target, own in zip(found, (words, stems, characters), strict=True):
        for term, frequency in own.items():
            target[term] = max(frequency, target.get(term, 0.0))


def _sum(target: dict[str, float], terms: Iterable[str], frequency: float) -> None:
    for term in terms:
        target[term] = target.get(term, 0.0) + frequency


def _words(buckets: list[list[str]]) -> Iterator[tuple[str, float]]:
    for centibels, bucket in enumerate(buckets[: CUT_CENTIBELS + 1]):
        for word in bucket:
            yield word, 10.0 ** (-centibels / 100)
