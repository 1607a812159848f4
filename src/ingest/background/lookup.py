"""Looking words up: frequencies with a floor, and the term that a word counts as."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from ingest.background.scripts import UNSPACED, fold, has_forms, stem
from ingest.background.table import Table, digest_of

STEM_MARK: Final = "\x00"  # before a stem in the table: `govern` the word and `govern` the stem are two entries
CHARACTER_MARK: Final = "\x01"  # before a character of the unspaced scripts, whatever words it is in


class Floors(NamedTuple):
    """Frequencies taken where the table has none, or too small a one."""

    word: float = 1e-7  # wordfreq's lists end about here
    number: float = 2e-5  # up to four digits: years and counts are everywhere, though each is rare in word lists
    long_number: float = 1e-6  # telephone numbers, prices in full
    # Two letters 1e-4, three 1e-5, where the lists are cut, four 1e-6: as common may a word be in a language without a
    # list. A fourth to a third fewer unrelated texts in Igbo and Yoruba join; ten times as much moves English sets.
    short: float = 1e-2
    short_letters: int = 4


class Word(NamedTuple):
    """What is known of a word without its text: the term it counts as, and how common that is.

    term       the word's stem
    code       32-bit hash of the term
    presence   chance that a text of 250 words contains the term
    frequency  relative frequency of the word itself
    """

    term: str
    code: int
    presence: float
    frequency: float


FLOORS: Final = Floors()
CACHED: Final = 100_000  # words kept in the process: about 25 MB when full, and nine of ten look-ups of a stream
_CODE: Final = 0xFFFFFFFF
TEXT_WORDS: Final = 250  # a text of this length is the yardstick; news texts are 50 to 1,000 words long


class Background:
    """Word frequencies of an installation. One per process; holds a bounded cache, nothing else."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._words: dict[str, Word] = {}

    def frequency(self, word: str) -> float:
        """Relative frequency of a casefolded word in the language that uses it most; never 0."""
        return self.word(word).frequency

    def idf(self, word: str) -> float:
        """Weight of a word in a comparison of titles: nats of surprise that a 250-word text holds it, 0 upwards."""
        return -math.log(_presence(self.word(word).frequency))

    def word(self, word: str) -> Word:
        """Everything about a casefolded word (or a pair of unspaced characters) at once; 0.1 us when seen before."""
        found = self._words.get(word)
        return found if found is not None else self._look_up(word)

    def _look_up(self, word: str) -> Word:
        folded = fold(word)
        term = stem(folded)
        digest = digest_of(folded)
        frequency = self._table.find(digest)
        frequency = max(frequency, _floor(folded)) if frequency else self._by_chance(folded)
        forms = self._table.get(STEM_MARK + term) if has_forms(term) else 0.0
        code = digest & _CODE if term is folded else code_of(term)
        found = Word(term, code, _presence(max(frequency, forms, _by_length(folded))), frequency)
        if len(self._words) >= CACHED:
            self._words.clear()
        self._words[word] = found
        return found

    def _by_chance(self, word: str) -> float:
        """Of what no list has. Two characters that no word holds meet where words do: as often as both by chance."""
        if len(word) == 2 and UNSPACED.fullmatch(word):
            first, second = (self._table.get(CHARACTER_MARK + character) for character in word)
            return max(first * second, FLOORS.word)
        return _floor(word)


def code_of(term: str) -> int:
    """32-bit hash of a term. Of a million terms some hundred share a code; two in one comparison, never yet seen."""
    return digest_of(term) & _CODE


def _presence(frequency: float) -> float:
    return -math.expm1(-TEXT_WORDS * frequency)


def _by_length(word: str) -> float:
    """What a short word may be as frequent as in a language without a list: a hundredth, a tenth of that for each
    letter. Short words are the common ones everywhere (Zipf); in listed languages few of those are missing."""
    if len(word) > FLOORS.short_letters or not word.isalpha() or UNSPACED.match(word):
        return 0.0
    return FLOORS.short * 0.1 ** len(word)


def _floor(word: str) -> float:
    if word.isdigit():
        return FLOORS.number if len(word) <= 4 else FLOORS.long_number
    return FLOORS.word
