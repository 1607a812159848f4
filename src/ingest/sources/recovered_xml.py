"""XML that lists something, sitemaps and OPML: what is broken in it costs that alone, and nothing expands. Pure."""

from __future__ import annotations

from lxml import etree


def root_of(text: str) -> etree._Element | None:
    """None where there is no element at all."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, remove_comments=True)
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        return None


def name_of(element: etree._Element) -> str:
    """In small letters, without its namespace; empty for what is no element. One that was recovered may be no name."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
