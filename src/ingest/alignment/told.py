"""What was told already: the sentences of one text, or of a whole story, indexed once and extended as it grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ingest.alignment.sentence import Sentence
from ingest.alignment.thresholds import ALIGNMENT, AlignmentThresholds
from ingest.alignment.tokens import stem

_QUOTE_GRAM = 4


class Told:
    """Sentences in the order they were told, each with who told it first. Only ever grows; safe to keep between calls.

    Memory is that of the sentences' sets, about 3 kB each; building takes about 25 us a sentence.
    """

    def __init__(self, sentences: Iterable[Sentence] = (), by: str | None = None) -> None:
        self.sentences: list[Sentence] = []
        self.tellers: list[str | None] = []
        self.words: set[str] = set()
        self.stems: set[str] = set()
        self.grams: set[tuple[str, ...]] = set()
        self.figure_keys: set[str] = set()
        self._by_hash: dict[int, int] = {}
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        self._by_quote: dict[tuple[str, ...], int] = {}
        self.extend(sentences, by)

    def __len__(self) -> int:
        return len(self.sentences)

    def extend(self, sentences: Iterable[Sentence], by: str | None = None) -> None:
        """Adds what was not told in the same words; of what was, the first teller stays. `by`: the article's id."""
        for sentence in sentences:
            if sentence.words and sentence.hash not in self._by_hash:
                self._tell(sentence, by)

    def _tell(self, sentence: Sentence, by: str | None) -> None:
        at = len(self.sentences)
        self._by_hash[sentence.hash] = at
        self.sentences.append(sentence)
        self.tellers.append(by)
        for word in sentence.content:
            self._by_word[word].append(at)
        self.words |= sentence.content
        self.stems.update(map(stem, sentence.content))
        self.grams |= sentence.grams
        self.figure_keys |= sentence.figure_keys
        for gram in _quote_grams(sentence):
            self._by_quote.setdefault(gram, at)

    def find(self, sentence: Sentence) -> int | None:
        """Where the same words were told."""
        return self._by_hash.get(sentence.hash)

    def partners(self, sentence: Sentence, thresholds: AlignmentThresholds = ALIGNMENT) -> list[int]:
        """The told sentences most likely to be the one re-told, by shared words weighted with their rarity."""
        lists = [postings for word in sentence.content if (postings := self._by_word.get(word))]
        # In an order that does not hang on the string hash of the process: every worker must find the same.
        lists.sort(key=lambda postings: (len(postings), postings))
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
