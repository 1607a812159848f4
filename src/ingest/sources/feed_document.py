"""A feed's document as feedparser reads it, with the entries that are known left out where that changes nothing.

    document -> pieces -> those known cut out -> the parser, watched -> as it was when they were read?
                                                                        no: the whole document, once more

That an entry may be left out needs two things: its text is certain (`pieces`), and it was seen to bear on no other, nor
another on it (`watched`). A document that is not well-formed is read with the markup of its texts quoted; where that
does not make it so, it is read whole, by a parser that guesses.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable
from itertools import repeat
from typing import Any, NamedTuple

import feedparser

from .entries import Known
from .mending import quoted
from .pieces import hashes_of, pieces_of, without
from .watched import loosely, strictly

# feedparser takes these for the entry's own: the caption of a picture for its text, a channel's name for its author.
# Under names that it does not know, and without attributes, it keeps their text.
_BESIDE = re.compile(r"<(/?)(media:(?:title|description)|itunes:author)\b[^<>]{0,1000}?(/?)>", re.IGNORECASE)


class Read(NamedTuple):
    """`text` is what was read, `entries` what feedparser made of each, None for one left out, with the hash of its XML,
    empty where it has none that means anything; `scope` as in `Parsed`."""

    text: str
    head: Any
    version: str
    entries: list[tuple[Any, bytes]]
    broken: bool = False
    scope: bytes = b""


def read_document(text: str, known: Known) -> Read:
    """`text` begins with the root element, or with a DTD. Raises what feedparser fails with."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # feedparser's own deprecations are no news of the feed
        if "<!ENTITY" in text:
            return _with_entities(text)
        if read := _well_formed(text, known):
            return read
        if (whole := quoted(text)) != text and (read := _well_formed(whole, known)):
            return read._replace(broken=True)
        guessed = loosely(_renamed(text))
        return Read(text, guessed.feeddata, guessed.version, _unnamed(guessed.entries), broken=True)


def _well_formed(text: str, known: Known) -> Read | None:
    pieces = pieces_of(text) if known.salt else []
    if known.raws and pieces:
        hashes = hashes_of(text, pieces, known.salt, known.scope)
        if not known.raws.isdisjoint(hashes) and (part := _in_part(text, pieces, hashes, known)):
            return part
    return _whole(text, pieces, known.salt)


def _in_part(text: str, pieces: list[tuple[int, int]], hashes: list[bytes], known: Known) -> Read | None:
    """None where those left out would be read in another state than when they were read, or leave another behind."""
    out = [each in known.raws for each in hashes]
    rest = without(text, pieces, out)
    found = strictly(_renamed(rest))
    kept = out.count(False)
    if found is None or not found.steady or found.scope != known.scope or len(found.entries) != max(1, kept):
        return None
    left = iter(found.entries)
    entries = [(None if known else next(left), raw) for known, raw in zip(out, hashes, strict=True)]
    return Read(rest, found.feeddata, found.version, entries, scope=found.scope)


def _whole(text: str, pieces: list[tuple[int, int]], salt: bytes) -> Read | None:
    found = strictly(_renamed(text))
    if found is None:
        return None
    if found.steady and found.scope and len(found.entries) == len(pieces):
        hashes = hashes_of(text, pieces, salt, found.scope)
        entries = list(zip(found.entries, hashes, strict=True))
        return Read(text, found.feeddata, found.version, entries, scope=found.scope)
    return Read(text, found.feeddata, found.version, _unnamed(found.entries))


def _with_entities(text: str) -> Read:
    """feedparser keeps of a DTD what is harmless."""
    # It is not told where the feed was found: it would resolve guids as well, and a feed that moved would have new
    # ones. Not sanitised: only text is taken.
    found = feedparser.parse(
        io.BytesIO(_renamed(text).encode()),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    return Read(text, found.feed, found.get("version") or "", _unnamed(found.entries), broken=bool(found.get("bozo")))


def _unnamed(entries: Iterable[Any]) -> list[tuple[Any, bytes]]:
    return list(zip(entries, repeat(b"")))


def _renamed(text: str) -> str:
    return _BESIDE.sub(lambda found: f"<{found[1]}{found[2].lower().replace(':', ':beside_')}{found[3]}>", text)
