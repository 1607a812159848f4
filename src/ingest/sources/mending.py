"""XML of feeds, as it is found, made well-formed where that is certain; the parser then reads all of it. Pure.

One bare ampersand, one `&nbsp;`, one prefix that nobody declared, and a strict parser gives up the document; a lenient
one guesses at every element of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

from ingest.printable import without_controls

_CDATA = re.compile(r"<!\[CDATA\[", re.IGNORECASE)
_AMPERSAND = re.compile(r"&(?!#\d|#x[0-9a-f]|(?:amp|lt|gt|quot|apos);)(?:([a-z][a-z0-9]{1,30});)?", re.IGNORECASE)
_DECLARED = re.compile(r"xmlns:([\w.-]+)\s*=")
_PREFIX = re.compile(r"<([A-Za-z_][\w.-]*+):[A-Za-z_]")
_ATTRIBUTE_PREFIX = re.compile(r"<[^<>]{0,2000}?\s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*[\"']")
_PROLOG = re.compile(r"\s*<\?xml[^>]*\?>")
_TEXTS = re.compile(r"<!\[CDATA\[|<!--|<(/?)(description|content:encoded)(?:\s[^<>]{0,1000})?(?<!/)>", re.IGNORECASE)
# What is no part of a text: it belongs to another element, or is quoted already.
_NO_MARKUP = re.compile(
    r"\]\]>|</?(?:[\w.-]++:|(?:item|channel|image|textinput|description|title|link|guid|pubdate|category"
    r"|author|comments|enclosure|source)[\s/>])",
    re.IGNORECASE,
)
_KNOWN = {
    "atom": "http://www.w3.org/2005/Atom", "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/", "dcterms": "http://purl.org/dc/terms/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd", "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "news": "http://www.google.com/schemas/sitemap-news/0.9", "wfw": "http://wellformedweb.org/CommentAPI/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0", "slash": "http://purl.org/rss/1.0/modules/slash/",
    "georss": "http://www.georss.org/georss", "xhtml": "http://www.w3.org/1999/xhtml",
}  # fmt: skip
_ENTRIES = {"rss": "item", "rdf": "item", "feed": "entry", "urlset": "url", "sitemapindex": "sitemap"}


def without_prolog(text: str) -> str:
    """What claims an encoding is gone: a text has none."""
    return _PROLOG.sub("", text, count=1)


def characters(text: str) -> str:
    """Every reference stands for a character: HTML's names as numbers, what is none with its ampersand escaped."""
    text = without_controls(text)
    return text if "<!ENTITY" in text or "&" not in text else "".join(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """CDATA is passed over: an ampersand in there is one. Found by its ends, as it may be most of a feed."""
    at = 0
    while found := _CDATA.search(text, at):
        yield _AMPERSAND.sub(_character, text[at : found.start()])
        end = text.find("]]>", found.end())
        at = len(text) if end < 0 else end + 3
        yield text[found.start() : at]
    yield _AMPERSAND.sub(_character, text[at:])


def _character(found: re.Match[str]) -> str:
    known = html5.get(f"{found[1]};") if found[1] else None
    return "".join(f"&#{ord(c)};" for c in known) if known else f"&amp;{found[0][1:]}"


def quoted(text: str) -> str:
    """The texts of an RSS feed with their markup as CDATA, which is how RSS wants it, where it stands there bare: a
    `<br>` that nobody closes is then no mistake. An Atom feed comes back as it is."""
    parts: list[str] = []
    done, at = 0, 0
    begun: re.Match[str] | None = None
    while mark := _TEXTS.search(text, at):
        at = mark.end()
        if mark[2] is None:
            until, begun = ("-->", begun) if mark[0] == "<!--" else ("]]>", None)
            at = text.find(until, at) + 3
            if at < 3:
                break
        elif mark[1] and begun and begun[2] == mark[2] and _is_bare(text, begun.end(), mark.start()):
            parts += text[done : begun.end()], "<![CDATA[", text[begun.end() : mark.start()], "]]>"
            done = mark.start()
        if mark[2]:
            begun = None if mark[1] else mark
    return "".join([*parts, text[done:]])


def _is_bare(text: str, begins: int, ends: int) -> bool:
    return text.find("<", begins, ends) >= 0 and not _NO_MARKUP.search(text, begins, ends)


def mended(text: str, root: re.Match[str]) -> tuple[str, str]:
    """The document from its root element to that one's end, and what was mended of it in words, empty for nothing.

    `root` is the match of its start tag up to its name, in group 1 as it is written, in group 2 without a prefix. A
    document that is cut off ends with its last whole entry: half a text would be a version of its own.
    """
    # What stands before is the prolog, or a warning of the site's own software. Entities are declared there.
    keep = text[: root.start()] if "<!ENTITY" in text else ""
    body, said = text[root.start() :], []
    end = body.rfind(f"</{root[1]}")
    if end >= 0:
        body = body[:end] + f"</{root[1]}>"
    elif last := list(re.finditer(rf"</(?:\w+:)?{_ENTRIES[root[2].lower()]}\s*>", body, re.IGNORECASE))[-1:]:
        channel = "</channel>" if root[2].lower() == "rss" else ""
        body, said = f"{body[: last[0].end()]}{channel}</{root[1]}>", ["cut off"]
    return keep + _declared(body), ", ".join(said)


def _declared(body: str) -> str:
    used = set(_PREFIX.findall(body)) | set(_ATTRIBUTE_PREFIX.findall(body[:20_000]))
    missing = sorted(used - set(_DECLARED.findall(body)) - {"xml", "xmlns"})
    if not missing:
        return body
    added = "".join(f' xmlns:{prefix}="{_KNOWN.get(prefix, f"urn:undeclared:{prefix}")}"' for prefix in missing)
    return re.sub(r"\A<[\w:.-]+", lambda name: name[0] + added, body, count=1)
