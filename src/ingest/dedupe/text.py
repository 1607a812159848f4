"""An article version prepared for the question whether it was seen: sketch, shingle set, title words."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Collection, Sequence
from itertools import chain, pairwise
from typing import Protocol

import xxhash

from ingest import alignment
from ingest.alignment.once import once
from ingest.alignment.tokens import canonical, is_unspaced, tokens
from ingest.alignment.words import FUNCTION_WORDS
from ingest.dedupe.outline import Outline
from ingest.dedupe.shingles import Hashes, different, shingles, token_hashes
from ingest.dedupe.sketch import sketch
from ingest.dedupe.thresholds import SKETCH

_TICKER = re.compile(r"<[^<>]{1,12}>")
_TITLE_FORMS = frozenset({"corrected", "correction", "update", "inc", "corp", "co", "ltd", "plc"})


class Titled:
    """What there is to compare of a title."""

    title: str | None

    @once
    def title_words(self) -> frozenset[str]:
        """What the title is about: content words, without tickers and company forms."""
        return frozenset(self.title_order)

    @once
    def title_subject(self) -> str | None:
        """The first content word of the title: headlines of every desk begin with their subject."""
        return self.title_order[0] if self.title_order else None

    @once
    def title_order(self) -> list[str]:
        """The same words as they stand, repeated ones too."""
        words = tokens(canonical(_TICKER.sub(" ", self.title or "")))
        return [word for word in words if word not in FUNCTION_WORDS and word not in _TITLE_FORMS]

    @once
    def title_pairs(self) -> frozenset[str]:
        """Neighbouring characters of the title, in scripts without spaces."""
        words = tokens(canonical(self.title or ""))
        return frozenset(a + b for a, b in pairwise(words) if is_unspaced(a) and is_unspaced(b))


class Stored(Protocol):
    """The old text of a comparison: `whole` is asked for where title and outline do not decide."""

    title: str | None

    @property
    def title_words(self) -> frozenset[str]: ...

    @property
    def title_subject(self) -> str | None: ...

    @property
    def outline(self) -> Outline: ...

    @property
    def whole(self) -> Text: ...

    def beside(self, other: Text) -> Stored: ...


class Text(Titled, alignment.Text):
    """`alignment.Text` with what the comparison of whole texts needs. Index keys need tokens only; shingle sets and
    sentences are made for texts that have a candidate.

    `standing` are sentences that were left out as standing matter of its outlet (`dedupe.standing`)."""

    def __init__(
        self, title: str | None, sentences: Sequence[str], correction: bool = False, standing: Sequence[str] = ()
    ) -> None:
        super().__init__(title, sentences, correction)
        self.standing = standing

    def without(self, places: Collection[int], standing: Sequence[str]) -> Text:
        """The text without these sentences, which are `standing`, or are not but are of no worth either."""
        kept = [at for at in range(len(self.parts)) if at not in places]
        left = Text(self.title, (), self.correction, standing)
        left.raw = tuple(self.raw[at] for at in kept)
        left.lines = [self.lines[at] for at in kept]
        left.parts = [self.parts[at] for at in kept]
        left.words = list(chain.from_iterable(left.parts))
        return left

    def beside(self, other: Text) -> Text:
        """This text as it is to be compared with another: without what was left out of that one, and with what was left
        out here where that one has it, as an outlet has that prints a text with its tail."""
        if not self.standing and not other.standing:
            return self
        away, there = frozenset(other.left_out), frozenset(other.hashes)
        kept = [said for said, key in zip(self.raw, self.hashes, strict=True) if key not in away]
        back = [said for said, key in zip(self.standing, self.left_out, strict=True) if key in there]
        if len(kept) == len(self.raw) and not back:
            return self
        return Text(self.title, (*kept, *back), self.correction)

    @once
    def left_out(self) -> list[int]:
        """Hashes of `standing`, as of its sentences."""
        return [alignment.hash_of(tokens(canonical(sentence.replace("\n", " ")))) for sentence in self.standing]

    @once
    def _hashes(self) -> Hashes:
        return token_hashes(self.words)

    @once
    def keys(self) -> list[int]:
        """Index keys, at most `SKETCH.most`, 48 bits each; none for a text without words."""
        return sketch(self._hashes) if self.words else []

    @once
    def _grams(self) -> array[int]:
        return array("Q", different(shingles(self._hashes, SKETCH.compared)).tobytes())

    @once
    def grams(self) -> frozenset[int]:
        """Hashes of its 4-grams."""
        return frozenset(self._grams)

    @once
    def exact(self) -> int:
        """64-bit hash of all tokens of the body: equal for equal text in any spelling."""
        return xxhash.xxh3_64_intdigest(" ".join(self.words).encode())

    @once
    def outline(self) -> Outline:
        """What is kept of it at hand."""
        return Outline(
            self.size,
            self.exact,
            self.figure_share,
            self._grams,
            array("Q", frozenset(self.hashes)),
            bool(self.standing),
        )

    @property
    def whole(self) -> Text:
        return self

    @once
    def looked_for(self) -> alignment.LookedFor:
        """What must be told word for word for it to be known."""
        return alignment.looked_for(self.sentences)

    @once
    def pairs(self) -> frozenset[str]:
        """Neighbouring tokens of the body, joined."""
        return frozenset(a + b for a, b in pairwise(self.words))


class Outlined(Titled):
    """A stored text of which the outline is at hand; `read` gives the whole."""

    def __init__(self, title: str | None, outline: Outline, read: Callable[[], Text]) -> None:
        self.title, self.outline, self._read = title, outline, read

    @once
    def whole(self) -> Text:
        return self._read()

    def beside(self, other: Text) -> Stored:
        """As of a `Text`."""
        if not self.outline.standing and frozenset(other.left_out).isdisjoint(self.outline.sentences):
            return self
        return self.whole.beside(other)
