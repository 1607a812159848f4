"""An article version prepared for the question whether it was seen: sketch, shingle set, title words."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise

import xxhash

from ingest import alignment
from ingest.alignment.tokens import canonical, is_unspaced, tokens
from ingest.alignment.words import FUNCTION_WORDS
from ingest.dedupe.shingles import Hashes, shingles, token_hashes
from ingest.dedupe.sketch import sketch
from ingest.dedupe.thresholds import SKETCH

_TICKER = re.compile(r"<[^<>]{1,12}>")
_TITLE_FORMS = frozenset({"corrected", "correction", "update", "inc", "corp", "co", "ltd", "plc"})


class Text(alignment.Text):
    """`alignment.Text` with what the comparison of whole texts needs. Index keys need tokens only; shingle sets and
    sentences are made for texts that have a candidate."""

    @cached_property
    def _hashes(self) -> Hashes:
        return token_hashes(self.words)

    @cached_property
    def keys(self) -> list[int]:
        """Index keys, at most `SKETCH.most`, 48 bits each; none for a text without words."""
        return sketch(self._hashes) if self.words else []

    @cached_property
    def grams(self) -> frozenset[int]:
        """Hashes of its 4-grams."""
        return frozenset(shingles(self._hashes, SKETCH.compared).tolist())

    @cached_property
    def exact(self) -> int:
        """64-bit hash of all tokens of the body: equal for equal text in any spelling."""
        return xxhash.xxh3_64_intdigest(" ".join(self.words).encode())

    @cached_property
    def title_words(self) -> frozenset[str]:
        """What the title is about: content words, without tickers and company forms."""
        return frozenset(self._title_content)

    @cached_property
    def title_subject(self) -> str | None:
        """The first content word of the title: headlines of every desk begin with their subject."""
        return self._title_content[0] if self._title_content else None

    @cached_property
    def _title_content(self) -> list[str]:
        words = tokens(canonical(_TICKER.sub(" ", self.title or "")))
        return [word for word in words if word not in FUNCTION_WORDS and word not in _TITLE_FORMS]

    @cached_property
    def title_pairs(self) -> frozenset[str]:
        """Neighbouring characters of the title, in scripts without spaces."""
        words = tokens(canonical(self.title or ""))
        return frozenset(a + b for a, b in pairwise(words) if is_unspaced(a) and is_unspaced(b))

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Neighbouring tokens of the body, joined."""
        return frozenset(a + b for a, b in pairwise(self.words))
