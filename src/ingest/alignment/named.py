"""Names as a sentence writes them: runs of capitalised words of which one was never told.

Where capitals mean nothing (Arabic, Han, Thai, text in capitals throughout) there are none to be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import regex

from ingest.alignment.labels import bare
from ingest.alignment.months import FOLDED
from ingest.alignment.number_words import NUMBER_WORDS, PERHAPS
from ingest.alignment.once import once
from ingest.alignment.sentence import Sentence
from ingest.alignment.tokens import spelled
from ingest.alignment.words import CALENDAR, FUNCTION_WORDS

NOUNS = 0.27
"""Share of capitals among the words inside sentences from which nouns have them too, where the language is not known:
German has .29 to .39, English .04 to .26, other languages less."""
NOUN_LANGUAGES = frozenset({"de", "lb"})
"""Languages that write every noun with a capital: German and Luxembourgish, of all that are written now. There only two
words in a row, or capitals throughout, are a name; without the word that begins a sentence ("Zwei Schlepper") if it has
its capital nowhere else, and without what is counted ("100 Euro Schaden")."""
HEADLINE = 0.5
"""Share from which every word has one: nothing is told of names."""
_FEWEST = 4  # words inside sentences from which a share is one

_JOINTS = "of|de|da|do|di|du|del|della|van|bin|ibn|al|el|la|le"
_TAIL = r"(?:[\w-]|['’](?!s\b))*"  # of a name; what it owns is another one
_ASCII_RUN = re.compile(rf"\b[A-Z]{_TAIL}(?: (?:(?:{_JOINTS}|von|der|den) )?[A-Z]{_TAIL})*")
_COUNTED = regex.compile(r"\d[ \u00a0]$")
_RUN, _NOUN_RUN = (
    regex.compile(rf"\b\p{{Lu}}{_TAIL}(?:[ \u00a0](?:(?:{joints})[ \u00a0])?\p{{Lu}}{_TAIL})*")
    for joints in (f"{_JOINTS}|von|der|den", _JOINTS)  # "Angaben der Polizei" is no name
)
_OPENING = frozenset("\"“”«»„‘:.!?—–•([-")
"""Signs behind which a sentence, or a quotation, begins."""
_LABELS = frozenset(":：")
_INSIDE = re.compile(r" (?<=[\w,;] )[^\W\d_]")  # with its space, by which a search skips to the next
_READ = 20
"""Sentences of which the share is taken."""


def capitals(texts: Sequence[str]) -> float:
    """Share of the words inside sentences that begin with a capital; 0 where there are hardly any words."""
    letters = [letter for text in texts for letter in _INSIDE.findall(text)]
    return sum(map(str.isupper, letters)) / len(letters) if len(letters) >= _FEWEST else 0.0


class Names:
    """The names of one text that the story has not named, in order, each once, in its longest form."""

    def __init__(self, texts: Sequence[str], language: str | None = None) -> None:
        self._texts, self._language = texts, language
        self._found: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._found)

    def told(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._found.values()))

    def add(self, sentence: Sentence, novel: frozenset[str]) -> None:
        """`novel` are those of its names' tokens that were never told."""
        if not novel or not sentence.cased or (self._share >= HEADLINE and not self._of_nouns):
            return
        for name, words in self._runs(bare(sentence.text), novel):
            new = [word for word in words if word in novel]
            if new and len(self._found.get(new[-1], "")) < len(name):
                self._found[new[-1]] = name

    def _runs(self, text: str, novel: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
        pattern = _NOUN_RUN if self._nouns else _ASCII_RUN if text.isascii() else _RUN
        for m in pattern.finditer(text):
            parts = m[0].split()
            words = [spelled(part.rstrip("'’")) for part in parts]
            if novel.isdisjoint(words):
                continue
            first, last = self._from(text, m.start(), parts, words), len(parts)
            while first < last and _carries_nothing(words[first]):
                first += 1
            while last > first and _carries_nothing(words[last - 1]):
                last -= 1
            if self._nouns and words[last - 1] in FOLDED:
                last = max(first, last - 2)  # "der Praxis Ende März"
            if words[last - 1] in FOLDED and text[m.end() :].lstrip()[:1].isdigit():
                last = max(first, last - 1)  # "Corrects March 11 item"
            if first == last or (last - first == 1 and not self._is_name(parts[first], text, m.span(), first)):
                continue
            yield " ".join(parts[first:last]).rstrip("'’"), words[first:last]

    def _from(self, text: str, start: int, parts: list[str], words: list[str]) -> int:
        """1 where the first word of a run has its capital for another reason than being a name."""
        if _opens(text, start):
            if words[0] in NUMBER_WORDS or words[0] in PERHAPS:  # "Two tugs"
                return 1
            if self._nouns:
                return 0 if parts[0].isupper() or self._stands_inside(parts[0]) else 1
            return int(len(parts) > 1 and self._stands_inside(parts[0].lower()))  # "Across Gaza"
        return int(self._nouns and _COUNTED.search(text, max(0, start - 2), start) is not None)

    @property
    def _of_nouns(self) -> bool:
        return self._language is not None and self._language.partition("-")[0] in NOUN_LANGUAGES

    @once
    def _nouns(self) -> bool:
        return self._of_nouns or (self._language is None and self._share >= NOUNS)

    @once
    def _share(self) -> float:
        return capitals(self._texts[:_READ])

    @once
    def _whole(self) -> str:
        return "\n".join(self._texts)

    def _stands_inside(self, word: str) -> bool:
        """Whether it stands inside a sentence, as written."""
        at = self._whole.find(" " + word)
        while at >= 0:
            before, behind = self._whole[at - 1 : at], self._whole[at + 1 + len(word) : at + 2 + len(word)]
            if (before.isalnum() or before == ",") and not behind.isalnum():
                return True
            at = self._whole.find(" " + word, at + 1)
        return False

    def _is_name(self, part: str, text: str, run: tuple[int, int], nth: int) -> bool:
        """Whether one word alone is: not where a sentence begins with it, unless it has its capital elsewhere too; no
        label (`NOTE:`), and no title that is shortened (`Sen.`)."""
        if len(part) == 1 or spelled(part) in FOLDED or text[run[1] : run[1] + 2] == ". ":
            return False
        opens = nth == 0 and _opens(text, run[0])
        if part.isupper():
            return not (opens and text[run[1] : run[1] + 1] in _LABELS)
        if self._nouns:
            return False
        return not opens or self._stands_inside(part.rstrip("'’"))


def _opens(text: str, start: int) -> bool:
    before = text[max(0, start - 3) : start].rstrip()
    return not before or before[-1] in _OPENING


def _carries_nothing(word: str) -> bool:
    return word in FUNCTION_WORDS or word in CALENDAR
