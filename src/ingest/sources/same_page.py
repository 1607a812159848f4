"""The same page for many addresses of a host is no article, whatever it says. Pure; one row a host in `progress:shown`.

It goes there as `ProgressUpdate(SHOWN, {host: row})`, with nothing believed: two pages at once may lose a note, never a
page.
"""

from __future__ import annotations

import hashlib
import re
import struct

import msgspec

SHOWN = "shown"
"""The source under which the rows are kept, by host."""


class SameLimits(msgspec.Struct, frozen=True):
    addresses: int = 3  # a text under so many addresses is the site's, not an article's: two may be one filed twice
    titles: int = 2  # or of so many entries of one feed: it does not tell one thing under two titles
    believed: int = 3  # so many, and what that feed named before is taken back: no feed takes another's back
    places: int = 9  # remembered of a text, the first: three feeds may find out
    kept: int = 64  # texts remembered of a host, those seen last: 64 * 9 * 14 B at most
    days: float = 30.0  # since it was last seen


SAME = SameLimits()


_LONG = 12
_CHANCE = re.compile(rf"(?=\S*\d)[\w.:-]{{{_LONG},}}")
"""A word with a digit that is so long is the number of a request, an address or a time, new with each answer."""
_PLACE = struct.Struct("2s2s8s2s")
"""Hashes of a place's four parts: few are compared, and two that are taken for one make a text no worse than it is. But
for feeds: who finds an address of his own with another's hash would speak for that one."""


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
        title = " ".join(self.title.split()).casefold()
        return _PLACE.pack(*map(_hash, (self.asked, self.says, self.feed, title)))


class _Text(msgspec.Struct, frozen=True, array_like=True):
    """A text that a host showed: its mark, its places, packed, when it was last seen (ms)."""

    mark: bytes
    places: bytes
    last: int

    def at(self, place: Place) -> bytes:
        """The places, with this one. A new title at an address that is known is an edited one, and a new address for
        what is the same but for that a way there."""
        known, here = self._each(), place.packed()
        asked, *is_ = _PLACE.unpack(here)
        told = any(each[0] == asked or [*each[1:]] == is_ for each in known)
        full = len(known) >= SAME.places or self.believed(place.feed)
        return self.places if told or full else self.places + here

    def same(self, feed: str) -> bool:
        addresses = {says for _, says, _, _ in self._each()}
        return len(addresses) >= SAME.addresses or self._titles(feed) >= SAME.titles

    def believed(self, feed: str) -> bool:
        return self._titles(feed) >= SAME.believed

    def _titles(self, feed: str) -> int:
        """Under how many this feed has it."""
        wanted = _hash(feed)
        return len({title for _, _, of, title in self._each() if of == wanted})

    def _each(self) -> list[tuple[bytes, ...]]:
        """The parts of each place."""
        whole = len(self.places) - len(self.places) % _PLACE.size
        return list(_PLACE.iter_unpack(self.places[:whole]))


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
    return Sight(row, mark, found.same(place.feed), found.believed(place.feed))


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


def _hash(value: str) -> bytes:
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).digest()
