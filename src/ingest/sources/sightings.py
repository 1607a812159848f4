"""A feed's entries held against what is remembered of it: which are to be offered, and what is remembered then. Pure.

known by one of its names, content as before             nothing; offered again after half a year
known, content changed                                    a new version, under the key it is known by
unknown, but in place of one with the same content        that one, under a new guid or address: nothing
unknown                                                   new
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from ingest.model import Envelope, Stamp

from .entries import Entry, Known, Parsed
from .entry_names import Named, Standing
from .visits import (
    LIMITS,
    NOWHERE,
    UNKNOWN,
    Mark,
    by_raw,
    content_of,
    entry_of,
    hash_of,
    last_of,
    mark_of,
    pack_seen,
    packed_mark,
    seen_on,
    stamp_of,
    standing_of,
    time_of,
    unpack_seen,
)

DAY_MS = 86_400_000
_READING = b"1"
"""How entries are read. Whoever changes what comes of one counts it up: then all are read once more."""


class Sighted(msgspec.Struct, frozen=True):
    """One entry of a poll, its mark packed. `article` is None where there is nothing to offer."""

    entry: bytes
    mark: bytes
    known: bool
    article: Envelope | None


class Sightings:
    """One poll of one feed. `stored` is the value in `progress:seen`, `now` in ms, `found_at` what its relative links
    start from. Of a `partial` one, as hubs deliver, what is missing has left no place to another."""

    def __init__(self, stored: bytes | None, now: int, found_at: str = "", *, partial: bool = False) -> None:
        self._partial = partial
        self._today = min(max(now // DAY_MS, 0), 0xFFFF)
        self._stored = stored or b""
        self._scope, self._before = unpack_seen(self._stored, self._today)
        self._salt = hash_of(_READING, found_at)
        self._standing: dict[bytes, bytes] = {}
        self._seen: dict[bytes, Sighted] = {}
        self._of: dict[str, bytes] = {}

    def to_skip(self) -> Known:
        """What the parser need not read."""
        self._standing = by_raw(self._before, self._today) if self._scope != UNKNOWN else {}
        return Known(self._salt, self._scope, frozenset(self._standing))

    def to_read(self) -> Known:
        """Nothing is skipped."""
        return Known(self._salt)

    def standing(self, parsed: Parsed) -> tuple[Parsed, Mapping[bytes, Standing]]:
        """The feed, with the dates of the entries that were skipped; and what else is known of them, by `Entry.raw`."""
        self._scope = parsed.scope
        found: dict[bytes, Standing] = {}
        entries: list[Entry] = []
        for entry in parsed.entries:
            if entry.known:
                key = self._standing[entry.raw]
                content, place, published = standing_of(self._before[key])
                found[entry.raw] = Standing(key, place, content)
                at = time_of(published)
                entry = entry if at is None else Entry(raw=entry.raw, known=True, published=Stamp(at))
            entries.append(entry)
        return (msgspec.structs.replace(parsed, entries=tuple(entries)) if found else parsed), found

    def take(self, entries: Sequence[Named | Standing], article: Callable[[Named, str], Envelope]) -> list[Envelope]:
        """The articles to offer, in the feed's order; `article` makes one of an entry and its key. An entry that the
        feed has twice is taken once, as it has it first."""
        known = [None if isinstance(each, Standing) else self._known_as(each) for each in entries]
        vacant = self._vacant(entries, known)
        self._seen, self._of = {}, {}
        for each, key in zip(entries, known, strict=True):
            if isinstance(each, Standing):
                mark = seen_on(self._before[each.entry], self._today)
                self._seen.setdefault(each.entry, Sighted(each.entry, mark, True, None))
            else:
                self._note(each, key, None if key else vacant.pop(each.content, None), article)
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
        told = self._seen.values() if offered is None else (self._seen[self._of[article.key]] for article in offered)
        return pack_seen(self._scope, {each.entry: each.mark for each in told}, self._before, self._today)

    def _vacant(self, entries: Sequence[Named | Standing], known: Sequence[str | None]) -> dict[bytes, bytes]:
        """The marks of those that left lately, by their content, where another has it."""
        if self._partial:
            return {}
        new = (each for each, key in zip(entries, known, strict=True) if not (key or isinstance(each, Standing)))
        # Few have the content of another, and to look for it in the bytes costs less than to look at the marks.
        moved = {each.content for each in new if each.content in self._stored}
        if not moved:
            return {}
        claimed = {entry_of(key) for key in known if key}
        claimed |= {each.entry if isinstance(each, Standing) else entry_of(each.keys[0]) for each in entries}
        return {
            content: entry
            for entry, packed in reversed(self._before.items())
            if (content := content_of(packed)) in moved
            and entry not in claimed
            and self._today - last_of(packed) <= LIMITS.renamed_days
        }

    def _known_as(self, named: Named) -> str | None:
        for key in named.keys:
            if entry_of(key) in self._before:
                return key
        for key in named.doubtful:
            packed = self._before.get(entry_of(key))
            if packed and _has(named, content_of(packed)):
                return key
        return None

    def _note(
        self, named: Named, key: str | None, vacant: bytes | None, article: Callable[[Named, str], Envelope]
    ) -> None:
        name = key or named.keys[0]
        entry = vacant or entry_of(name)
        if entry in self._seen:
            return
        before = mark_of(self._before[entry]) if entry in self._before else None
        same = before is not None and _has(named, before.content)
        told = before.told if before else self._today
        again = same and vacant is None and self._today - told >= LIMITS.again_days
        offered = article(named, name) if again or not same else None
        if offered is not None and again:
            offered = msgspec.structs.replace(
                offered, backfill=True
            )  # no news, should the ledger not know it after all
        mark = self._mark(named, entry, told if offered is None else self._today)
        self._seen[entry] = Sighted(entry, mark, before is not None, offered)
        self._of[name] = entry

    def _mark(self, named: Named, entry: bytes, told: int) -> bytes:
        """With the hash of its XML only where the next poll would find it by its first name, whatever else stands in
        the feed; one that goes by an older name might be found by a newer one then."""
        published = stamp_of(named.entry.published.at if named.entry.published else None)
        sure = named.firm and published is not None and entry == entry_of(named.keys[0])
        raw = named.entry.raw if sure and named.entry.raw else UNKNOWN
        return packed_mark(Mark(self._today, told, named.content, raw, named.place_mark, published or NOWHERE))


def _has(named: Named, content: bytes) -> bool:
    return content == named.content or content == named.was()
