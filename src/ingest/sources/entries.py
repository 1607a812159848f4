"""What passes between a feed's parser, which runs in a killable child, and the rest."""

from __future__ import annotations

import msgspec

from ingest.model import Stamp

PARSER = "ingest.sources.feedparsing:parse_feed"
"""What the child is to call; named and not imported, as the parser takes a tenth of a second to load."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as plain text. `base` is what its own XML says relative links start from, mostly nothing."""

    id: str = ""
    link: str = ""
    base: str = ""
    title: str | None = None
    content: str = ""
    summary: str = ""
    published: Stamp | None = None
    outlet: str | None = None
    author: str | None = None
    language: str | None = None


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed in its own order. `left_out` entries were too many and not looked at; `floor` are the seconds that it asks
    to leave between polls."""

    title: str | None
    language: str | None
    entries: tuple[Entry, ...]
    left_out: int = 0
    floor: float = 0.0


def hint_of(max_entries: int, content_type: str) -> str:
    """The second argument of `feedparsing.parse_feed`, in the form that passes through the jail."""
    return f"{max_entries} {content_type}"
