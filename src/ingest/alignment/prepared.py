"""Sentences as they were prepared for a comparison, for the next one."""

from __future__ import annotations

from ingest.alignment.sentence import Sentence

WORDS = 12_000
"""Words of a generation, two of which are kept: some 2,000 sentences of wire items, at 3 kB each. Three in five of the
told sentences that a new one is held against are among them; of twice as many, seven in ten."""


class Prepared:
    """The sentences used last, by their text. In two generations: to keep them in order costs what it spares."""

    def __init__(self, words: int = WORDS) -> None:
        self._most, self._words = words, 0
        self._new: dict[str, Sentence] = {}
        self._old: dict[str, Sentence] = {}

    def get(self, text: str) -> Sentence | None:
        found = self._new.get(text)
        if found is None:
            found = self._old.get(text)
            if found is not None:
                self.put(found)
        return found

    def put(self, sentence: Sentence) -> Sentence:
        if self._words >= self._most:
            self._old, self._new, self._words = self._new, {}, 0
        self._new[sentence.text] = sentence
        self._words += sentence.size
        return sentence
