"""An agency's delivery, read: which format it is, and its items. Runs in the jail's child, as pages do.

    xml        NewsML-G2, NewsML 1.2, NITF
    ninjs      JSON, 1.x to 3.x
    iptc7901   messages of lines
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from ingest.delivery import Delivery, WireItem
from ingest.errors import Refused

from .iptc7901 import read_iptc7901
from .newsml1 import read_newsml1
from .newsml_g2 import read_newsml_g2
from .ninjs import read_ninjs
from .nitf import read_nitf
from .wire_xml import parse

MAX_ITEMS = 2_000
"""Of one file, as of a feed: an agency's day has fewer."""

_ROOTS: dict[str, Callable[[etree._Element], list[WireItem]]] = {
    "newsml": read_newsml1,
    "nitf": read_nitf,
    **dict.fromkeys(
        ("newsitem", "newsmessage", "packageitem", "conceptitem", "knowledgeitem", "planningitem", "catalogitem"),
        read_newsml_g2,
    ),
}


def read_wire(data: bytes, kind: str | None = None) -> Delivery:
    """The items of a delivery of this kind. Raises Refused: `bad-xml`, `bad-json`, `bad-field`, `unknown-format`,
    `too-deep`."""
    if kind == "ninjs":
        items = [read_ninjs(data)]
    elif kind == "iptc7901":
        items = read_iptc7901(data)
    else:
        root = parse(data)
        reader = _ROOTS.get(str(root.tag).lower())
        if reader is None:
            raise Refused("unknown-format", "delivery", f"no reader for XML that begins with {root.tag!s:.40}")
        items = reader(root)
    return Delivery(items=tuple(items[:MAX_ITEMS]), left_out=max(0, len(items) - MAX_ITEMS))
