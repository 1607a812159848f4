"""An HTML page as `Extracted`: its article by trafilatura, its time by the page's own statements.

Runs in the jail's child (`jail`, `child`): some pages make the parser hang or eat memory, so nothing else calls this on
input from outside.
"""

from __future__ import annotations

import codecs
import re
from urllib.parse import urlsplit

import trafilatura
from courlan import extract_domain
from lxml import etree
from lxml import html as lxml_html
from trafilatura.settings import Document
from trafilatura.utils import decode_file

from ingest.errors import Refused
from ingest.model import Extracted, Stamp
from ingest.printable import without_controls
from ingest.stamps import parse_stamp

from .about import about
from .published import published_of

_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE
)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED_WITHIN = 4096  # bytes; the HTML standard says the first 1,024, pages in the wild put scripts before
_LANGUAGE = re.compile(r"[a-z]{2,3}(?=$|[-_])", re.IGNORECASE)
_SHARED = frozenset(
    "substack.com wordpress.com medium.com tumblr.com livejournal.com typepad.com over-blog.com ghost.io wixsite.com "
    "squarespace.com weebly.com jimdofree.com hatenablog.com hatenablog.jp fc2.com naver.com tistory.com".split()
)
"""Domains whose hosts belong to different publishers, besides those that the public suffix list has."""
_ELEMENTS = etree.ElementDefaultClassLookup(element=lxml_html.HtmlElement)
"""lxml's own asks a Python function for the class of each element that is looked at, for the sake of forms."""
_LATIN_SHARE = 0.5
"""`<html lang="en">` comes with the page template: it is believed only where so many of the letters are Latin."""


def read_html(data: bytes, url: str | None = None) -> Extracted:
    """The article of a page, one line a paragraph. `url` is where it came from, None for a file.

    Raises Refused: `empty`, `too-deep` (beyond 2,048 nested elements the parser drops what is inside), `no-text`.
    """
    where = url or "page"
    if not data.strip():
        raise Refused("empty", where)
    tree = _parse(data, where)
    found = trafilatura.bare_extraction(tree, url=url, fast=True, include_comments=False, deduplicate=False)
    text = (found.text or "").strip() if isinstance(found, Document) else ""
    if not text:
        raise Refused("no-text", where)
    published = published_of(tree)
    try:
        said = about(tree, url, dated=published is not None)
    except (TypeError, ValueError) as error:  # of addresses that are none: trafilatura gives such a page up, too
        raise Refused("no-text", where) from error
    return Extracted(
        title=said.title or None,
        text=text,
        url=_address(said.url, url),
        published=published or _day(said.date),
        site=said.sitename or None,
        author=said.author or None,
        language=_language(tree, text),
    )


def _parse(data: bytes, where: str) -> lxml_html.HtmlElement:
    # Decoded by us and handed over as UTF-8: lxml believes the page's own charset, which lies in either direction.
    # huge_tree: without it everything below the 256th level is dropped without a word; no entity expands in HTML.
    parser = lxml_html.HTMLParser(
        encoding="utf-8",
        huge_tree=True,
        collect_ids=False,
        default_doctype=False,
        remove_comments=True,
        remove_pis=True,
    )
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        tree = lxml_html.document_fromstring(decode_html(data).encode("utf-8", "replace"), parser=parser)
    except etree.ParserError as error:
        raise Refused("no-text", where, "no element in it") from error
    if any("Excessive depth" in entry.message for entry in parser.error_log):
        raise Refused("too-deep", where)
    return tree


def decode_html(data: bytes) -> str:
    """Text of a page, without controls: by its byte order mark, else as UTF-8, else by its declared charset, else a
    guess."""
    return without_controls(_decode(data))


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(data[:_DECLARED_WITHIN])
    if declared:
        try:
            # Browsers read latin-1 as windows-1252, and so do the people who write it.
            name = codecs.lookup(declared[1].decode("ascii")).name
            return data.decode("cp1252" if name in {"iso8859-1", "ascii"} else name, "replace")
        except (LookupError, ValueError):
            pass
    return decode_file(data)


def _address(stated: str | None, fetched: str | None) -> str | None:
    """The canonical URL, believed only within the site it came from, else a page could pass for another outlet's; and
    not where it names the site's front page, as templates do that give every page the same link."""
    usable = stated if stated and urlsplit(stated).scheme in {"http", "https"} else None
    if fetched is None or usable is None:
        return usable or fetched
    same = _site(usable) == _site(fetched)
    return usable if same and (not _is_front(usable) or _is_front(fetched)) else fetched


def _site(url: str) -> str | None:
    """The registered domain, or the host where the domain is shared by many who do not know each other."""
    domain = extract_domain(url)
    return urlsplit(url).hostname if domain is None or domain in _SHARED else str(domain)


def _is_front(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query


def _day(date: str | None) -> Stamp | None:
    """trafilatura's date: found anywhere in the page, and never more than a day."""
    stamp = parse_stamp(date, zoneless_is_utc=False)
    return None if stamp is None else Stamp(stamp.at, exact=False)


def _language(tree: lxml_html.HtmlElement, text: str) -> str | None:
    stated = tree.get("lang") or tree.get("xml:lang") or ""
    found = _LANGUAGE.match(stated.strip())
    if not found:
        return None
    code = found[0].lower()
    if code == "en":
        letters = [c for c in text[:2000] if c.isalpha()]
        if sum(c < "\u0250" for c in letters) < _LATIN_SHARE * len(letters):
            return None
    return code
