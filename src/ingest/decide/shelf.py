"""Texts and told sentences prepared for comparison, kept over batches: what they were made from does not change.

A cache, never a truth: each thing is kept under what it was made of, so an entry can be dropped at any time and can
never be wrong, also where numbers were given twice after a failover.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ingest.alignment import Prepared, Sentence, StoryTold, prepare
from ingest.decide.newest import NewestUsed
from ingest.decide.worth import BOILERPLATE
from ingest.dedupe import Outline, Outlined, Stored, Text
from ingest.ledger import rows
from ingest.ledger.records import Records
from ingest.ledger.rows import ArticleRow, Ref, StoryRow

TEXT_WORDS = 20_000
"""Words of all texts kept: .5 kB each once a text was compared. Some 150 wire items, or 25 long articles; with three
times as many one whole text in 17 articles less is read anew."""

OUTLINE_BYTES = 24_000_000
"""Of outlines: those of 14,000 wire items, of which three in four comparisons need no more."""

TOLD_BYTES = 40_000_000
"""Of what all stories kept have told: 4 kB for an opening that nothing was held against, then 4 to 12 an event of wire
items. As much memory as 1,200 events took as prepared sentences (docs/decisions/0105)."""


@dataclass(slots=True)
class _Kept:
    """What a story had told at one of its events.

    sequences   the events that had told something; `last` is what the newest of them told
    newest      sequence and id of the story's newest event then
    untold      how many of its articles a notice had taken back then: what they told is told no more
    lent        being held against an article, or left so by a decision that broke
    """

    told: StoryTold
    sequences: list[int]
    last: rows.Told | None = None
    newest: tuple[int, str] = (0, "")
    untold: int = 0
    lent: bool = False


class Shelf:
    """`words`, `told` and `outlines` bound what is kept, the latter two in bytes. `moving` is called while a long story
    is read."""

    def __init__(
        self,
        moving: Callable[[], object] = lambda: None,
        words: int = TEXT_WORDS,
        told: int = TOLD_BYTES,
        outlines: int = OUTLINE_BYTES,
    ) -> None:
        self._moving = moving
        self._texts: NewestUsed[tuple[int, str], Text] = NewestUsed(words)
        self._outlines: NewestUsed[tuple[int, str], Outline] = NewestUsed(outlines)
        self._told: NewestUsed[int, _Kept] = NewestUsed(told)
        self._prepared = Prepared()

    def stored(self, ref: Ref, row: ArticleRow, records: Records) -> Stored:
        """A text to compare with. Its whole is kept from the first comparison on that asks for it."""
        key = ref.number, row.version
        found = self._texts.take(key)
        if found is not None:
            return found
        outline = self._outlines.take(key)
        if outline is not None:
            return Outlined(row.title, outline, lambda: self.text(ref, row, records))
        text = _text(row, records)
        outline = self._outlines.put(key, text.outline, text.outline.nbytes)
        return Outlined(row.title, outline, lambda: self.keep(ref, row.version, text))

    def text(self, ref: Ref, row: ArticleRow, records: Records) -> Text:
        found = self._texts.take((ref.number, row.version))
        return found if found is not None else self.keep(ref, row.version, _text(row, records))

    def keep(self, ref: Ref, version: str, text: Text) -> Text:
        key = ref.number, version
        if key not in self._outlines:
            self._outlines.put(key, text.outline, text.outline.nbytes)
        return self._texts.put(key, text, max(1, text.size))

    def told(self, story: StoryRow, records: Records) -> StoryTold:
        """All that a story has told. The caller gives it back with `retold`; else it is not used again."""
        kept = self._told.take(story.number)
        if kept is None or kept.lent or not _is_past(kept, story, records):
            kept = self._told.put(story.number, _Kept(self.untold(), [], untold=_untold(story)))
        since = story.told[len(kept.sequences) :]
        chunks = records.chronicle.news(story, since) if since else ()
        kept.lent = True  # from here on it is half added to
        for chunk in chunks:
            kept.told.extend(self._read(chunk), chunk.article)
            kept.last = chunk
        return kept.told

    def untold(self) -> StoryTold:
        """Nothing, of a story that begins."""
        return StoryTold(self._prepared)

    def retold(self, story: StoryRow, told: StoryTold, news: rows.Told | None, text: Text) -> None:
        """Keep what the story has told by its new row: `told` and, if there is any, the news of an article's text."""
        kept = self._told.take(story.number)
        if kept is None or kept.told is not told:
            kept = _Kept(told, [])
        if news is not None:
            told.extend(self._own(news, weakref.ref(text)), news.article)
            kept.last = news
        self._told.put(story.number, kept, told.nbytes)
        kept.sequences, kept.newest, kept.untold = list(story.told), (story.sequence, story.previous), _untold(story)
        kept.lent = False

    def _read(self, chunk: rows.Told) -> Iterator[Sentence]:
        self._moving()  # 1,500 articles' worth takes half a second, which must not be taken for a hang
        yield from prepare([sentence for _, sentence in chunk.sentences])

    @staticmethod
    def _own(news: rows.Told, text: weakref.ref[Text]) -> Iterator[Sentence]:
        """What an article told, as the sentences of its text, if that is still kept: they may be compared already."""
        kept = text()
        own = {} if kept is None else {said.text: said for said in (*kept.sentences, kept.heading) if said is not None}
        for _, said in news.sentences:
            yield own.get(said) or Sentence(said)


def _text(row: ArticleRow, records: Records) -> Text:
    body = records.body(row)
    standing = tuple(text for text, mark in body.marked if mark == BOILERPLATE)
    return Text(row.title, body.sentences, row.correction, standing)


def _untold(story: StoryRow) -> int:
    return sum(by == "notice" for by in story.withdrawn.values())


def _is_past(kept: _Kept, story: StoryRow, records: Records) -> bool:
    """Whether the story stands where it was kept, or went on from there, by other workers' hands: the events that told
    something are the same so far, and so is what the last of them told. Reads that one row, where all were 2.6 s."""
    if kept.newest == (story.sequence, story.previous):
        return True
    if kept.untold != _untold(story):
        return False
    if not kept.sequences or story.told[: len(kept.sequences)] != kept.sequences:
        return False
    return records.chronicle.news(story, kept.sequences[-1:])[-1:] == [kept.last]
