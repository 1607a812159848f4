"""Texts and told sentences prepared for comparison, kept over batches: what they were made from does not change.

A cache, never a truth: each thing is kept under what it was made of, so an entry can be dropped at any time and can
never be wrong, also where numbers were given twice after a failover.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ingest.alignment import Sentence, Told, prepare
from ingest.decide.newest import NewestUsed
from ingest.dedupe import Text
from ingest.ledger import rows
from ingest.ledger.records import Records
from ingest.ledger.rows import ArticleRow, Ref, StoryRow

TEXT_WORDS = 60_000
"""Words of all texts kept: .5 kB each once a text was compared. Some 450 wire items, or 75 long articles; twice as many
made no worker faster."""

TOLD_EVENTS = 1200
"""Events of all stories kept: some 50 kB each once a story was compared with, on wire items. 3,000 took 150 MB and made
no worker faster."""


@dataclass(slots=True)
class _Kept:
    """What a story had told at one of its events.

    sequences   the events that had told something; `last` is what the newest of them told
    newest      sequence and id of the story's newest event then
    lent        being held against an article, or left so by a decision that broke
    """

    told: Told
    sequences: list[int]
    last: rows.Told | None = None
    newest: tuple[int, str] = (0, "")
    lent: bool = False


class Shelf:
    """`words` and `events` bound what is kept. `moving` is called while a long story is read."""

    def __init__(
        self, moving: Callable[[], object] = lambda: None, words: int = TEXT_WORDS, events: int = TOLD_EVENTS
    ) -> None:
        self._moving = moving
        self._texts: NewestUsed[tuple[int, str], Text] = NewestUsed(words)
        self._told: NewestUsed[int, _Kept] = NewestUsed(events)

    def text(self, ref: Ref, row: ArticleRow, records: Records) -> Text:
        found = self._texts.take((ref.number, row.version))
        if found is not None:
            return found
        return self.keep(ref, row.version, Text(row.title, records.body(row).sentences, correction=row.correction))

    def keep(self, ref: Ref, version: str, text: Text) -> Text:
        return self._texts.put((ref.number, version), text, max(1, text.size))

    def told(self, story: StoryRow, records: Records) -> Told:
        """All that a story has told. The caller gives it back with `retold`; else it is not used again."""
        kept = self._told.take(story.number)
        if kept is None or kept.lent or not _is_past(kept, story, records):
            kept = self._told.put(story.number, _Kept(Told(), []))
        since = story.told[len(kept.sequences) :]
        chunks = records.chronicle.told(story, since).values() if since else ()
        kept.lent = True  # from here on it is half added to
        for chunk in chunks:
            self._moving()  # 1,500 articles' worth takes a second, which must not be taken for a hang
            kept.told.extend(prepare([sentence for _, sentence in chunk.sentences]), chunk.article)
            kept.last = chunk
        return kept.told

    def retold(self, story: StoryRow, told: Told, news: rows.Told | None, text: Text) -> None:
        """Keep what the story has told by its new row: `told` and, if there is any, the news of an article's text."""
        kept = self._told.take(story.number)
        if kept is None or kept.told is not told:
            kept = _Kept(told, [])
        self._told.put(story.number, kept, max(1, len(story.told)))
        if news is not None:
            told.extend(_sentences(news, text), news.article)
            kept.last = news
        kept.sequences, kept.newest = list(story.told), (story.sequence, story.previous)
        kept.lent = False


def _is_past(kept: _Kept, story: StoryRow, records: Records) -> bool:
    """Whether the story stands where it was kept, or went on from there, by other workers' hands: the events that told
    something are the same so far, and so is what the last of them told. Reads that one row, where all were 2.6 s."""
    if kept.newest == (story.sequence, story.previous):
        return True
    if not kept.sequences or story.told[: len(kept.sequences)] != kept.sequences:
        return False
    return list(records.chronicle.told(story, kept.sequences[-1:]).values()) == [kept.last]


def _sentences(news: rows.Told, text: Text) -> Iterator[Sentence]:
    """What an article told, as the sentences of its text: these may be compared already. Made when first asked for."""
    own = {sentence.text: sentence for sentence in (*text.sentences, text.heading) if sentence is not None}
    for _, said in news.sentences:
        yield own.get(said) or Sentence(said)
