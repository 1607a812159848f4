"""An article on the desk, and what has been found out about it so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.alignment.once import once
from ingest.background import Background
from ingest.dedupe import Recurring, Standing, Text, Verdict
from ingest.ledger import rows
from ingest.ledger.rows import ArticleRow, Begun, Body, Ref, Step, StoryRow
from ingest.ledger.standing import Voice
from ingest.model import Accepted, Normalised, Stamp, StoryCounts, StoryState, WithdrawnBy
from ingest.stories import publishers
from ingest.stories.features import Terms, terms
from ingest.stories.meaning import Meant
from ingest.stories.placement import Placement, StoryPoint
from ingest.stories.similarity import Centroid, Vector
from ingest.stories.when import Span, When, credible


@dataclass
class Prepared:
    """Everything about an article that no other article has a say in; made outside the turn, by any worker.

    voice    whose standing matter its sentences may be; None of an unknown outlet
    left     the article without its standing matter, and the positions of that, where it was looked for and found
    meant    what its title says, where a model is set
    """

    accepted: Accepted
    article: Normalised
    text: Text
    short: bytes | None
    recurring: Recurring
    standing: Standing | None
    voice: Voice | None
    background: Background = field(repr=False)
    left: tuple[tuple[int, ...], Prepared] | None = field(default=None, repr=False)
    meant: Meant | None = field(default=None, repr=False)

    @once
    def terms(self) -> Terms:
        return terms(self.article.title, self.article.sentences, self.background)

    @once
    def body(self) -> Begun:
        """The beginning of its row's."""
        return rows.begin(body_of(self.article))


def body_of(article: Normalised) -> Body:
    """The body of an article's row, as far as nothing is decided yet."""
    return Body(article.sentences, tuple((line.text, line.mark) for line in article.marked))


@dataclass(frozen=True, slots=True)
class Match:
    """The stored version that an article is a copy or revision of. `also` names other versions of its text, `stories`
    the other stories in which such a version proves that there is one text."""

    ref: Ref
    row: ArticleRow
    verdict: Verdict
    also: tuple[str, ...] = ()
    stories: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Together:
    """The texts that a round-up takes together, by their articles' keys, and their share of it."""

    keys: tuple[str, ...]
    covered: float


@dataclass(frozen=True, slots=True)
class Home:
    """The story an article goes to; `row` is None where it opens one. `continues` is a story that takes no more, `same`
    one that the article proves to be this very story."""

    row: StoryRow | None
    vector: Vector
    placement: Placement | None = None
    continues: str | None = None
    same: StoryRow | None = None


@dataclass(slots=True)
class Case:
    """One article in its turn. `clock` is the partition's time, in ms; `by_date` says that it goes by dates, which
    tell the order of an article's versions then, and not their arrival; `publisher` is named by the settings; `trace`
    collects what `ingest why` shows. Of an issue of a series `issue_began` is the hour in which its title was first
    seen again; `flash_before` the story of the same outlet's same words, of another day; `forms` are stories of texts
    that share its form of words and name another subject. `translates` is the story of what it follows by its source's
    word, in another language. `apart` says to a reader why it is not in the story that it is most like. `tombstone`
    says that its key was taken back, before it or with the version before; `withdrawn` by whom, for longer than that is
    kept; `forgotten` that a version of its key was decided before, of which nothing else is known any more.

    By its source's numbers (`decide.numbered`): `numbered` is the highest so far, `older` whether it is older than what
    is held, None where both have one number or one of them none; `under` is the tombstone that it is not above."""

    prepared: Prepared
    ref: Ref
    clock: int
    by_date: bool = False
    nth: int = 1
    earlier: Ref | None = None
    together: Together | None = None
    forms: tuple[int, ...] = ()
    publisher: str | None = None
    issue_began: int | None = None
    flash_before: int | None = None
    translates: int | None = None
    apart: str | None = None
    tombstone: ArticleRow | None = None
    withdrawn: WithdrawnBy | None = None
    forgotten: bool = False
    numbered: int | None = None
    older: bool | None = None
    under: Ref | None = None
    trace: list[Step] = field(default_factory=list)

    @property
    def article(self) -> Normalised:
        return self.prepared.article

    @property
    def arrived(self) -> int:
        return self.prepared.accepted.arrived

    @property
    def published(self) -> Stamp | None:
        """As decisions go by it. When an archive had it is known better than when it was read out of that."""
        sighted = self.prepared.accepted.envelope.sighted
        return credible(self.article.published, min(self.arrived, sighted or self.arrived))

    def note(self, stage: str, verdict: str, **numbers: str | int | float) -> None:
        self.trace.append(Step(stage, verdict, numbers))


def when_of(case: Case) -> When:
    """The times that placement goes by: published where known, and the partition's clock."""
    return When.of(case.published, case.clock)


def state_of(story: StoryRow) -> StoryState:
    """The story as the event of its row's newest sequence tells it."""
    return StoryState(
        id=story.id,
        headline=story.headline,
        opened_at=story.opened_at,
        updated_at=story.updated_at,
        counts=StoryCounts(
            articles=story.articles,
            repeats=story.repeats,
            texts=len(story.texts),
            outlets=len(story.outlets),
            outlets_unknown=story.outlets_unknown,
            publishers=publishers.count(story.outlets, story.publishers),
            withdrawn=sum(by != "copy" for by in story.withdrawn.values()),
        ),
        credits=tuple(story.credits),
        continues=story.continues,
    )


def point_of(row: StoryRow, centroid: bytes) -> StoryPoint:
    """What placement compares with."""
    span = Span(*row.published) if row.published else None
    when, meant = When(span, row.clock, row.undated), Meant.from_bytes(row.meant)
    return StoryPoint(row.number, Centroid.from_bytes(centroid), when, row.id, row.terms, row.away, meant)
