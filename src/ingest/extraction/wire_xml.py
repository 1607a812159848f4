"""XML of agencies as a tree without namespaces, entities and document types, and its text as paragraphs.

No DTD is ever read: a document type is cut off before the parser sees it, and one that is left is a refusal. So there
is no entity to expand, no file and no network to ask. The characters that HTML names (`&eacute;`), which NITF has from
its DTD, are put in as what they are.
"""

from __future__ import annotations

import base64
import html.entities
import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from ingest.encodings import xml_text
from ingest.errors import Refused
from ingest.printable import without_controls

from .wire_fields import term_of

LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# Atomic throughout: what was taken is not given back, so a file of a thousand comments costs a thousand steps.
_PROLOG = re.compile(r"\A\ufeff?(?>\s+|<\?(?!xml\s)(?>[^?]|\?(?!>))*+\?>|<!--(?>[^-]|-(?!->))*+-->)*+")
_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml\s(?>[^?]|\?(?!>))*+\?>")
_DOCTYPE = re.compile(
    r"<!DOCTYPE(?>[^\[>\"']|\"[^\"]*+\"|'[^']*+')*+"
    r"(?:\[(?>[^\]\"'<]|\"[^\"]*+\"|'[^']*+'|<!--(?>[^-]|-(?!->))*+-->|<)*+\]\s*+)?>"
)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})

_BLOCKS = frozenset(
    "p div hl1 hl2 h1 h2 h3 h4 h5 h6 li dt dd tr block blockquote bq pre br ul ol dl table tbody thead section article"
    " hr fn body body.content abstract figure address center".split()
)
_SILENT = frozenset(
    "media media-caption media-producer script style note img figure figcaption caption-photo video audio iframe"
    " head nav form tagline rights-info".split()
)
_CELLS = frozenset({"td", "th"})
_LOOKS_LIKE_MARKUP = re.compile(r"<(?:p|div|br|h[1-6]|ul|ol|table|span|b|i|em|strong|section|article|html)\b", re.I)
_MAX_DEPTH = 200


def parse(data: bytes) -> etree._Element:
    """The root. Raises Refused: `bad-xml`, `too-deep`."""
    text = without_controls(xml_text(data))
    text = _DECLARATION.sub("", text, count=1)
    start = _PROLOG.match(text)
    at = start.end() if start else 0
    document = _DOCTYPE.match(text, at)
    if document:
        at = document.end()
    text = _NAMED.sub(_named, text[at:])
    # Names of the parser's own options are its defences twice over: nothing is left that they would have to stop.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        huge_tree=False,
    )
    try:
        root: etree._Element = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        reason = "too-deep" if "depth" in str(error).lower() else "bad-xml"
        raise Refused(reason, "delivery", str(error)[:200]) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("bad-xml", "delivery", "a document type in the wrong place")
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return root


def _named(found: re.Match[str]) -> str:
    name = found[1]
    if name in _XML_NAMES:
        return found[0]
    return html.entities.html5.get(f"{name};", "").replace("&", "&amp;").replace("<", "&lt;")


def line(element: etree._Element | None) -> str | None:
    """All text of an element on one line; None where there is none of it."""
    if element is None:
        return None
    return " ".join("".join(element.itertext()).split()) or None


def line_at(element: etree._Element, *paths: str) -> str | None:
    """The text at the first of these paths that has any."""
    for path in paths:
        for found in element.iterfind(path):
            if text := line(found):
                return text
    return None


def value_at(element: etree._Element, path: str, *names: str) -> str | None:
    """The first of these attributes at a path that has a value."""
    for found in element.iterfind(path):
        for name in names:
            if value := " ".join((found.get(name) or "").split()):
                return value
    return None


def paragraphs(element: etree._Element) -> str:
    """The text of marked-up content, one line a paragraph; pictures, captions of them and notes to editors left out.

    Content that is text which looks like HTML (escaped, or CDATA) is read as that. Raises Refused `too-deep`.
    """
    if len(element) == 0 and _LOOKS_LIKE_MARKUP.search(element.text or ""):
        return html_paragraphs(element.text or "")
    if len(element) == 0:
        return plain_paragraphs(element.text or "")
    parts: list[str] = []
    _walk(element, parts, 0, pre=False)
    return _lines("".join(parts))


def html_paragraphs(snippet: str) -> str:
    """The same of an HTML or XHTML snippet."""
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = lxml_html.fragment_fromstring(
            without_controls(snippet).encode("utf-8", "replace"), create_parent="div", parser=parser
        )
    except (etree.ParserError, etree.XMLSyntaxError):
        return ""
    parts: list[str] = []
    _walk(tree, parts, 0, pre=False)
    return _lines("".join(parts))


def plain_paragraphs(text: str) -> str:
    """Lines of text as paragraphs: by blank lines where there are any, else each line is one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if re.search(r"\n[ \t]*\n", text.strip()):
        return _lines("\n".join(" ".join(block.split()) for block in re.split(r"\n[ \t]*\n", text)))
    return _lines(text)


def unpacked(said: str, coding: str | None) -> str:
    """Text that stands in another coding: Base64 of UTF-8. Empty of any other, and where it is none."""
    if term_of(coding) not in ("b64", "base64"):
        return ""
    try:
        return without_controls(base64.b64decode("".join(said.split()), validate=True).decode("utf-8"))
    except ValueError:
        return ""


def _walk(element: etree._Element, parts: list[str], depth: int, *, pre: bool) -> None:
    if depth > _MAX_DEPTH:
        raise Refused("too-deep", "delivery")
    tag = element.tag.lower() if isinstance(element.tag, str) else ""
    if not tag or tag in _SILENT:
        return
    pre = pre or tag == "pre"
    if tag in _BLOCKS:
        parts.append("\n")
    parts.append(_said(element.text, pre))
    for child in element:
        _walk(child, parts, depth + 1, pre=pre)
        parts.append(_said(child.tail, pre))
    if tag in _BLOCKS:
        parts.append("\n")
    elif tag in _CELLS:
        parts.append(" ")


def _said(text: str | None, pre: bool) -> str:
    return (text or "") if pre else re.sub(r"\s+", " ", text or "")


def _lines(text: str) -> str:
    return "\n".join(line for raw in text.split("\n") if (line := " ".join(raw.split())))


def texts(elements: Iterator[etree._Element]) -> tuple[str, ...]:
    """What several elements say, each once."""
    return tuple(dict.fromkeys(text for element in elements if (text := line(element))))
