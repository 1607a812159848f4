"""What one text told: its sentences as they are, indexed when something is first asked that needs it.

Two in five of a stream's sentences are never looked for by anything but their hash (Reuters).
"""

from __future__ import annotations

from collections.abc import Iterable

from ingest.alignment.keys import pair_key
from ingest.alignment.look import Look, Postings, likeliest, post, score
from ingest.alignment.once import once
from ingest.alignment.sentence import Sentence
from ingest.alignment.thresholds import AlignmentThresholds


class Told:
    """The sentences with words, each once. The indexes take about 5 us a sentence."""

    def __init__(self, sentences: Iterable[Sentence]) -> None:
        by_hash: dict[int, Sentence] = {}
        for sentence in sentences:
            if sentence.words:
                by_hash.setdefault(sentence.hash, sentence)
        self._sentences = list(by_hash.values())
        self._by_hash = {key: at for at, key in enumerate(by_hash)}

    def __len__(self) -> int:
        return len(self._sentences)

    @once
    def _by_word(self) -> dict[str, Postings]:
        found: dict[str, Postings] = {}
        for at, sentence in enumerate(self._sentences):
            post(found, sentence.content, at)
        return found

    @once
    def _stems(self) -> set[str]:
        return set().union(*(sentence.stems for sentence in self._sentences))

    @once
    def _grams(self) -> set[int]:
        return set().union(*(sentence.grams for sentence in self._sentences))

    @once
    def _figure_keys(self) -> set[str]:
        return set().union(*(sentence.figure_keys for sentence in self._sentences))

    @once
    def _runs(self) -> list[str]:
        return ["".join(sentence.words) for sentence in self._sentences]

    def sentence(self, at: int) -> Sentence:
        return self._sentences[at]

    def find(self, sentence: Sentence) -> int | None:
        return self._by_hash.get(sentence.hash)

    def look(self, sentence: Sentence, limits: AlignmentThresholds) -> Look:
        by_word, content, grams, figures = self._by_word, sentence.content, sentence.grams, sentence.figure_keys
        best, partner, in_common = -1.0, None, 0
        for at in likeliest(by_word, sentence, limits):
            old = self._sentences[at]
            shared, pairs, fewer = len(content & old.content), len(grams & old.grams), min(len(grams), len(old.grams))
            found = score(shared, len(content), len(old.content), pairs, fewer, figures == old.figure_keys)
            if found > best:
                best, partner, in_common = found, at, pairs
        names = frozenset([name for name in sentence.names if name not in by_word])
        return Look(partner, in_common, len(grams & self._grams), names)

    def has_pair(self, first: str, second: str) -> bool:
        return pair_key(first, second) in self._grams

    def has_stem(self, stem: str) -> bool:
        return stem in self._stems

    def has_figures(self, keys: Iterable[str]) -> bool:
        return self._figure_keys.issuperset(keys)

    def has_run(self, run: str) -> bool:
        return any(run in told for told in self._runs)
