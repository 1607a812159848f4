"""What the views show: plain values that the commands fill from events and from the ledger. Times in ms.

Each is a struct, so that `--json` prints the same thing that the view draws.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from ingest.events.event import ArticleWithdrawn, Event, Outlet, Relation, StoryMerged
from ingest.events.times import millis
from ingest.model import WithdrawnBy
from ingest.sources.articles import is_web_address

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_HASH = re.compile(r"([0-9a-f]{4})[0-9a-f]{8,}", re.IGNORECASE)
"""File names are often hashes: four digits tell them apart, the rest only takes room."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One event, as far as it is shown: a line of a story's timeline.

    who    who published: the outlet's name, else the host, else the file name
    to     who published what it is a copy or revision of; None where there is no such thing, or it is its own version
    retold indexes of those of `added` that tell something told before, with something new in it
    counted what each of the figures counts, where that is known; names: those that the story had not named
    own    the parent is an earlier version of the same article
    note   what else is to be said, in words: of a merge or a withdrawal
    """

    type: str
    sequence: int
    time: int
    event_id: str
    story: str
    headline: str
    who: str
    key: str | None = None
    version: int = 1
    title: str | None = None
    words: int | None = None
    credit: str | None = None
    kind: str | None = None
    extent: str | None = None
    to: str | None = None
    own: bool = False
    late: bool = False
    correction: bool = False
    materiality: float | None = None
    added: tuple[str, ...] = ()
    retold: tuple[int, ...] = ()
    removed: tuple[str, ...] = ()
    figures: tuple[tuple[str, str], ...] = ()
    counted: tuple[str | None, ...] = ()
    names: tuple[str, ...] = ()
    headline_was: str | None = None
    headline_now: str | None = None
    note: str | None = None


class StoryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A story in a table, and at the top of its timeline."""

    id: str
    headline: str
    opened_at: int
    updated_at: int
    articles: int
    repeats: int
    texts: int
    outlets: int
    outlets_unknown: int
    credits: tuple[str, ...] = ()
    continues: str | None = None
    publishers: int | None = None
    withdrawn: int = 0


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """A story with everything that happened to it, oldest first."""

    story: StoryRow
    entries: tuple[Entry, ...]


class Marked(msgspec.Struct, frozen=True):
    """A line of an article's text that is not the article, and why."""

    text: str
    mark: str
    why: str = ""


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an article key."""

    version: int
    arrived: int
    title: str | None = None


class TakenBack(msgspec.Struct, frozen=True, kw_only=True):
    """What took an article back, when it was accepted, and which was its newest version then; 0: none yet."""

    by: WithdrawnBy
    reason: str | None
    at: int
    version: int


class ArticleView(msgspec.Struct, frozen=True, kw_only=True):
    """An article version. `published` as the event writes it; `sentences` empty where the text is not asked for;
    `extra` is what the source said besides. `first_seen` is when its first version arrived, ms, None where that is not
    kept any more; `last_seen` the day its feed last had it, None where it is of none, or that is not known."""

    key: str
    version: int
    title: str | None
    who: str
    source: str
    arrived: int
    words: int
    id: str | None = None
    url: str | None = None
    published: str | None = None
    language: str | None = None
    credit: str | None = None
    byline: str | None = None
    completeness: str = "full"
    rights: str | None = None
    story: StoryRow | None = None
    entry: Entry | None = None
    versions: tuple[VersionRow, ...] = ()
    sentences: tuple[str, ...] = ()
    marked: tuple[Marked, ...] = ()
    extra: dict[str, Any] = {}
    withdrawn: TakenBack | None = None
    first_seen: int | None = None
    last_seen: str | None = None


Number = str | int | float | bool | None


class Verdict(msgspec.Struct, frozen=True):
    """One stage's verdict and the numbers it rests on; `rows` is a table of what it compared."""

    stage: str
    verdict: str
    numbers: dict[str, Number] = {}
    rows: tuple[dict[str, Number], ...] = ()
    why: tuple[str, ...] = ()


class WhyReport(msgspec.Struct, frozen=True, kw_only=True):
    """Why an article version became what it became."""

    key: str
    version: int
    title: str | None
    disposition: str
    who: str
    verdicts: tuple[Verdict, ...]
    entry: Entry | None = None
    withdrawn: TakenBack | None = None


def who_of(outlet: Outlet | None, key: str, url: str | None = None) -> str:
    """How to call whoever published, in a few words."""
    if outlet is not None:
        return outlet.name
    place = url or key
    if is_web_address(place):
        return urlsplit(place).netloc.removeprefix("www.")
    name = place.rstrip("/").rpartition("/")[2]
    return _HASH.sub(r"\1…", _SUFFIX.sub("", name)) or key


def entry_of(event: Event) -> Entry:
    """An event as its line."""
    line = Entry(
        type=event.type,
        sequence=int(event.sequence) if event.sequence.isdecimal() else 0,
        time=millis(event.time),
        event_id=event.id,
        story=event.story.id,
        headline=event.story.headline,
        who="",
    )
    article, relation, delta = event.article, event.relation, event.delta
    if article is None or relation is None:
        return _without_article(event, line)
    headline, added = delta.headline, sorted(delta.added, key=lambda added: added.position)
    return replace(
        line,
        who=who_of(article.outlet, article.key, article.url),
        key=article.key,
        version=article.version,
        title=article.title,
        words=article.words,
        credit=article.credit,
        kind=relation.kind,
        extent=relation.extent,
        to=_parent(relation, article.key),
        own=relation.to is not None and relation.to.id == article.key,
        late=relation.late,
        correction=relation.correction,
        materiality=delta.materiality,
        added=tuple(one.text for one in added),
        retold=tuple(index for index, one in enumerate(added) if one.was is not None or one.first is not None),
        removed=delta.removed,
        figures=tuple((figure.was, figure.now) for figure in delta.figures),
        counted=tuple(figure.what for figure in delta.figures),
        names=delta.names,
        headline_was=headline.was if headline else None,
        headline_now=headline.now if headline else None,
    )


def _parent(relation: Relation, key: str) -> str | None:
    to = relation.to
    return who_of(to.outlet, to.id, to.url) if to is not None and to.id != key else None


def _without_article(event: Event, line: Entry) -> Entry:
    if isinstance(event, StoryMerged):
        return replace(line, note=merged_note(event.data.merged))
    if isinstance(event, ArticleWithdrawn):
        gone = event.data.article
        copies = len(event.data.copies)
        said = withdrawn_note(event.data.by, event.data.reason)
        note = said + (f"; {copies} cop{'y' if copies == 1 else 'ies'} still up" if copies else "")
        who = who_of(gone.outlet, gone.id, gone.url)
        return replace(line, who=who, key=gone.id, version=gone.version, title=gone.title, note=note)
    return replace(line, note="of a kind that this version does not know")


def withdrawn_note(by: WithdrawnBy, reason: str | None) -> str:
    """What took an article back."""
    return reason or ("its page is gone" if by == "gone" else "a notice says so")


def merged_note(ids: Sequence[str]) -> str:
    """What a merge says of these stories."""
    return f"{', '.join(ids)} now mean{'s' if len(ids) == 1 else ''} this story"
