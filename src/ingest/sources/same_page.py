"""The same page for many addresses of a host is no article, whatever it says. Pure; one row a host in `progress:shown`.

It goes there as `ProgressUpdate(SHOWN, {host: row})`, with nothing believed: two pages at once may lose a note, never a
page.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter

import msgspec

SHOWN = "shown"
"""The source under which the rows are kept, by host."""


class SameLimits(msgspec.Struct, frozen=True):
    addresses: int = 3  # a text under so many addresses is the site's, not an article's: two may be one filed twice
    titles: int = 2  # or of so many entries of one feed: it does not tell one thing under two titles
    believed: int = 3  # so many, and what that feed named before is taken back: no feed takes another's back
    places: int = 6  # remembered of a text, the first
    kept: int = 64  # texts remembered of a host, those seen last: 64 * 6 * 8 B at most
    days: float = 30.0  # since it was last seen


SAME = SameLimits()


_LONG = 12
_CHANCE = re.compile(rf"(?=\S*\d)[\w.:-]{{{_LONG},}}")
"""A word with a digit that is so long is the number of a request, an address or a time, new with each answer."""
_PART = 2
"""Bytes of a hash in a place: few are compared, and two that are taken for one make a text no worse than it is."""


class Place(msgspec.Struct, frozen=True):
    """Where a text stands.

    asked    canonical address that was asked for
    says     canonical address that the page gives itself, or at which it was found
    feed     that names it, `title` what it is called there; empty of a page that no feed names
    """

    asked: str
    says: str
    feed: str = ""
    title: str = ""

    def packed(self) -> bytes:
        parts = self.asked, self.says, self.feed, " ".join(self.title.split()).casefold()
        return b"".join(map(_part, parts))


class _Text(msgspec.Struct, frozen=True, array_like=True):
    """A text that a host showed: its mark, its places, packed, when it was last seen (ms)."""

    mark: bytes
    places: bytes
    last: int

    def each(self) -> list[list[bytes]]:
        """The four parts of each place."""
        parts = [self.places[at : at + _PART] for at in range(0, len(self.places), _PART)]
        return [parts[at : at + 4] for at in range(0, len(parts), 4)]

    def at(self, place: Place) -> bytes:
        """The places, with this one. A new title at an address that is known is an edited one."""
        here, known = place.packed(), self.each()
        if len(known) >= SAME.places or self.believed(place.feed) or any(each[0] == here[:_PART] for each in known):
            return self.places
        return self.places + here

    @property
    def same(self) -> bool:
        addresses = {says for _, says, _, _ in self.each()}
        return len(addresses) >= SAME.addresses or max(self._titles().values()) >= SAME.titles

    def believed(self, feed: str) -> bool:
        return self._titles()[_part(feed)] >= SAME.believed

    def _titles(self) -> Counter[bytes]:
        """Under how many each feed has it."""
        return Counter(feed for feed, _ in {(feed, title) for _, _, feed, title in self.each()})


class Sight(msgspec.Struct, frozen=True):
    """A page beside the others of its host.

    row       of the host, with this page in it
    mark      of its text
    same      whether it is no article, as the text stands elsewhere as well
    believed  whether that holds for those pages of its feed also that were taken for articles before
    """

    row: bytes
    mark: bytes
    same: bool
    believed: bool


def noted(raw: bytes | None, text: str, place: Place, now: int) -> Sight:
    """`raw` is the host's row as stored; `now` in ms."""
    mark = _hash(" ".join(map(_lasting, text.split())).casefold())
    fresh = [each for each in _texts(raw) if now - each.last <= SAME.days * 86_400_000]
    before = next((each for each in fresh if each.mark == mark), _Text(mark, b"", now))
    found = _Text(mark, before.at(place), now)
    row = msgspec.msgpack.encode([found, *(each for each in fresh if each.mark != mark)][: SAME.kept])
    return Sight(row, mark, found.same, found.believed(place.feed))


def believed(raw: bytes | None, mark: bytes, feed: str) -> bool:
    """As `Sight.believed`, of a page of this feed that has not changed since its text was noted under this mark."""
    return any(each.believed(feed) for each in _texts(raw) if each.mark == mark)


def _texts(raw: bytes | None) -> list[_Text]:
    try:
        return msgspec.msgpack.decode(raw, type=list[_Text]) if raw else []
    except msgspec.DecodeError:
        return []


def _lasting(word: str) -> str:
    return _CHANCE.sub("#", word) if len(word) >= _LONG else word


def _part(value: str) -> bytes:
    return _hash(value)[:_PART]


def _hash(value: str) -> bytes:
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).digest()
