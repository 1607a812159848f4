"""Story ids that now mean another story: what the store knows of, and what passes by in the stream."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from ingest import identity
from ingest.events.event import Event, StoryMerged
from ingest.events.steps import Steps, lua


class MergedKeys(Protocol):
    """The key names that this needs, as `ledger.keys.Keys` has them."""

    def merged(self, shard: int) -> str: ...


class Redirects:
    """What is known of them so far; a redirect never changes, so nothing here is ever wrong."""

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        self._known = dict(known or {})

    def learn(self, event: Event) -> None:
        if isinstance(event, StoryMerged):
            self._known.update(dict.fromkeys(event.data.merged, event.story.id))

    def resolve(self, story: str) -> str:
        """Follows merges of merges; a circle, which no store makes, ends where it closes."""
        seen = {story}
        while (now := self._known.get(story, story)) not in seen:
            seen.add(now)
            story = now
        return now

    def ask(self, keys: MergedKeys, stories: Collection[str]) -> Steps[None]:
        """Learn from the store where these stories went: a merge may have gone by before, or to another of a group."""
        asked: set[str] = set()
        while ids := sorted({self.resolve(story) for story in stories} - asked):
            asked.update(ids)
            fields = [identity.key_field(id) for id in ids]
            found = yield from lua("means", [keys.merged(field[0]) for field in fields], fields)
            self._known.update({id: _text(now) for id, now in zip(ids, found, strict=True) if now})


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode()
