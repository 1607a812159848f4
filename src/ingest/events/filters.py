"""Which events a subscriber wants. Pure.

Filters of different kinds are all asked; of one kind any will do. `min_materiality` concerns `story.updated` alone, and
a correction passes it. A filter by outlet, source or language asks for articles: a merge passes none, and a withdrawal
those that the article passed which it takes back; by outlet, those of its copies as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import get_args

import msgspec

from ingest.errors import UsageError
from ingest.events.event import ArticleWithdrawn, Event, Outlet, StoryUpdated
from ingest.model import EventType

Resolve = Callable[[str], str]
TYPES: tuple[EventType, ...] = get_args(EventType)


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Empty means everything. Outlets by id or name, languages by tag or its first part (`en` takes `en-GB`)."""

    types: frozenset[str] = frozenset()
    stories: frozenset[str] = frozenset()
    outlets: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    min_materiality: float = 0.0

    @classmethod
    def of(
        cls,
        types: Iterable[str] = (),
        stories: Iterable[str] = (),
        outlets: Iterable[str] = (),
        sources: Iterable[str] = (),
        languages: Iterable[str] = (),
        min_materiality: float = 0.0,
    ) -> Filter:
        """Raises UsageError for a type that is none, or a materiality outside 0 to 1."""
        if not 0.0 <= min_materiality <= 1.0:
            raise UsageError(f"min_materiality is between 0 and 1, not {min_materiality}")
        wanted = frozenset(_full_type(name) for name in types)
        return cls(
            types=wanted,
            stories=frozenset(stories),
            outlets=frozenset(outlets),
            sources=frozenset(sources),
            languages=frozenset(languages),
            min_materiality=min_materiality,
        )

    def wants(self, event: Event, resolve: Resolve) -> bool:
        """`resolve` gives the story id that a merged story's id now means, any other id as it is."""
        if self.types and event.type not in self.types:
            return False
        if self.stories and resolve(event.story.id) not in {resolve(story) for story in self.stories}:
            return False
        return self._wants_article(event) and self._is_material(event)

    def _wants_article(self, event: Event) -> bool:
        if not (self.outlets or self.sources or self.languages):
            return True
        if isinstance(event, ArticleWithdrawn):
            outlets = _named(event.data.article.outlet, *(copy.outlet for copy in event.data.copies))
            return self._wants_one(outlets, event.data.source, event.data.language)
        article = event.article
        return article is not None and self._wants_one(_named(article.outlet), article.source, article.language)

    def _wants_one(self, outlets: set[str], source: str | None, language: str | None) -> bool:
        language = (language or "").casefold()
        return (
            (not self.outlets or bool(outlets & {name.casefold() for name in self.outlets}))
            and (not self.sources or source in self.sources)
            and (not self.languages or bool({language, language.partition("-")[0]} & _casefolded(self.languages)))
        )

    def _is_material(self, event: Event) -> bool:
        if not isinstance(event, StoryUpdated) or event.data.relation.correction:
            return True
        return (event.delta.materiality or 0.0) >= self.min_materiality


def _full_type(name: str) -> str:
    """`updated` for `story.updated`: no two types end in the same word."""
    for known in TYPES:
        if name in (known, known.partition(".")[2]):
            return known
    raise UsageError(f"{name!r} is no type of event; there are {', '.join(TYPES)}")


def _named(*outlets: Outlet | None) -> set[str]:
    return {name.casefold() for outlet in outlets if outlet is not None for name in (outlet.id, outlet.name)}


def _casefolded(names: frozenset[str]) -> set[str]:
    return {name.casefold() for name in names}
