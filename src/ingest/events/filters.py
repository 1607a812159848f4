"""Which events a subscriber wants. Pure.

Filters of different kinds are all asked; of one kind any will do. `min_materiality` concerns `story.updated` alone, and
a correction passes it. A filter by outlet, source or language asks for articles: a merge or a withdrawal passes none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import get_args

import msgspec

from ingest.errors import UsageError
from ingest.events.event import Event, StoryUpdated
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
        article = event.article
        if article is None:
            return False
        outlet = {name.casefold() for name in (article.outlet.id, article.outlet.name)} if article.outlet else set()
        language = (article.language or "").casefold()
        return (
            (not self.outlets or bool(outlet & {name.casefold() for name in self.outlets}))
            and (not self.sources or article.source in self.sources)
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


def _casefolded(names: frozenset[str]) -> set[str]:
    return {name.casefold() for name in names}
