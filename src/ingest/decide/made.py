"""What a turn comes to: filled article by article, then handed to the ledger as one commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.decide.case import Prepared
from ingest.inbox.port import Item, Turn
from ingest.ledger.port import Commit
from ingest.model import Decision, Disposition, Merge, Withdrawn


@dataclass(slots=True)
class Made:
    """A turn decided: the commit, the entries it settles, and what was told."""

    commit: Commit
    decisions: list[Decision] = field(default_factory=list)
    dispositions: list[tuple[str, Disposition]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    withdrawals: list[Withdrawn] = field(default_factory=list)


class Verdicts:
    """What a turn has come to so far."""

    def __init__(self, turn: Turn[Prepared] | None) -> None:
        self.consumer = turn.consumer if turn is not None else ""
        self.entries: list[str] = []
        self.where: list[tuple[str, bytes, bytes]] = []
        self.events: list[bytes] = []
        self.dead: list[tuple[str, str]] = []
        self.decisions: list[Decision] = []
        self.dispositions: list[tuple[str, Disposition]] = []
        self.merges: list[Merge] = []
        self.withdrawals: list[Withdrawn] = []
        self._on_arrival = 0

    def bury(self, item: Item[Prepared]) -> None:
        self.entries.append(item.entry)
        self.dead.append((item.entry, item.error or "unknown"))
        key = item.accepted.envelope.key if item.accepted is not None else item.entry
        self.dispositions.append((key, "dead"))

    def dispose(self, item: Item[Prepared] | None, prepared: Prepared, disposition: Disposition) -> None:
        if item is not None:
            self.entries.append(item.entry)
        self.dispositions.append((prepared.article.key, disposition))

    def decided(self, where: Iterable[tuple[str, bytes, bytes]]) -> None:
        self.where += where

    @property
    def size(self) -> int:
        """Of the events so far, in bytes."""
        return sum(map(len, self.events))

    def tell(self, item: Item[Prepared] | None, decision: Decision, event: bytes) -> None:
        if item is not None:
            self.entries.append(item.entry)
        self.events.append(event)
        self.decisions.append(decision)
        self.dispositions.append((decision.article.key, _DISPOSITIONS[decision.type]))

    def tell_merge(self, merge: Merge, event: bytes) -> None:
        """Before the event of the article that proved it."""
        self.events.append(event)
        self.merges.append(merge)

    def take_back(
        self, item: Item[Prepared] | None, prepared: Prepared, told: Withdrawn | None, event: bytes | None
    ) -> None:
        """An entry that takes an article back; `told` is None where it only is noted."""
        self.dispose(item, prepared, "noted" if told is None else "withdrawn")
        self._tell_withdrawal(told, event)

    def take_back_on_arrival(self, told: Withdrawn, event: bytes) -> None:
        """After the event of the article that an entry before had noted: this is that entry's event."""
        self._tell_withdrawal(told, event)
        self._on_arrival += 1

    def _tell_withdrawal(self, told: Withdrawn | None, event: bytes | None) -> None:
        if told is not None and event is not None:
            self.events.append(event)
            self.withdrawals.append(told)

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for _, disposition in self.dispositions:
            found[disposition] = found.get(disposition, 0) + 1
        found["decided"] = sum(found.get(name, 0) for name in _DECIDED)
        found["merged"] = len(self.merges)
        # What was noted before has its event now: so `decided` less what is noted yet, and merges, is what was told.
        found["withdrawn"] = found.get("withdrawn", 0) + self._on_arrival
        found["noted"] = found.get("noted", 0) - self._on_arrival
        return {name: count for name, count in found.items() if count}


_DISPOSITIONS: dict[str, Disposition] = {
    "story.opened": "opened",
    "story.updated": "updated",
    "story.repeated": "repeated",
}

_DECIDED: tuple[Disposition, ...] = ("opened", "updated", "repeated", "withdrawn", "noted")
