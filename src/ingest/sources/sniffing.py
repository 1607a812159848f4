"""What bytes are, by how they begin; the name is asked only where they could be two things."""

from __future__ import annotations

import re
from typing import Literal

from ingest.errors import Refused

Kind = Literal["html", "json", "plain"]

UTF16 = (b"\xff\xfe", b"\xfe\xff")
_PAGE = re.compile(rb"<(!doctype\s+html|html|head|body|article|div|section|p|h1|title|meta|!--)[\s>-]", re.IGNORECASE)
_MARKUP = re.compile(rb"<(\?xml|rss|feed|rdf:)", re.IGNORECASE)


def sniff(head: bytes, name: str) -> Kind:
    """What the first bytes say. Raises Refused: `empty`, `binary`, `unknown-format`."""
    wide = head.startswith(UTF16)
    start = (head.replace(b"\x00", b"") if wide else head).removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")
    if not start:
        raise Refused("empty", name)
    if start.startswith(b"%PDF-"):
        raise Refused("unknown-format", name, "PDF")
    if not wide and b"\x00" in head:
        raise Refused("binary", name)
    if start[:1] in b"{[":
        return "json"
    if start[:1] == b"<":
        if _PAGE.search(start):
            return "html"
        if _MARKUP.match(start):
            raise Refused("unknown-format", name, "XML that is no page")
    return "html" if start[:1] == b"<" and name.lower().endswith((".html", ".htm", ".xhtml")) else "plain"
