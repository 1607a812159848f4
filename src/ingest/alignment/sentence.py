"""One sentence prepared for comparison. Hash and tokens at once; the rest when it is first asked for.

Most sentences are only ever compared by hash (a repeat, or no candidate at all): preparing all of them in full cost
half of the throughput.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import regex
import xxhash

from ingest.alignment.keys import pair_keys, text_key, triple_keys
from ingest.alignment.months import months
from ingest.alignment.numbers import Figure, figures, words_of
from ingest.alignment.once import once
from ingest.alignment.tokens import all_spelled, canonical, is_unspaced, spelled, stem, tokens
from ingest.alignment.words import CALENDAR, FUNCTION_WORDS, NEGATIONS

_ASCII_CAPITAL = re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z]*")
_ASCII_ACRONYM = re.compile(r"[A-Z](?<![A-Za-z]{2})[A-Z]+(?![A-Za-z])")  # of those the ones in capitals throughout
_CAPITAL = regex.compile(r"(?<!\p{L})\p{Lu}[\p{L}\p{M}]*")
_ASCII_INSIDE = re.compile(r"(?<=[A-Za-z0-9,;] )[A-Z][a-z]+")
_INSIDE = regex.compile(r"(?<=[\w,;] )\p{Lu}\p{Ll}+")
_SHORTENED = re.compile(r"([^\W\d_]{2,})\. ")
_QUOTE = re.compile(r'"([^"]{12,})"')
_SINGLE_QUOTE = re.compile(r"(?<!\w)'(?=\S)((?:[^']|(?<=\w)'(?=\w)){12,})(?<=\S)'(?!\w)")  # apostrophes inside stay
# Half of a quotation that goes on in the next sentence, or comes from the one before.
_OPENED = re.compile(r'(?:^|[\s(:,：，])"(?=\S)([^"]{12,})$')
_CLOSED = re.compile(r'^([^"]{12,})(?<=\S)"')
_CAPITALS_SHARE = 0.6  # of half the words: 3 capitalised words in 10 are a normal sentence, 10 in 10 are not
_NONE: frozenset[str] = frozenset()
_NO_PLACES: frozenset[int] = frozenset()
_QUOTE_TOKENS = 4  # shorter quotations ("fully supports") are figures of speech that many use


def hash_of(words: Sequence[str]) -> int:
    """Hash of a sentence's tokens."""
    return xxhash.xxh3_64_intdigest(" ".join(words).encode())


class Sentence:
    """A sentence and its ways to be compared. Equality is by `hash`, the folded tokens'."""

    def __init__(
        self, text: str, line: str | None = None, words: list[str] | None = None, key: int | None = None
    ) -> None:
        """`line`, `words` and `key` where the caller has the canonical form, the tokens and their hash already."""
        self.text = text
        if line is not None:
            self.line = line
        if words is not None:
            self.words = words
        if key is not None:
            self.hash = key

    @classmethod
    def told(cls, text: str, content: frozenset[str], size: int, figures_key: int) -> Sentence:
        """A sentence of which some things are known already, so that most others need not be made: a new sentence that
        has little in common with the told one asks for nothing else."""
        sentence = cls(text)
        sentence.content, sentence.size, sentence.figures_key = content, size, figures_key
        if not figures_key:
            sentence.figures, sentence.figure_keys = [], _NONE
        return sentence

    @once
    def line(self) -> str:
        """Its canonical form."""
        return canonical(self.text.replace("\n", " "))

    @once
    def words(self) -> list[str]:
        """Its tokens."""
        return tokens(self.line)

    @once
    def size(self) -> int:
        """Number of its tokens."""
        return len(self.words)

    @once
    def hash(self) -> int:
        """Of its tokens."""
        return hash_of(self.words)

    def __repr__(self) -> str:
        return f"Sentence({self.text!r})"

    @once
    def unspaced(self) -> bool:
        """Whether most of it is in a script without spaces."""
        if self.line.isascii():
            return False
        return 2 * sum(map(is_unspaced, self.words)) > len(self.words)

    @once
    def grams(self) -> frozenset[int]:
        """Keys of its word bigrams, or of character trigrams where there are no spaces.

        Numbers, not strings of the words: half the memory, and what a whole story told of them can be kept.
        """
        return triple_keys(self.frame) if self.unspaced else pair_keys(self.words)

    @once
    def content(self) -> frozenset[str]:
        """Content words; character trigrams where there are no spaces."""
        if self.unspaced:
            words = self.frame
            trigrams = frozenset(map("".join, zip(words, words[1:], words[2:], strict=False)))
            return trigrams or frozenset(("".join(words),))
        content = frozenset(self.words) - FUNCTION_WORDS
        return content if self._upper <= content else content | self._acronyms

    @property
    def frame(self) -> list[str]:
        """Its tokens, all figures alike: one figure is in three trigrams, most of a short sentence's, and is compared
        by itself."""
        frame: list[str] = []
        end = 0
        for figure in self.figures:
            frame += self.words[end : figure.at]
            frame.append("0")
            end = figure.at + figure.size
        return frame + self.words[end:]

    @once
    def stems(self) -> frozenset[str]:
        """Stems of its content words."""
        return frozenset(map(stem, self.content))

    @once
    def figures(self) -> list[Figure]:
        return figures(self.words, self.line)

    @once
    def figure_keys(self) -> frozenset[str]:
        return frozenset([figure.key for figure in self.figures]) if self.figures else _NONE

    @once
    def figures_key(self) -> int:
        """One key for all of them, 0 for none."""
        return text_key(" ".join(sorted(self.figure_keys))) if self.figure_keys else 0

    @once
    def _capitals(self) -> list[str]:
        return _ASCII_CAPITAL.findall(self.line) if self.line.isascii() else _CAPITAL.findall(self.line)

    @once
    def _upper(self) -> frozenset[str]:
        """Its words in capitals throughout, as tokens."""
        if self.line.isascii():
            upper = _ASCII_ACRONYM.findall(self.line)
        else:
            upper = [word for word in self._capitals if len(word) > 1 and word.isupper()]
        return frozenset(all_spelled(upper)) if upper else _NONE

    @property
    def _acronyms(self) -> frozenset[str]:
        """Names that may be spelled like function words: WHO, IT."""
        return self._upper if self._upper and self.cased else _NONE

    @once
    def cased(self) -> bool:
        """Whether capitals mean anything here: not in all-caps text, not in scripts without capitals."""
        if not self.line.isascii():
            with_case = sum(word != word.upper() for word in self.words)
            if 2 * with_case < len(self.words) - len(self.figures):
                return False
        most = _CAPITALS_SHARE * max(1, len(self.words) // 2)
        return len(self._capitals) <= most or sum(map(str.isupper, self._capitals)) <= most

    @once
    def names(self) -> frozenset[str]:
        """Candidates for names: capitalised words; every content word where capitals mean nothing.

        A name counts as new only where it is absent from the whole old text, which is what makes the German habit of
        capital nouns and the capital at a sentence's start bearable.
        """
        if self.unspaced:
            return frozenset()
        if not self.cased:
            named = frozenset(word for word in self.content if not word[0].isdigit()) - CALENDAR
        else:
            named = frozenset(all_spelled(self._capitals))
            named = (named - FUNCTION_WORDS - CALENDAR) | self._acronyms
        return named - words_of(self.figures, self.words) if self.figures else named

    @once
    def months(self) -> frozenset[int]:
        """The months that it names."""
        return months(self.words, self.line)

    @once
    def homographs(self) -> frozenset[int]:
        """Places of words that carry nothing, but stand here with the capital of a name: Prince Will, Jack Ma."""
        if 2 * len(self._capitals) > len(self.words) or not self.cased:  # as every word of a headline has
            return _NO_PLACES
        inside = (_ASCII_INSIDE if self.line.isascii() else _INSIDE).findall(self.line)
        found = FUNCTION_WORDS.intersection(map(spelled, inside))
        if not found:
            return _NO_PLACES
        return frozenset([at for at, word in enumerate(self.words) if word in found])

    @once
    def shortened(self) -> frozenset[str]:
        """Its words with a stop behind them that does not end it."""
        return frozenset(map(spelled, _SHORTENED.findall(self.line))) if ". " in self.line else _NONE

    @once
    def denials(self) -> list[int]:
        """Places of its words of denial; "mai" is a month in some languages, "no" in front of a figure a number."""
        words = self.words
        if NEGATIONS.isdisjoint(words) and "t" not in words:
            return []
        places = [at for at, word in enumerate(words) if word in NEGATIONS]
        places += [at for at in range(1, len(words)) if words[at] == "t" and words[at - 1][-1] == "n"]
        return [at for at in places if not self._is_no_denial(at)]

    def _is_no_denial(self, at: int) -> bool:
        word, behind = self.words[at], self.words[at + 1 : at + 2]
        return (word == "mai" and 5 in self.months) or (word == "no" and behind != [] and behind[0][0].isdigit())

    @once
    def quotes(self) -> list[list[str]]:
        """Tokens of each quotation long enough to be somebody's words."""
        if not self.quoting:
            return []
        if self.line.count('"') % 2:
            half = _OPENED.search(self.line) or _CLOSED.search(self.line)
            found = [half[1]] if half else []
        else:
            found = _QUOTE.findall(self.line)
        found += _SINGLE_QUOTE.findall(self.line)
        return [quote for quote in map(tokens, found) if len(quote) >= _QUOTE_TOKENS]

    @property
    def quoting(self) -> bool:
        """Whether there is a sign of a quotation; an apostrophe is none."""
        return '"' in self.line or " '" in self.line or self.line[:1] == "'"


def prepare(sentences: Sequence[str]) -> list[Sentence]:
    """Sentences ready to be compared; canonical form is made in one pass over all of them."""
    if not sentences:
        return []
    lines = canonical("\n".join(text.replace("\n", " ") for text in sentences)).split("\n")
    return [Sentence(text, line, tokens(line)) for text, line in zip(sentences, lines, strict=True)]
