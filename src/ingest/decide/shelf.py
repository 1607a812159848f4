"""Texts and told sentences prepared for comparison, kept over batches: what they were made from does not change.

A cache, never a truth: each thing is kept under the hash of what it was made of, so an entry can be dropped at any time
and can never be wrong, also where numbers were given twice after a failover.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from ingest.alignment import Told, prepare
from ingest.dedupe import Text
from ingest.ledger.records import Records
from ingest.ledger.rows import ArticleRow, Ref, StoryRow

K = TypeVar("K")
V = TypeVar("V")


class _Newest(OrderedDict[K, V]):
    """The entries used last, at most so many."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def take(self, key: K) -> V | None:
        if key not in self:
            return None
        self.move_to_end(key)
        return self[key]

    def put(self, key: K, value: V) -> V:
        self[key] = value
        if len(self) > self._size:
            self.popitem(last=False)
        return value


class Shelf:
    """`texts` and `stories`: how many of each are kept. `moving` is called while a long story is read."""

    def __init__(self, moving: Callable[[], object] = lambda: None, texts: int = 2000, stories: int = 300) -> None:
        self._moving = moving
        self._texts: _Newest[tuple[int, str], Text] = _Newest(texts)
        self._told: _Newest[int, tuple[int, str, Told]] = _Newest(stories)

    def text(self, ref: Ref, row: ArticleRow, records: Records) -> Text:
        found = self._texts.take((ref.number, row.version))
        if found is not None:
            return found
        return self.keep(ref, row.version, Text(row.title, records.body(row).sentences, correction=row.correction))

    def keep(self, ref: Ref, version: str, text: Text) -> Text:
        return self._texts.put((ref.number, version), text)

    def told(self, story: StoryRow, records: Records) -> Told:
        """All that a story has told, off the shelf: the caller adds to it and calls `retold` with the story's new row.
        What is half added to when a decision breaks is then on no shelf."""
        kept = self._told.pop(story.number, None)
        if kept is not None and kept[:2] == (story.sequence, story.previous):
            return kept[2]
        told = Told()
        for chunk in records.told(story):
            self._moving()  # 1,500 articles' worth takes seconds, which must not be taken for a hang
            told.extend(prepare([sentence for _, sentence in chunk.sentences]), chunk.article)
        return told

    def retold(self, story: StoryRow, told: Told) -> None:
        self._told.put(story.number, (story.sequence, story.previous, told))
