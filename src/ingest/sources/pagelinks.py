"""The feeds that a page names: for machines in `<link>`, else for people in `<a>`. Runs in the feeds' child."""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

from .articles import clean_text
from .entries import PAGE, Linked, Parsed, looks_like_a_feed
from .languages import language_of
from .markup import line_of

MOST_LINKS = 30
"""Of each kind: a front page names one to three, a site of many sections some twenty."""
_TYPES = re.compile(r"application/(?:rss|atom|rdf|feed|x\.atom|x-rss|x-atom)(?:\+(?:xml|json))?\b", re.IGNORECASE)
_XML = re.compile(r"(?:text|application)/xml\b", re.IGNORECASE)
_NO_FEED = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|css|js|mp3|mp4|pdf)(?:$|\?)", re.IGNORECASE)
_LOOKS = re.compile(
    r"\s*(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE | re.DOTALL
)


def is_page(text: str) -> bool:
    return _LOOKS.match(text[:4096]) is not None


def links_of(text: str) -> Parsed:
    """A page as what it says of feeds."""
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return Parsed(title=None, language=None, entries=(), kind=PAGE)
    declared, shown = [], []
    for element in root.iter("link", "a"):
        href = clean_text(element.get("href") or "").strip()
        if not href or href.startswith(("#", "javascript:", "mailto:", "data:")):
            continue
        title = line_of(element.get("title") or element.text_content()[:200]) or ""
        if element.tag == "link":
            if _declares(element):
                declared.append(Linked(href=href, title=title))
        elif looks_like_a_feed(href):
            shown.append(Linked(href=href, title=title, declared=False))
    base = root.find(".//base")
    name = root.find(".//title")
    return Parsed(
        title=line_of(name.text_content()) if name is not None else None,
        language=language_of(root.get("lang")),
        entries=(),
        kind=PAGE,
        links=(*_each_once(declared), *_each_once(shown)),
        base=clean_text(base.get("href") or "").strip() if base is not None else "",
    )


def _declares(element: etree._Element) -> bool:
    relation = (element.get("rel") or "").lower().split()
    kind = element.get("type") or ""
    if "stylesheet" in relation or _NO_FEED.search(element.get("href") or ""):
        return False
    if "feed" in relation:
        return True
    # `application/json` is also what WordPress says of its interface for programs.
    return "alternate" in relation and bool(_TYPES.match(kind) or (_XML.match(kind) and not element.get("hreflang")))


def _each_once(links: list[Linked]) -> list[Linked]:
    return list({link.href: link for link in reversed(links)}.values())[::-1][:MOST_LINKS]
