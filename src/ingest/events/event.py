"""The published contract: CloudEvents 1.0, as types. The JSON Schema and the tables of docs/events.md come from here.

    StoryOpened      the first article of a story
    StoryUpdated     an article that adds to the story, or corrects it
    StoryRepeated    an article that does not: a copy, or a text that tells nothing new
    StoryMerged      two stories turned out to be one
    ArticleWithdrawn an article was taken back, or is gone
    OtherEvent       a type that a later version of the contract has added

These types are not those of `model`: the inside may change, what is published is only ever added to. A new field
needs a default here, so that older events still decode, and a line in CHANGELOG.md.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

SCHEMA_URI = "https://github.com/storywire/storywire/schema/events/v1"
"""The name of the contract; it never changes while fields are only added, wherever the project is hosted."""


def says(description: str) -> Meta:
    """What a field means: told to the JSON Schema and to docs/events.md, once."""
    return Meta(description=description)


Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


class Outlet(Struct, frozen=True, kw_only=True):
    """Who published."""

    id: Annotated[str, says("casefolded name, or registered domain of the URL")]
    name: Annotated[str, says("as shown to a reader")]


class StoryCounts(Struct, frozen=True, kw_only=True):
    """Of the story, this event included."""

    articles: Annotated[int, says("article versions, repeats included")]
    repeats: Annotated[int, says("of these, the ones that told nothing new")]
    texts: Annotated[int, says("independent texts: lineages of copies and revisions")]
    outlets: Annotated[int, says("different known outlets")]
    outlets_unknown: Annotated[int, says("article versions whose outlet is not known")]
    publishers: Annotated[
        int | None, says("the known outlets, those of one publisher (`stories.publishers`) counted once")
    ] = None
    withdrawn: Annotated[int | None, says("of the article versions, those that were taken back")] = None


class Story(Struct, frozen=True, kw_only=True):
    """The story as it stands after this event."""

    id: Annotated[str, says("the story; also `subject`")]
    headline: Annotated[str, says("newest title of the opening text; of coverage where materiality >= 0.5; no labels")]
    opened_at: Annotated[Time, says("when its first article was decided, by the partition's clock")]
    updated_at: Annotated[Time, says("when an article last joined it, by the partition's clock")]
    counts: Annotated[StoryCounts, says("how many of what")]
    credits: Annotated[tuple[str, ...], says("agencies credited by its articles: `AFP`, `Reuters` ...")] = ()
    continues: Annotated[str | None, says("id of an older story that this one takes up again")] = None


class Text(Struct, frozen=True, kw_only=True):
    """Where the article's own text is, and how to know it."""

    sha256: Annotated[str, says("hex; of the article's own sentences in UTF-8, a line feed after each")]
    href: Annotated[str, says("`storywire:article/<key, percent-encoded>@<version>`; `ingest article` takes it")]


class Article(Struct, frozen=True, kw_only=True):
    """The article version that this event is about."""

    key: Annotated[str, says("names the article across its versions")]
    id: Annotated[str | None, says("as its source gave it")]
    version: Annotated[int, says("1, 2, ... for the key")]
    url: Annotated[str | None, says("canonical URL")]
    title: Annotated[str | None, says("its headline, plain text")]
    outlet: Annotated[Outlet | None, says("who published, null where unknown")]
    source: Annotated[str, says("feed, folder or replay that it came through")]
    published_at: Annotated[str | None, says("RFC 3339 time, or the day alone where only that is known")]
    arrived_at: Annotated[Time, says("when the inbox accepted it, by the Redis clock")]
    language: Annotated[str | None, says("BCP 47 tag: `en`, `pt-BR`")]
    words: Annotated[int, says("words of its own text, boilerplate left out")]
    credit: Annotated[str | None, says("agency that it credits")]
    completeness: Annotated[Literal["full", "teaser", "title"], says("how much of the text was offered")]
    text: Annotated[Text, says("hash and address of its text; events do not carry texts")]
    rights: Annotated[str | None, says("terms of use, as the source states them")]
    embargo_until: Annotated[Time | None, says("not to be published before")]
    backfill: Annotated[bool, says("not news arriving: history being loaded, or of an article kept no more")]


class ArticleRef(Struct, frozen=True, kw_only=True):
    """Another article version."""

    id: Annotated[str, says("its key")]
    version: Annotated[int, says("1, 2, ... for the key")]
    title: Annotated[str | None, says("its headline")] = None
    outlet: Annotated[Outlet | None, says("who published it")] = None
    url: Annotated[str | None, says("canonical URL")] = None


class Relation(Struct, frozen=True, kw_only=True):
    """What the article version is to what was seen before, with the evidence."""

    kind: Annotated[Literal["new", "copy", "revision", "coverage"], says("exactly one of the four")]
    to: Annotated[ArticleRef | None, says("its parent; null where no one article is")]
    extent: Annotated[Literal["whole", "trim", "excerpt"] | None, says("of a copy: how much of the parent")]
    late: Annotated[bool, says("older than a version already held: takes nothing back")]
    correction: Annotated[bool, says("the text says that it corrects")]
    in_old: Annotated[float, says("share of this text's 4-grams found in `to`, 0 to 1")]
    in_new: Annotated[float, says("share of the 4-grams of `to` found in this text, 0 to 1")]
    similarity: Annotated[float, says("copy, revision: Jaccard index of 4-grams; coverage: the story's score")]
    also: Annotated[tuple[str, ...], says("other articles with the same text, or those of a round-up")] = ()
    why: Annotated[tuple[str, ...], says("the reason in plain sentences")] = ()


class Added(Struct, frozen=True, kw_only=True):
    """A sentence not told before."""

    text: Annotated[str, says("as the article writes it")]
    position: Annotated[int, says("counts the article's sentences from 0")]
    was: Annotated[str | None, says("the told sentence that it re-tells with something new")] = None
    first: Annotated[str | None, says("key of the article that had it first, where a quote is used again")] = None


class Figure(Struct, frozen=True, kw_only=True):
    """A figure that changed."""

    was: Annotated[str, says("told before, as it was written: `10`, `$1.2 billion`, `10-12`")]
    now: Annotated[str, says("told now: `12`")]
    context: Annotated[str, says("the sentence it stands in")]
    what: Annotated[str | None, says("what it counts, in the sentence's words: `people died`; null if unclear")] = None


class Headline(Struct, frozen=True, kw_only=True):
    """A changed headline, without labels such as `CORRECTED` or `UPDATE 2`."""

    was: Annotated[str | None, says("of the parent version")]
    now: Annotated[str | None, says("of this version")]


class Delta(Struct, frozen=True, kw_only=True):
    """What the article adds to the story (not to its own URL)."""

    materiality: Annotated[float | None, says("0 to 1, by the formula below; null for `story.opened`")] = 0.0
    added: Annotated[tuple[Added, ...], says("sentences not told before")] = ()
    removed: Annotated[tuple[str, ...], says("sentences of the parent taken back; revisions only")] = ()
    figures: Annotated[tuple[Figure, ...], says("figures that changed")] = ()
    headline: Annotated[Headline | None, says("headline against the parent version, null if unchanged")] = None
    names: Annotated[tuple[str, ...], says("names that the story had not named; where capitals tell them")] = ()


class Superseded(Struct, frozen=True, kw_only=True):
    """A version that this one takes the place of."""

    id: Annotated[str, says("its key")]
    version: Annotated[int, says("1, 2, ... for the key")]


class StoryChange(Struct, frozen=True, kw_only=True):
    """`data` of `story.opened`, `story.updated` and `story.repeated`."""

    story: Annotated[Story, says("the story after this event")]
    article: Annotated[Article, says("the article version")]
    relation: Annotated[Relation, says("what it is to what was seen before")]
    delta: Annotated[Delta, says("what it adds to the story")]
    supersedes: Annotated[tuple[Superseded, ...], says("versions that it takes the place of")] = ()
    previous: Annotated[str | None, says("id of the story's event before, null for the first")] = None
    truncated: Annotated[bool, says("shortened: to keep to the size limit, or figures left out")] = False


class StoryMerge(Struct, frozen=True, kw_only=True):
    """`data` of `story.merged`."""

    story: Annotated[Story, says("the story that lives on")]
    merged: Annotated[tuple[str, ...], says("story ids that now mean it, for ever")]
    previous: Annotated[str | None, says("id of the story's event before")] = None
    truncated: Annotated[bool, says("shortened to keep to the size limit")] = False


class Withdrawal(Struct, frozen=True, kw_only=True):
    """`data` of `article.withdrawn`."""

    story: Annotated[Story, says("the story that the article belongs to")]
    article: Annotated[ArticleRef, says("the article version taken back")]
    by: Annotated[Literal["notice", "gone"], says("a notice said so, or its page is gone")]
    reason: Annotated[str | None, says("as the notice gives it")]
    copies: Annotated[tuple[ArticleRef, ...], says("its copies, those not taken back themselves; 200 at most")] = ()
    previous: Annotated[str | None, says("id of the story's event before")] = None
    truncated: Annotated[bool, says("shortened to keep to the size limit")] = False
    source: Annotated[str | None, says("feed, folder or replay that the article came through")] = None
    language: Annotated[str | None, says("of the article: BCP 47 tag")] = None


class OtherData(Struct, frozen=True, kw_only=True):
    """What every event has, whatever its type."""

    story: Story


NOTHING = Delta()


class Event(Struct, frozen=True, kw_only=True):
    """CloudEvents 1.0. Concrete events are the classes below; match on them, or on `type`."""

    specversion: Annotated[Literal["1.0"], says("of CloudEvents")] = "1.0"
    id: Annotated[str, says("the same in every delivery and every replay")]
    source: Annotated[str, says("`<installation>/<partition>`")]
    subject: Annotated[str, says("the story id")]
    sequence: Annotated[str, says("per story from 1, ten digits; for order only")]
    time: Annotated[Time, says("when it was decided, by the partition's clock")]
    datacontenttype: Annotated[Literal["application/json"], says("of `data`")] = "application/json"
    dataschema: Annotated[str, says("names the JSON Schema of `data`")] = SCHEMA_URI
    data: Any

    @property
    def type(self) -> str:
        return str(self.__struct_config__.tag)

    @property
    def story(self) -> Story:
        story: Story = self.data.story
        return story

    @property
    def article(self) -> Article | None:
        """The article version of an opened, updated or repeated story, else None."""
        return self.data.article if isinstance(self.data, StoryChange) else None

    @property
    def relation(self) -> Relation | None:
        return self.data.relation if isinstance(self.data, StoryChange) else None

    @property
    def delta(self) -> Delta:
        """What it adds to the story: nothing, where it is about no article."""
        return self.data.delta if isinstance(self.data, StoryChange) else NOTHING


_ABOUT = says("what happened, by type")


class StoryOpened(Event, frozen=True, kw_only=True, tag_field="type", tag="story.opened"):
    """The first article of a story."""

    data: Annotated[StoryChange, _ABOUT]


class StoryUpdated(Event, frozen=True, kw_only=True, tag_field="type", tag="story.updated"):
    """An article that adds to the story, or corrects it."""

    data: Annotated[StoryChange, _ABOUT]


class StoryRepeated(Event, frozen=True, kw_only=True, tag_field="type", tag="story.repeated"):
    """An article that adds nothing. Suppressed is not silent."""

    data: Annotated[StoryChange, _ABOUT]


class StoryMerged(Event, frozen=True, kw_only=True, tag_field="type", tag="story.merged"):
    """Two stories turned out to be one."""

    data: Annotated[StoryMerge, _ABOUT]


class ArticleWithdrawn(Event, frozen=True, kw_only=True, tag_field="type", tag="article.withdrawn"):
    """An article was taken back, or is gone."""

    data: Annotated[Withdrawal, _ABOUT]


class OtherEvent(Event, frozen=True, kw_only=True, rename={"kind": "type"}):
    """A type, or a word in a closed list, that this version of Storywire does not know yet."""

    kind: str
    data: OtherData

    @property
    def type(self) -> str:
        return self.kind


Known = StoryOpened | StoryUpdated | StoryRepeated | StoryMerged | ArticleWithdrawn
EVENTS: tuple[type[Event], ...] = (StoryOpened, StoryUpdated, StoryRepeated, StoryMerged, ArticleWithdrawn)

DATA: tuple[type[Struct], ...] = (StoryChange, StoryMerge, Withdrawal)

_known: msgspec.json.Decoder[Known] = msgspec.json.Decoder(Known)
_other = msgspec.json.Decoder(OtherEvent)


def decode(raw: bytes) -> Event:
    """An event from its bytes; fields it does not know are left aside, a type it does not know gives an OtherEvent.

    Raises msgspec.DecodeError where the bytes are no event at all.
    """
    try:
        return _known.decode(raw)
    except msgspec.ValidationError:
        return _other.decode(raw)
