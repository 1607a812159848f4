"""An article version prepared for comparison: tokens at once, sentences when somebody asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from operator import itemgetter

from ingest.alignment.labels import bare_title
from ingest.alignment.once import once
from ingest.alignment.sentence import Sentence, hash_of
from ingest.alignment.tokens import canonical, is_figure, is_unspaced, tokens
from ingest.alignment.told import Told

_FIRST = itemgetter(0)


class Text:
    """`title` and `sentences` in display form, as normalise gives them.

    headline        the title without the labels of its version (`CORRECTED-`)
    lines, parts    canonical form and tokens, sentence by sentence
    words           all tokens of the body
    """

    def __init__(self, title: str | None, sentences: Sequence[str], correction: bool = False) -> None:
        self.title = title
        self.headline = bare_title(title)
        self.raw = sentences
        self.correction = correction
        joined = "\n".join(text.replace("\n", " ") for text in sentences)
        self.lines = canonical(joined).split("\n") if sentences else []
        self.parts = [tokens(line) for line in self.lines]
        self.words = list(chain.from_iterable(self.parts))

    @property
    def size(self) -> int:
        """Tokens of the body."""
        return len(self.words)

    @once
    def hashes(self) -> list[int]:
        """Of its sentences."""
        return list(map(hash_of, self.parts))

    @once
    def sentences(self) -> list[Sentence]:
        """One for each display sentence, those without words included: positions are those of the article."""
        return [Sentence(*each) for each in zip(self.raw, self.lines, self.parts, self.hashes, strict=True)]

    @once
    def told(self) -> Told:
        """Its sentences as what was told."""
        return Told(self.sentences)

    @once
    def heading(self) -> Sentence | None:
        """The headline as a sentence; None where there are no words in it."""
        if not self.headline:
            return None
        sentence = Sentence(self.headline)
        return sentence if sentence.words else None

    @once
    def figures(self) -> frozenset[str]:
        """Tokens that start with a digit."""
        return frozenset(filter(is_figure, self.words))

    @once
    def figure_share(self) -> float:
        """Share of tokens that start with a digit: news has 2-10 %, a table 40 % and more."""
        return sum(map(str.isdigit, map(_FIRST, self.words))) / max(1, len(self.words))

    @once
    def unspaced(self) -> bool:
        """Whether most of it is in a script without spaces. By its first 200 tokens."""
        head = self.words[:200]
        return 2 * sum(map(is_unspaced, head)) > len(head)
