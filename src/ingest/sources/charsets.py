"""What a page is written in, where only the header that came with it says so."""

from __future__ import annotations

import re

_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)


def as_utf8(body: bytes, content_type: str) -> bytes:
    """The page as UTF-8 where only the header says what it is in; else as it came, and the page itself says."""
    found = _CHARSET.search(content_type)
    try:
        body.decode("utf-8")
        return body
    except UnicodeDecodeError:
        pass
    try:
        return body.decode(found[1]).encode("utf-8") if found else body
    except (LookupError, ValueError):
        return body
