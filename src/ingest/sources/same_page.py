"""The same page for many addresses of a host is no article, whatever it says. Pure; one row a host in `progress:shown`.

It goes there as `ProgressUpdate(SHOWN, {host: row})`, with nothing believed: two pages at once may lose a note, never a
page.
"""

from __future__ import annotations

import hashlib
import re

import msgspec

SHOWN = "shown"
"""The source under which the rows are kept, by host."""


class SameLimits(msgspec.Struct, frozen=True):
    addresses: int = 3  # a text under so many addresses is the site's, not an article's: two may be one filed twice
    kept: int = 64  # texts remembered of a host, those seen last: 64 * 3 * 8 B at most
    days: float = 30.0  # since it was last seen


SAME = SameLimits()


_LONG = 12
_CHANCE = re.compile(rf"(?=\S*\d)[\w.:-]{{{_LONG},}}")
"""A word with a digit that is so long is the number of a request, an address or a time, new with each answer."""


class _Text(msgspec.Struct, frozen=True, array_like=True):
    """A text that a host showed: its hash, the hashes of the addresses it stood at, when it was last seen (ms)."""

    text: bytes
    addresses: list[bytes]
    last: int


def noted(raw: bytes | None, text: str, address: str, now: int) -> tuple[bytes, bool]:
    """The host's row with this page in it, and whether the text stands at too many addresses to be an article.

    `raw` is the row as stored, `address` the canonical address that was asked for, `now` in ms.
    """
    try:
        known = msgspec.msgpack.decode(raw, type=list[_Text]) if raw else []
    except msgspec.DecodeError:
        known = []
    name, place = _hash(" ".join(map(_lasting, text.split())).casefold()), _hash(address)
    fresh = [each for each in known if now - each.last <= SAME.days * 86_400_000]
    addresses = next((each.addresses for each in fresh if each.text == name), [])
    if place not in addresses:
        addresses = [*addresses, place][: SAME.addresses]
    others = [each for each in fresh if each.text != name]
    row = msgspec.msgpack.encode([_Text(name, addresses, now), *others][: SAME.kept])
    return row, len(addresses) >= SAME.addresses


def _lasting(word: str) -> str:
    return _CHANCE.sub("#", word) if len(word) >= _LONG else word


def _hash(value: str) -> bytes:
    return hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).digest()
