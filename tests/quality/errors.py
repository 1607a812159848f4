"""The worst errors of a labelled set: what each article cost when it came, and the product's own reasons for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

from labelled_sets import Item
from streams import Stream, Told

LEAD = 160


@dataclass(frozen=True)
class Error:
    """`cost`: pairs that were wrongly made or wrongly missed when the article came. `kind` and the two stories say in
    what way; `like` counts further articles of the same event in the same wrong place."""

    cost: int
    kind: str
    item: Item
    told: Told
    joined: Told | None
    missed: Told | None
    like: int = 0


def worst(items: Sequence[Item], stream: Stream, count: int) -> list[Error]:
    """The dearest first; of one event in one wrong place only the first is listed."""
    found: dict[tuple[Hashable, str, str], Error] = {}
    for error in _all(items, stream):
        place = (error.item.story, stream.story(error.item.id), error.kind)
        if (first := found.get(place)) is None:
            found[place] = error
        else:
            found[place] = replace(first, cost=max(first.cost, error.cost), like=first.like + 1)
    return sorted(found.values(), key=lambda error: -error.cost)[:count]


def _all(items: Sequence[Item], stream: Stream) -> Iterator[Error]:
    inside: defaultdict[str, Counter[Hashable]] = defaultdict(Counter)
    homes: defaultdict[Hashable, Counter[str]] = defaultdict(Counter)
    openers: dict[str, Told] = {}
    for item in items:
        told = stream.by_key[item.id]
        story, event = stream.story(item.id), item.story  # as it is at the end: what was merged since is no error
        others = sum(inside[story].values()) - inside[story][event]
        home, held = max(homes[event].items(), key=lambda pair: pair[1], default=("", 0))
        joined = openers.get(story) if others > inside[story][event] else None
        missed = openers.get(home) if held > inside[story][event] else None
        kind = "joined a story of other events" if joined else "left its own event"
        if joined is not None or missed is not None:
            cost = (others if joined else 0) + (held - inside[story][event] if missed else 0)
            yield Error(cost, kind, item, told, joined, missed)
        inside[story][event] += 1
        homes[event][story] += 1
        openers.setdefault(story, told)


def lines(errors: Sequence[Error]) -> list[str]:
    found: list[str] = []
    for number, error in enumerate(errors, 1):
        like = f", and {error.like} more of its event" if error.like else ""
        found += [
            f"{number}. {error.kind} ({error.cost} pairs{like})",
            f"   {error.item.id}  {error.item.title or ''} | {error.item.body[:LEAD]!r}",
            f"   its event: {error.item.story}",
        ]
        if error.joined is not None:
            found.append(f"   joined the story of: {error.joined.key}  {error.joined.change.story.headline}")
        if error.missed is not None:
            found.append(f"   left the story of: {error.missed.key}  {error.missed.change.story.headline}")
        found += [f"      {why}" for why in error.told.why()]
        found.append("")
    return found
