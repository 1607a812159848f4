"""A stream of articles from an empty store on, through the product's desk on the memory ledger; what its events say.

Nothing here knows how a verdict is reached: stories, lineages and relations are read off the events, as a subscriber
would, merges included. Without times all articles arrive in one millisecond, so that no time separates them; with times
the partition goes by published time, as a replay of history does.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from ingest.decide.made import Made
from ingest.events.event import ArticleRef, Event, Relation, StoryChange, StoryMerge, decode
from ingest.ledger.records import Records
from ingest.ledger.rows import Step
from ingest.model import Envelope
from rehearsal import Rehearsal

SAME_TEXT = ("copy", "revision")


@dataclass(frozen=True)
class Told:
    """What was told of one article. `trace` is what `ingest why` shows."""

    key: str
    event: Event
    change: StoryChange
    trace: tuple[Step, ...]

    @property
    def relation(self) -> Relation:
        return self.change.relation

    @property
    def parent(self) -> ArticleRef | None:
        """The article whose text this is a copy or revision of."""
        return self.relation.to if self.relation.kind in SAME_TEXT else None

    def why(self) -> Iterator[str]:
        """The product's own reasons, a line each."""
        yield f"{self.relation.kind}: {' '.join(self.relation.why)}"
        for step in self.trace:
            numbers = ", ".join(f"{name} {value}" for name, value in step.numbers.items())
            yield f"{step.stage}: {step.verdict}" + (f" ({numbers})" if numbers else "")


@dataclass
class Stream:
    """All that was told, in order. `merged` maps the id of a story that was merged to the one that it went into."""

    told: list[Told] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)

    @cached_property
    def by_key(self) -> dict[str, Told]:
        return {each.key: each for each in self.told}

    def story(self, key: str) -> str:
        """The story an article is in at the end of the stream."""
        story = self.by_key[key].event.subject
        while story in self.merged:
            story = self.merged[story]
        return story

    @cached_property
    def lineages(self) -> dict[str, str]:
        """Each article's text, named by the key of its first article: copies and revisions, transitive."""
        roots: dict[str, str] = {}
        for each in self.told:  # a parent was told before its copies and revisions
            parent = each.parent
            roots[each.key] = roots.get(parent.id, parent.id) if parent else each.key
        return roots


@cache
def asked() -> dict[str, Any]:
    """The model of meaning that `make quality SEMANTIC=...` names; nothing without, as `--compare` has this file run
    on trees that know no such thing."""
    name = os.environ.get("QUALITY_SEMANTIC")
    if not name:
        return {}
    from ingest.meaning import load

    return {"meaning": load(name)}


class _Listening(Rehearsal):
    """A rehearsal that keeps the trace of every decision: a row may be gone at the end of the stream."""

    def __init__(self, *, published: bool) -> None:
        super().__init__(published=published, ordered=published, **asked())
        self.traces: dict[tuple[str, int], tuple[Step, ...]] = {}
        self._kept = 0

    def _settled(self, made: Made) -> None:
        records = self.records
        for decision in made.decisions:
            ref = records.decisions.find(decision.article.key, decision.article.version)
            row = records.articles([ref]).get(ref) if ref is not None else None
            if row is not None:
                self.traces[row.key, row.nth] = Records.body(row).trace


def replay(envelopes: Iterable[Envelope], *, published: bool = False) -> Stream:
    """`published`: the articles come in order of publication, and the partition goes by it."""
    rehearsal, stream = _Listening(published=published), Stream()
    rehearsal.run(envelopes)
    for event in map(decode, rehearsal.ledger.events):
        if isinstance(event.data, StoryChange):
            article = event.data.article
            trace = rehearsal.traces.get((article.key, article.version), ())
            stream.told.append(Told(article.key, event, event.data, trace))
        elif isinstance(event.data, StoryMerge):
            stream.merged.update(dict.fromkeys(event.data.merged, event.subject))
    return stream


def stories(keys: Sequence[str], stream: Stream) -> list[str]:
    return [stream.story(key) for key in keys]
