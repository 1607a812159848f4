"""What was told already: the sentences of one text, or of a whole story. Grows at once, is read and indexed when asked.

Two in five of a stream's sentences are never looked for by anything but their hash (Reuters).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ingest.alignment.sentence import Sentence
from ingest.alignment.thresholds import ALIGNMENT, AlignmentThresholds

_QUOTE_GRAM = 4


class Told:
    """Sentences in the order they were told, each with who told it first. Only ever grows; safe to keep between calls.

    Each index takes in the sentences told since it was last asked. Memory is that of the sentences' sets, about 3 kB
    each where they were compared; the indexes take about 10 us a sentence.
    """

    def __init__(self, sentences: Iterable[Sentence] = (), by: str | None = None) -> None:
        self._unread: list[tuple[Iterable[Sentence], str | None]] = []
        self._sentences: list[Sentence] = []
        self._tellers: list[str | None] = []
        self._by_hash: dict[int, int] = {}
        self._indexed: dict[str, int] = {}  # how many sentences each of the following has
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        self._stems: set[str] = set()
        self._grams: set[str] = set()
        self._figure_keys: set[str] = set()
        self._by_quote: dict[tuple[str, ...], int] = {}
        self.extend(sentences, by)

    def extend(self, sentences: Iterable[Sentence], by: str | None = None) -> None:
        """Adds what was not told in the same words; of what was, the first teller stays. `by`: the article's id.

        The iterable is read when something is first asked of all that was told, which may be never.
        """
        self._unread.append((sentences, by))

    def _read(self) -> None:
        unread, self._unread = self._unread, []
        for sentences, by in unread:
            for sentence in sentences:
                if sentence.words and sentence.hash not in self._by_hash:
                    self._by_hash[sentence.hash] = len(self._sentences)
                    self._sentences.append(sentence)
                    self._tellers.append(by)

    def __len__(self) -> int:
        return len(self.sentences)

    @property
    def sentences(self) -> list[Sentence]:
        if self._unread:
            self._read()
        return self._sentences

    @property
    def tellers(self) -> list[str | None]:
        """Who told each sentence first."""
        if self._unread:
            self._read()
        return self._tellers

    def _new_to(self, index: str) -> Iterable[tuple[int, Sentence]]:
        """What one of the indexes lacks, with its place; from now on it has it."""
        if self._unread:
            self._read()
        start, end = self._indexed.get(index, 0), len(self._sentences)
        if start == end:
            return ()
        self._indexed[index] = end
        return enumerate(self._sentences[start:], start)

    @property
    def by_word(self) -> dict[str, list[int]]:
        """Content word -> the sentences that have it, oldest first."""
        for at, sentence in self._new_to("words"):
            for word in sentence.content:
                self._by_word[word].append(at)
        return self._by_word

    @property
    def stems(self) -> set[str]:
        """Stems of all content words."""
        for _, sentence in self._new_to("stems"):
            self._stems |= sentence.stems
        return self._stems

    @property
    def grams(self) -> set[str]:
        """Word pairs (character trigrams) of all sentences."""
        for _, sentence in self._new_to("grams"):
            self._grams |= sentence.grams
        return self._grams

    @property
    def figure_keys(self) -> set[str]:
        """Keys of all figures."""
        for _, sentence in self._new_to("figures"):
            self._figure_keys |= sentence.figure_keys
        return self._figure_keys

    def find(self, sentence: Sentence) -> int | None:
        """Where the same words were told."""
        if self._unread:
            self._read()
        return self._by_hash.get(sentence.hash)

    def partners(self, sentence: Sentence, thresholds: AlignmentThresholds = ALIGNMENT) -> list[int]:
        """The told sentences most likely to be the one re-told, by shared words weighted with their rarity."""
        by_word = self.by_word
        lists = [by_word[word] for word in sentence.content if word in by_word]
        # In an order that does not hang on the string hash of the process: every worker must find the same.
        lists.sort()
        lists.sort(key=len)
        del lists[thresholds.rarest :]
        votes: dict[int, float] = {}
        for postings in lists:
            weight = 1.0 + 1.0 / len(postings)
            for at in postings[-thresholds.postings :]:
                votes[at] = votes.get(at, 0.0) + weight
        if len(votes) <= thresholds.partners:
            return list(votes)
        return sorted(votes, key=lambda at: (-votes[at], at))[: thresholds.partners]

    def quoted(self, sentence: Sentence) -> str | None:
        """Who had a quotation of this sentence first, where most of one was quoted before."""
        if not sentence.quotes:
            return None
        for at, old in self._new_to("quotes"):
            for gram in _quote_grams(old):
                self._by_quote.setdefault(gram, at)
        for quote in sentence.quotes:
            grams = list(zip(*(quote[i:] for i in range(_QUOTE_GRAM)), strict=False))
            hits = [self._by_quote[gram] for gram in grams if gram in self._by_quote]
            if 2 * len(hits) > len(grams):
                return self.tellers[min(hits)]
        return None


def _quote_grams(sentence: Sentence) -> set[tuple[str, ...]]:
    grams: set[tuple[str, ...]] = set()
    for quote in sentence.quotes:
        grams.update(zip(*(quote[i:] for i in range(_QUOTE_GRAM)), strict=False))
    return grams
