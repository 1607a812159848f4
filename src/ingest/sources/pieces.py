"""A feed's document in pieces, one an entry, each with a hash of its XML; those that are known are left out. Pure.

Where it is not certain which text is which entry's, there are no pieces, and the document is read whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from itertools import pairwise

Span = tuple[int, int]

_MARK = re.compile(r"<(?:!\[CDATA\[|!--|\?|(/?)((?:[\w.-]++:)?(?:item|entry))(?=[\s/>]))", re.IGNORECASE)
_UNTIL = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_NOTHING = re.compile(r"\s*(?:<!--(?:(?!-->).)*-->\s*)*", re.DOTALL)


def pieces_of(text: str) -> list[Span]:
    """Where each entry's element begins and ends, in order; none where one is unclosed, empty, within another or under
    another name, or where anything but comments stands between two.
    """
    found: list[Span] = []
    at, start, name = 0, -1, ""
    while mark := _MARK.search(text, at):
        if mark[2] is None:
            end = text.find(_UNTIL.get(mark[0], "\0"), mark.end())
            if end < 0:
                return []
            at = end
            continue
        at = text.find(">", mark.end())
        closing, name = bool(mark[1]), name or mark[2]
        if at < 0 or mark[2] != name or closing != (start >= 0) or text[at - 1] == "/":
            return []
        if closing:
            found.append((start, at + 1))
        start = -1 if closing else mark.start()
    if start >= 0:
        return []
    between = ((end, start) for (_, end), (start, _) in pairwise(found))
    return found if all(_NOTHING.fullmatch(text, *gap) for gap in between) else []


def hashes_of(text: str, pieces: Sequence[Span], salt: bytes, scope: bytes) -> list[bytes]:
    """Of each piece; `salt` and `scope` are what else its reading depends on, of 8 bytes each."""
    key = salt + scope
    raws = (text[start:end].encode("utf-8", "surrogatepass") for start, end in pieces)
    return [hashlib.blake2b(raw, digest_size=8, key=key).digest() for raw in raws]


def without(text: str, pieces: Sequence[Span], left_out: Sequence[bool]) -> str:
    """The document without some of its entries. Where all go, an empty element stands for them: what is read of it
    tells the state in which they would have been read."""
    parts, at = [], 0
    if all(left_out):
        start, at = pieces[0]
        mark = _MARK.match(text, start)
        name = mark[2] if mark else ""
        parts, pieces, left_out = [text[:start], f"<{name}></{name}>"], pieces[1:], left_out[1:]
    for (start, end), out in zip(pieces, left_out, strict=True):
        if out:
            parts.append(text[at:start])
            at = end
    return "".join([*parts, text[at:]])
