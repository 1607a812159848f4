"""Making the word table out of wordfreq's lists: 42 languages, the most frequent use of a word in any of them.

wordfreq's own loader keeps every dictionary: 3 s and 322 MB. Its files group words by centibel, the most frequent
first, so that reading them one language at a time, as far as the cut, needs a tenth of the memory and no floats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import version

from ingest.background.scripts import STEM_LETTERS, UNSPACED, bigrams, stem

CUT_CENTIBELS = 500
"""Words rarer than 1 in 100,000 in every language are left out: the table shrinks to a quarter, and BCubed F1 moves by
less than .007 on every set."""

Message = Callable[[str], None]


def source_version() -> str:
    """Version of the word lists that a table is made of."""
    return version("wordfreq")


def frequencies(say: Message) -> tuple[dict[str, float], dict[str, float]]:
    """Highest relative frequency in any language, of words and pairs of unspaced characters; and of stems.

    A stem is as frequent as all its forms together, a character pair as all words that it is part of.
    """
    import wordfreq  # half a second and 30 MB: only where a table has to be built

    say("building the word table, once per installation, about 5 s")
    files = dict(wordfreq.available_languages("small"))
    files["en"] = wordfreq.available_languages("large")["en"]
    words: dict[str, float] = {}
    stems: dict[str, float] = {}
    for language in sorted(files):
        pairs: dict[str, float] = {}
        forms: dict[str, float] = {}
        for word, frequency in _words(wordfreq.read_cBpack(files[language])):
            if UNSPACED.fullmatch(word):
                for pair in bigrams(word):
                    pairs[pair] = pairs.get(pair, 0.0) + frequency
                continue
            _raise(words, word, frequency)
            if len(word) >= STEM_LETTERS and word.isalpha():
                forms[stem(word)] = forms.get(stem(word), 0.0) + frequency
        for target, found in ((words, pairs), (stems, forms)):
            for term, frequency in found.items():
                _raise(target, term, frequency)
    return words, stems


def _words(buckets: list[list[str]]) -> Iterator[tuple[str, float]]:
    for centibels, bucket in enumerate(buckets[: CUT_CENTIBELS + 1]):
        for word in bucket:
            yield word, 10.0 ** (-centibels / 100)


def _raise(target: dict[str, float], term: str, frequency: float) -> None:
    if frequency > target.get(term, 0.0):
        target[term] = frequency
