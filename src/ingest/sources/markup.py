"""Snippets of HTML as plain text: feed titles, teasers, articles in feeds. Every word stays, blocks become lines."""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

from ingest.printable import without_controls

from .articles import clean_text

_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main nav "
    "ol p pre section table td th tr ul".split()
)
_SILENT = frozenset("script style noscript template iframe object svg math head title".split())
_LOOKS_LIKE = re.compile(r"<[a-zA-Z!/]|&[#a-zA-Z0-9]{1,30};")


def text_of(snippet: str) -> str:
    """The text of an HTML snippet, one line a block, blank lines left out."""
    snippet = without_controls(clean_text(snippet))
    if not _LOOKS_LIKE.search(snippet):
        return _lines(snippet.split("\n"))
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = lxml_html.fragment_fromstring(snippet.encode(), create_parent="div", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return ""
    parts: list[str] = []
    silent: list[object] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if tag in _SILENT:
                silent.append(element)
            if tag in _BLOCKS:
                parts.append("\n")
            if element.text and not silent:
                parts.append(element.text.replace("\n", " "))
            continue
        if silent and silent[-1] is element:
            silent.pop()
        if tag in _BLOCKS:
            parts.append("\n")
        if element.tail and not silent:
            parts.append(element.tail.replace("\n", " "))
    return _lines("".join(parts).split("\n"))


def line_of(snippet: str) -> str | None:
    """The same on one line, None where nothing is left."""
    return " ".join(text_of(snippet).split()) or None


def _lines(lines: list[str]) -> str:
    return "\n".join(line for line in (" ".join(raw.split()) for raw in lines) if line)
