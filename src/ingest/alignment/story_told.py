"""All that a story has told, in .7 to 1.7 kB a sentence: a story of a thousand articles has to be at hand whenever one
joins it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from sys import getsizeof

from ingest.alignment.keys import KeySet, pair_key, text_key
from ingest.alignment.look import Look, Postings, likeliest, post, score
from ingest.alignment.prepared import Prepared
from ingest.alignment.sentence import Sentence
from ingest.alignment.thresholds import AlignmentThresholds
from ingest.alignment.tokens import of_stem

_QUOTE_GRAM = 4
_TRIGRAM_BYTES = 80

_WAITING = 2_000
"""Bytes of a story without a sentence, and of an event that nobody has asked about: its sentences alone."""


class StoryTold:
    """Sentences in the order they were told, each with who told it first. Only ever grows; safe to keep between calls.

    What it is given is read when something is first asked. Of a sentence stay its text, its content words and the keys
    of its grams and figures; all else is made again of a sentence that a new one is held against, unless it is among
    those `prepared`, which all stories share.
    """

    __slots__ = (
        "_by",
        "_by_hash",
        "_by_quote",
        "_by_word",
        "_content",
        "_content_ends",
        "_figure_keys",
        "_figures",
        "_gram_ends",
        "_grams",
        "_known",
        "_prepared",
        "_quoting",
        "_runs",
        "_sizes",
        "_strings",
        "_tellers",
        "_texts",
        "_unread",
    )

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._unread: list[tuple[Iterable[Sentence], str | None]] = []
        self._texts: list[str] = []
        self._by: list[str | None] = []
        self._tellers = array("I")  # for each sentence a place in `_by`
        self._by_hash: dict[int, int] = {}
        self._by_word: dict[str, Postings] = {}
        self._known = KeySet()  # grams
        self._figure_keys: set[str] = set()
        self._content: list[str] = []
        self._content_ends = array("I", (0,))
        self._grams = array("Q")
        self._gram_ends = array("I", (0,))
        self._sizes = array("I")
        self._figures = array("Q")  # one key for all figures of a sentence, 0 for none
        self._quoting = array("I")  # sentences with a quotation that is not in `_by_quote`
        self._by_quote: dict[int, int] = {}
        self._runs: list[str] = []
        self._strings = 0  # bytes of its own strings

    def extend(self, sentences: Iterable[Sentence], by: str | None = None) -> None:
        """Adds what was not told in the same words; of what was, the first teller stays. `by`: the article's id.

        The iterable is read when something is first asked of all that was told, which may be never.
        """
        self._unread.append((sentences, by))

    def _read(self) -> None:
        unread, self._unread = self._unread, []
        for sentences, by in unread:
            teller = len(self._by)
            self._by.append(by)
            for sentence in sentences:
                if sentence.words and sentence.hash not in self._by_hash:
                    self._tellers.append(teller)
                    self._take(sentence)

    def _take(self, sentence: Sentence) -> None:
        at = self._by_hash[sentence.hash] = len(self._texts)
        self._texts.append(sentence.text)
        self._strings += getsizeof(sentence.text)
        if sentence.unspaced:  # whose trigrams are in no vocabulary
            self._strings += _TRIGRAM_BYTES * len(sentence.content)
        self._prepared.put(sentence)
        post(self._by_word, sentence.content, at)
        self._content.extend(sentence.content)
        self._content_ends.append(len(self._content))
        self._known.add(sentence.grams)
        self._grams.extend(sentence.grams)
        self._gram_ends.append(len(self._grams))
        self._sizes.append(sentence.size)
        self._figure_keys |= sentence.figure_keys
        self._figures.append(sentence.figures_key)
        if sentence.quoting:
            self._quoting.append(at)

    @property
    def nbytes(self) -> int:
        """What it takes of memory, a fifth more than measured (docs/decisions/0105)."""
        return (
            _WAITING * (1 + len(self._unread))
            + self._strings
            + 170 * len(self._texts)
            + 90 * len(self._by_word)
            + 12 * len(self._content)
            + 8 * len(self._grams)
            + self._known.nbytes
            + 100 * (len(self._figure_keys) + len(self._by_quote))
            + sum(map(getsizeof, self._runs))
        )

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def texts(self) -> list[str]:
        """The sentences as they were told."""
        if self._unread:
            self._read()
        return self._texts

    @property
    def tellers(self) -> list[str | None]:
        """Who told each sentence first."""
        if self._unread:
            self._read()
        return [self._by[at] for at in self._tellers]

    def sentence(self, at: int) -> Sentence:
        text = self._texts[at]
        return self._prepared.get(text) or self._prepared.put(self._made_again(at, text))

    def _made_again(self, at: int, text: str) -> Sentence:
        words = self._content[self._content_ends[at] : self._content_ends[at + 1]]
        return Sentence.told(text, frozenset(words), self._sizes[at], self._figures[at])

    def find(self, sentence: Sentence) -> int | None:
        if self._unread:
            self._read()
        return self._by_hash.get(sentence.hash)

    def look(self, sentence: Sentence, limits: AlignmentThresholds) -> Look:
        if self._unread:
            self._read()
        by_word, content, grams, figures = self._by_word, sentence.content, sentence.grams, sentence.figures_key
        word_ends, gram_ends = self._content_ends, self._gram_ends
        best, partner, in_common = -1.0, None, 0
        for at in likeliest(by_word, sentence, limits):
            words = self._content[word_ends[at] : word_ends[at + 1]]
            start, end = gram_ends[at], gram_ends[at + 1]
            shared = len(content.intersection(words))
            pairs, fewer = len(grams.intersection(self._grams[start:end])), min(len(grams), end - start)
            found = score(shared, len(content), len(words), pairs, fewer, figures == self._figures[at])
            if found > best:
                best, partner, in_common = found, at, pairs
        names = frozenset([name for name in sentence.names if name not in by_word])
        return Look(partner, in_common, self._known.common(grams), names)

    def has_pair(self, first: str, second: str) -> bool:
        return pair_key(first, second) in self._known

    def has_stem(self, stem: str) -> bool:
        return any(word in self._by_word for word in of_stem(stem))

    def has_figures(self, keys: Iterable[str]) -> bool:
        return self._figure_keys.issuperset(keys)

    def has_run(self, run: str) -> bool:
        if self._unread:
            self._read()
        self._runs += ["".join(Sentence(text).words) for text in self._texts[len(self._runs) :]]
        return any(run in told for told in self._runs)

    def quoted(self, sentence: Sentence) -> str | None:
        """Who had a quotation of this sentence first, where most of one was quoted before."""
        if not sentence.quotes:
            return None
        self._index_quotes()
        for quote in sentence.quotes:
            grams = list(_quote_grams(quote))
            hits = [self._by_quote[gram] for gram in grams if gram in self._by_quote]
            if 2 * len(hits) > len(grams):
                return self._by[self._tellers[min(hits)]]
        return None

    def _index_quotes(self) -> None:
        if self._unread:
            self._read()
        for at in self._quoting:
            for quote in self.sentence(at).quotes:
                for gram in _quote_grams(quote):
                    self._by_quote.setdefault(gram, at)
        self._quoting = array("I")


def _quote_grams(quote: list[str]) -> Iterator[int]:
    return (text_key(" ".join(quote[at : at + _QUOTE_GRAM])) for at in range(len(quote) - _QUOTE_GRAM + 1))
