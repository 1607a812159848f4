"""A feed's entries held against what is remembered of it: which are to be offered, and what is remembered then. Pure.

known by one of its names, content as before             nothing; offered again after half a year
known, content changed                                    a new version, under the key it is known by
unknown, but in place of one with the same content        that one, under a new guid or address: nothing
unknown                                                   new
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from ingest.model import Envelope

from .entry_names import Named
from .visits import LIMITS, Mark, Marks, hash_of, pack_seen, unpack_seen

DAY_MS = 86_400_000


class Sighted(msgspec.Struct, frozen=True):
    """One entry of a poll. `article` is None where there is nothing to offer."""

    entry: bytes
    mark: Mark
    known: bool
    article: Envelope | None


class Sightings:
    """One poll of one feed. `stored` is the value in `progress:seen`, `now` in ms. Of a `partial` one, as hubs deliver,
    what is missing has left no place to another."""

    def __init__(self, stored: bytes | None, now: int, *, partial: bool = False) -> None:
        self._partial = partial
        self._today = min(max(now // DAY_MS, 0), 0xFFFF)
        self._before: Marks = unpack_seen(stored or b"", self._today)
        self._seen: dict[bytes, Sighted] = {}
        self._of: dict[str, bytes] = {}

    def take(self, entries: Sequence[Named], article: Callable[[Named, str], Envelope]) -> list[Envelope]:
        """The articles to offer, in the feed's order; `article` makes one of an entry and its key. An entry that the
        feed has twice is taken once, as it has it first."""
        known = [(each, self._known_as(each)) for each in entries]
        claimed = {hash_of(key) for _, key in known if key} | {hash_of(each.keys[0]) for each in entries}
        vacant = {
            mark.content: entry
            for entry, mark in reversed(list(self._before.items()))
            if not self._partial and entry not in claimed and self._today - mark.last <= LIMITS.renamed_days
        }
        for each, key in known:
            content = _content(each)
            self._note(each, key, content, None if key else vacant.pop(content, None), article)
        return [each.article for each in self._seen.values() if each.article is not None]

    @property
    def known(self) -> int:
        return sum(each.known for each in self._seen.values())

    @property
    def new(self) -> int:
        return len(self._seen) - self.known

    @property
    def changed(self) -> set[str]:
        """Keys of the articles to offer that the feed had before."""
        return {each.article.key for each in self._seen.values() if each.known and each.article is not None}

    def packed(self, offered: Iterable[Envelope] | None = None) -> bytes:
        """What is remembered once these articles are accepted; without an argument, once all are."""
        if offered is None:
            return pack_seen(((each.entry, each.mark) for each in self._seen.values()), self._before, self._today)
        told = [self._seen[self._of[article.key]] for article in offered]
        return pack_seen(((each.entry, each.mark) for each in told), self._before, self._today)

    def _known_as(self, named: Named) -> str | None:
        for key in named.keys:
            if hash_of(key) in self._before:
                return key
        for key in named.doubtful:
            mark = self._before.get(hash_of(key))
            if mark and mark.content in {_content(named), named.was}:
                return key
        return None

    def _note(
        self,
        named: Named,
        key: str | None,
        content: bytes,
        vacant: bytes | None,
        article: Callable[[Named, str], Envelope],
    ) -> None:
        name = key or named.keys[0]
        entry = vacant or hash_of(name)
        if entry in self._seen:
            return
        before = self._before.get(entry)
        same = before is not None and before.content in {content, named.was}
        told = before.told if before else self._today
        again = same and vacant is None and self._today - told >= LIMITS.again_days
        offered = article(named, name) if again or not same else None
        if offered is not None and again:
            offered = msgspec.structs.replace(
                offered, backfill=True
            )  # no news, should the ledger not know it after all
        mark = Mark(content, self._today, told if offered is None else self._today)
        self._seen[entry] = Sighted(entry, mark, before is not None, offered)
        self._of[name] = entry


def _content(named: Named) -> bytes:
    return hash_of(named.title or "", named.text, named.place)
