"""The value types, in the order of the arrow. No type here does anything; each is named for the state of the data.

    Extracted     what extraction saw of a file or a page
    Envelope      an article version as a source offers it; the payload of an inbox entry
    Accepted      the same once the inbox has it: with its place in the order and its time
    Normalised    canonical form: the article's own sentences, and what was marked as not the article
    Relation      what the version is to what the partition has seen
    Delta         what it adds to the story
    Decision      all of it together: what one event tells
    Merge         what the event tells by which two stories became one
    Withdrawn     what the event tells by which an article is taken back

Times are integers, milliseconds since 1970 UTC: they hold year 0 and year 9999, sort, and need no time zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

Completeness = Literal["full", "teaser", "title"]
WithdrawnBy = Literal["notice", "gone"]
Disposition = Literal["opened", "updated", "repeated", "withdrawn", "noted", "seen", "dead"]
"""What became of one accepted entry: exactly one each. Counter, log line and `ingest why` use these words. `withdrawn`:
it took an article back; `noted`: it is to take back one that has not come yet, or is kept no more, or it is a version
of what was taken back that comes when its story has ended."""

DISPOSITIONS: tuple[Disposition, ...] = ("opened", "updated", "repeated", "withdrawn", "noted", "seen", "dead")

REFUSALS: dict[str, str] = {
    "empty": "nothing in it",
    "no-text": "no article text was found in it",
    "not-an-article": "not an article: neither title nor text",
    "bad-json": "not JSON",
    "bad-xml": "not XML",
    "bad-field": "a field has the wrong type",
    "too-large": "larger than the limit",
    "too-deep": "nested deeper than the limit",
    "binary": "not text",
    "bad-encoding": "no encoding fits its bytes",
    "not-a-regular-file": "a symlink, FIFO, device, socket or folder",
    "unreadable": "the file could not be read",
    "vanished": "gone before it was read",
    "extraction-timeout": "extraction took longer than its deadline and was stopped",
    "extraction-memory": "extraction needed more memory than its limit and was stopped",
    "extraction-failed": "extraction broke on it",
    "fetch-failed": "the server did not answer as it should",
    "robots-denied": "the site's robots.txt asks not to fetch it",
    "blocked-address": "it leads to an address that is not public",
    "unknown-format": "no reader for this kind of file",
    "withheld": "its agency withholds it: no article yet",
    "names-nothing": "it takes an article back, and does not say which",
    "consent-wall": "the site asks for consent to cookies in place of the page",
    "paywall": "the site shows the beginning and asks for a subscription",
    "soft-404": "the site says that there is no such page, whatever its status",
    "bot-challenge": "the site wants proof that a person asks",
    "login-page": "the site asks to sign in",
    "front-page": "it leads to the site's front page",
    "empty-shell": "the page needs scripts to show its text",
    "same-page": "the site shows the same text at many addresses",
}
"""Why an input was refused, and what the word means: the closed vocabulary of the sources."""


class Stamp(msgspec.Struct, frozen=True):
    """A publication time. `exact` is false where only the day is known (`at` is then its first millisecond, UTC)."""

    at: int
    exact: bool = True


class Outlet(msgspec.Struct, frozen=True):
    """Who published. `id` is the casefolded name or the registered domain; file names are never outlets."""

    id: str
    name: str


class Extracted(msgspec.Struct, frozen=True, kw_only=True):
    """What extraction saw: clean text with every line kept, and what the page says of itself."""

    title: str | None
    text: str
    url: str | None = None
    published: Stamp | None = None
    site: str | None = None
    author: str | None = None
    language: str | None = None


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What takes an article back: a notice said so (of its agency, its outlet, the operator), or its page is gone."""

    by: WithdrawnBy
    reason: str | None = None


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One article version as a source offers it. `text` is clean text, never HTML.

    `key` names the article across its versions: the source's namespace with the given id, else the canonical URL,
    else the path under the watched root. `outlet` is the given name only; the domain of the URL is found later.

    With `withdraws` it is no version of an article, and its text is empty: it takes back the article of this key.
    `published` is then when a notice was issued: it tells this notice from the next one about the same article, as
    `numbered` does.

    `sighted` is when an archive first had it, ms: on published time the clock goes by that, where it is known.

    correction   its source's own signal that it corrects a version before
    follows      keys of the articles that its source says it evolved from or takes the place of, the nearest first; its
                 own where it is a later version by its source's number
    from_page    read off its own page, which was there: that page is not gone, whatever was said before
    numbered     the number that its source gives this version; of a notice, that of the version which takes it back
    """

    key: str
    source: str
    text: str
    id: str | None = None
    url: str | None = None
    title: str | None = None
    published: Stamp | None = None
    outlet: str | None = None
    author: str | None = None
    language: str | None = None
    completeness: Completeness = "full"
    rights: str | None = None
    embargo_until: int | None = None
    backfill: bool = False
    extra: dict[str, Any] = {}
    withdraws: Withdrawal | None = None
    sighted: int | None = None
    correction: bool = False
    follows: tuple[str, ...] = ()
    from_page: bool = False
    numbered: int | None = None


class ProgressUpdate(msgspec.Struct, frozen=True):
    """A source's own progress, moved in the same step as its articles.

    fields     name -> new value; None removes it
    believed   name -> what the source believes is stored, None for nothing. If one differs, the whole offer is stale:
               a server that lost its last second, or another process of the same source, has another past.
    due        name -> when it is due next, ms since 1970; None takes it off the schedule
    """

    source: str
    fields: Mapping[str, bytes | None]
    believed: Mapping[str, bytes | None] = {}
    due: Mapping[str, int | None] = {}


class Due(msgspec.Struct, frozen=True):
    """What a source may work on now, by the one who took it: name -> stored progress. `next_at` is when the first of
    the others is due, ms since 1970, None where nothing is on the schedule."""

    fields: Mapping[str, bytes]
    next_at: int | None = None


class Accepted(msgspec.Struct, frozen=True):
    """An envelope in the inbox. `entry` is its stream id; `arrived` the stream id's time, by the Redis clock."""

    entry: str
    arrived: int
    envelope: Envelope


class Marked(msgspec.Struct, frozen=True):
    """A line of the text that is not the article, and why: a word of `normalise.boilerplate.MARKS`."""

    text: str
    mark: str


class Normalised(msgspec.Struct, frozen=True, kw_only=True):
    """An article version in canonical form. Pure function of the envelope and the normaliser's settings.

    sentences   the article's own, in order, in display form (hard wraps undone, mojibake repaired, quotes as written)
    marked      captions, credits, cross-heads, bylines, prompts, the standfirst that the body repeats
    version     24 hex digits: hash of normalised title and text (`identity.version_of`)
    published   given, else found in the text, else in the URL
    wire        lead/take/update number where the text states one (`UPDATE 2`, `2nd lead`), else None
    follows     as in the envelope
    """

    key: str
    version: str
    source: str
    id: str | None
    url: str | None
    title: str | None
    sentences: tuple[str, ...]
    marked: tuple[Marked, ...]
    words: int
    language: str | None
    outlet: Outlet | None
    published: Stamp | None
    credit: str | None = None
    byline: str | None = None
    dateline: str | None = None
    correction: bool = False
    wire: int | None = None
    completeness: Completeness = "full"
    rights: str | None = None
    embargo_until: int | None = None
    backfill: bool = False
    extra: dict[str, Any] = {}
    follows: tuple[str, ...] = ()


RelationKind = Literal["new", "copy", "revision", "coverage"]
Extent = Literal["whole", "trim", "excerpt"]


class ArticleRef(msgspec.Struct, frozen=True, kw_only=True):
    """Another article version, as an event names it. `id` is its key."""

    id: str
    version: int
    title: str | None = None
    outlet: Outlet | None = None
    url: str | None = None


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """What an article version is to what the partition has seen; exactly one, with its evidence.

    in_old, in_new   containment both ways: share of the new text's 4-grams found in `to`, and of `to`'s in the new
    similarity       for copy and revision the Jaccard index of 4-grams, for coverage the story's score, 0 for new
    rule             the row of the decision table that fired
    why              plain sentences
    """

    kind: RelationKind
    rule: str
    to: ArticleRef | None = None
    extent: Extent | None = None
    late: bool = False
    correction: bool = False
    in_old: float = 0.0
    in_new: float = 0.0
    similarity: float = 0.0
    also: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence not told before. `position` counts the article's sentences from 0. `was` is the told sentence that it
    re-tells with something new; `first` the id of the article that had it first, where a quote is used again."""

    text: str
    position: int
    was: str | None = None
    first: str | None = None


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that changed: `10` -> `12`, in the sentence `context`; `what` it counts, where both sentences say so."""

    was: str
    now: str
    context: str
    what: str | None = None


class HeadlineChange(msgspec.Struct, frozen=True, kw_only=True):
    """The headline of the parent version, and of this one."""

    was: str | None
    now: str | None


class Delta(msgspec.Struct, frozen=True, kw_only=True):
    """What the article adds to the story. Empty, with materiality 0, when it adds nothing; null for the opening. `cut`:
    more figures changed than `figures` tells."""

    materiality: float | None = 0.0
    added: tuple[Added, ...] = ()
    removed: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    headline: HeadlineChange | None = None
    names: tuple[str, ...] = ()
    cut: bool = False


class StoryCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Of a story, this event included. `publishers` counts outlets of one publisher once; `withdrawn` are those of
    `articles` that were taken back."""

    articles: int
    repeats: int
    texts: int
    outlets: int
    outlets_unknown: int
    publishers: int
    withdrawn: int = 0


class StoryState(msgspec.Struct, frozen=True, kw_only=True):
    """A story as an event tells it."""

    id: str
    headline: str
    opened_at: int
    updated_at: int
    counts: StoryCounts
    credits: tuple[str, ...] = ()
    continues: str | None = None


EventType = Literal["story.opened", "story.updated", "story.repeated", "story.merged", "article.withdrawn"]


class Superseded(msgspec.Struct, frozen=True, kw_only=True):
    """A version that this one takes the place of."""

    id: str
    version: int


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one event tells of an article version; `events.describe` turns it into bytes."""

    type: EventType
    partition: str
    event_id: str
    sequence: int
    time: int
    previous: str | None
    article: Normalised
    arrived: int
    version_number: int
    relation: Relation
    delta: Delta
    story: StoryState
    supersedes: tuple[Superseded, ...] = ()


class Merge(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the event tells by which other stories became part of one: `merged` are their ids. Of no article."""

    partition: str
    event_id: str
    sequence: int
    time: int
    previous: str | None
    story: StoryState
    merged: tuple[str, ...]


class Withdrawn(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the event tells by which an article is taken back. `article` is its newest version, which came through
    `source` in `language`; `copies` are those of it that were not taken back themselves."""

    partition: str
    event_id: str
    sequence: int
    time: int
    previous: str | None
    story: StoryState
    article: ArticleRef
    by: WithdrawnBy
    reason: str | None
    copies: tuple[ArticleRef, ...] = ()
    source: str | None = None
    language: str | None = None


Told = Decision | Merge | Withdrawn
"""What an event is made of."""
