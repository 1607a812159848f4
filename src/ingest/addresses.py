"""Addresses in the plainest spelling, known by one pattern. Pure.

Most addresses in a feed are: to see that there is nothing to undo takes far less time than to undo it.
The pattern is narrower than what is allowed, so that all readings of an address agree on what it takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import NamedTuple, TypeVar

_PLAIN = re.compile(
    r"https?://(?=[^/]{1,253}/)([a-z0-9-]+(?:\.[a-z0-9-]+)+)"  # no user, no port, no dot at the end
    r"(/(?:[a-zA-Z0-9_~-][\w.~-]*/)*(?:[a-zA-Z0-9_~-][\w.~-]*)?)"  # no part that begins with a dot, none empty
    r"(?:\?([\w.~=&%+,:;/-]+))?",
    re.ASCII,
)


Taken = TypeVar("Taken")
_REMEMBERED = 8192  # more feeds than one fetcher keeps on schedule
_LONG = 500  # characters: addresses of thousands, from somebody who means ill, shall not stay


def remembering(take: Callable[[str], Taken]) -> Callable[[str], Taken]:
    """What `take` makes of an address, kept for the next time: a feed is asked for under the same one for years."""
    kept = lru_cache(maxsize=_REMEMBERED)(take)

    @wraps(take)
    def taken(url: str) -> Taken:
        return kept(url) if len(url) <= _LONG else take(url)

    return taken


class Plain(NamedTuple):
    """`host` in small letters, `path` from its slash on, `query` without its mark, "" for none."""

    host: str
    path: str
    query: str


@lru_cache(maxsize=1024)  # an entry's is looked at four times
def plain(url: str) -> Plain | None:
    """The parts of an address that is spelled as plainly as can be, for `urlsplit` too; None for any other, valid or
    not."""
    found = _PLAIN.fullmatch(url)
    return Plain(*found.groups("")) if found else None
