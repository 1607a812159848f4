"""What a page is written in, where the header that came with it has a say."""

from __future__ import annotations

import re

from ingest.encodings import by_mark, read_as

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_STATED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE
)
_WITHIN = 4096  # bytes in which a page states its own, as in extraction
_DEFAULTS = re.compile(r"(iso[-_]?8859-1|latin-?1|us-ascii|ascii|windows-1252|cp1252)$", re.IGNORECASE)
"""What servers say of every page they have, whatever it is in: the page's own word is better."""


def as_utf8(body: bytes, content_type: str) -> bytes:
    """The page as UTF-8 where its mark or its header says what it is in; else as it came, and the page itself says.

    Bytes that are UTF-8 are, whatever anybody says. A header goes before the page's own word, as in browsers, but
    where it is a server's default, and where the bytes are not in it.
    """
    marked = by_mark(body)
    if marked is not None:
        return marked.encode("utf-8", "replace")
    try:
        body.decode("utf-8")
        return body
    except UnicodeDecodeError:
        pass
    said, stated = _CHARSET.search(content_type), _STATED.search(body[:_WITHIN])
    names = [said[1] if said else "", stated[1].decode("ascii") if stated else ""]
    if _DEFAULTS.match(names[0]):
        names.reverse()
    read = (read_as(body, name) for name in names if name)
    text = next((text for text in read if text is not None), None)
    return body if text is None else text.encode("utf-8", "replace")
