"""Which lines of a text are not the article, and why. Marked lines are kept: a later run may judge anew.

A rule marks a line only on what the line itself says, where it stands, or what it repeats; never on its length alone.
"""

from __future__ import annotations

import re

import msgspec

from ingest.model import Stamp
from ingest.normalise import credit, dates, phrases, signatures, urls
from ingest.normalise.captions import is_caption
from ingest.normalise.crossheads import mark_cross_heads
from ingest.normalise.text import Line, ends_sentence, fold

MARKS: dict[str, str] = {
    "title": "the body repeats the title",
    "standfirst": "a summary above the text that the text repeats nearly word for word",
    "caption": "says what a picture shows, or who made it",
    "credit": "the agency, desk or editors that made the text",
    "byline": "who wrote it",
    "dateline": "place, date and agency before the first sentence",
    "date": "a date, or when it was published or updated",
    "cross-head": "a heading between paragraphs",
    "source-link": "points to where the text was taken from",
    "comment-prompt": "asks for comments",
    "share-prompt": "asks to share, print or follow",
    "subscribe-prompt": "asks to subscribe, sign up or pay",
    "related": "points to other articles",
    "advertisement": "stands where an advertisement was",
    "copyright": "rights and disclaimers",
    "url": "an address and nothing else",
    "repeat": "a sentence that the text already had",
    "separator": "no letter and no digit",
    "placeholder": "a short body that stood under titles which have nothing to do with one another",
    "boilerplate": "a sentence that its outlet prints under titles which have nothing to do with one another",
}
"""Why a line is not the article: the closed vocabulary of `Marked.mark`."""


class BoilerplateLimits(msgspec.Struct, frozen=True):
    """Where lines may stand to be read as what they look like."""

    top: int = 8
    """lines from the first; bylines and dates stand before the first paragraph, with section and picture among them"""
    tail: int = 4
    """lines from the last: `AFP`, initials, an editor's line"""
    paragraph: int = 60
    """characters of a line that ends a sentence: the article has begun"""
    title_extra: int = 40
    """characters that a repeated title may be longer, for quotes and an outlet's name"""
    alone: int = 40
    """characters; longer lines of hard-wrapped text are text, unless they are an address"""


LIMITS = BoilerplateLimits()


class Found(msgspec.Struct):
    """What marked lines said of the article."""

    byline: str | None = None
    credit: str | None = None
    dateline: str | None = None
    published: Stamp | None = None
    url: str | None = None

    def take(self, signed: signatures.Signed) -> None:
        self.byline = self.byline or signed.byline
        self.credit = self.credit or signed.credit
        self.dateline = self.dateline or signed.dateline


_ALNUM = re.compile(r"[^\W_]")
_URL_LINE = re.compile(r"<?(https?://[^\s<>]{4,2000}?)>?\.?")
_URL = re.compile(r"https?://[^\s<>]{4,2000}")


def stands_alone(line: Line) -> bool:
    """Lines that are something by themselves even inside hard-wrapped text."""
    text = line.text
    if len(text) > LIMITS.alone and not text.startswith(("http", "<http")):
        return False
    return bool(_URL_LINE.fullmatch(text) or signatures.is_credit(text) or dates.in_line(text) or phrase(text))


def phrase(text: str) -> str | None:
    """The mark of a line that says what page furniture says."""
    if len(text) > phrases.LIMIT:
        return None
    folded = fold(text[: phrases.LONGEST + 20])  # 20: room for signs that the edges take off
    if len(text) <= phrases.WHOLE_LIMIT:
        bare = folded.strip(phrases.EDGES)
        if mark := phrases.WHOLE_MARKS.get(bare):
            return mark
        if bare[:1].isdigit() and phrases.COUNTED.fullmatch(bare):
            return "comment-prompt"
    lead = folded.lstrip(phrases.EDGES)
    if not lead.startswith(phrases.START_FORMS.get(lead[:1], ())):
        return None
    for form, mark, limit in phrases.START_MARKS[lead[0]]:
        if len(text) <= limit and lead.startswith(form):
            return mark
    return None


def mark_lines(lines: list[Line], title: str | None) -> Found:
    """Mark whole lines, in place; returns what they said of author, agency, date and address."""
    found = Found()
    folded_title = fold(title).strip(phrases.EDGES) if title else None
    begun = False
    for i, line in enumerate(lines):
        top = i < LIMITS.top and not begun
        tail = len(lines) - i <= LIMITS.tail
        if folded_title and i < LIMITS.top and _is_title(line.text, folded_title):
            line.mark = "title"
            continue
        line.mark = _furniture(lines, i, found) or (_signature(line.text, top, found) if top or tail else None)
        if line.mark is None and (line.image or is_caption(line.text)):
            line.mark = "caption"
        begun = begun or (line.mark is None and len(line.text) >= LIMITS.paragraph and ends_sentence(line.text))
    mark_cross_heads(lines)
    return found


def mark_closing(lines: list[Line]) -> str | None:
    """Split the agency that signs the last paragraph off it, as a marked line of its own. Gives its name."""
    own = next((i for i in reversed(range(len(lines))) if lines[i].mark is None), None)
    found = credit.closing(lines[own].text) if own is not None else None
    if own is None or found is None:
        return None
    start, name = found
    text = lines[own].text
    lines[own].text = text[:start].rstrip()
    lines.insert(own + 1, Line(text[start:].strip(), mark="credit"))
    return name


def _is_title(text: str, title: str) -> bool:
    return len(text) <= len(title) + LIMITS.title_extra and fold(text).strip(phrases.EDGES) == title


def _furniture(lines: list[Line], i: int, found: Found) -> str | None:
    """Marks that hold wherever the line stands."""
    text = lines[i].text
    if not _ALNUM.search(text):
        return "separator"
    if m := _URL_LINE.fullmatch(text):
        if i and lines[i - 1].mark == "source-link":
            found.url = urls.canonical(m[1])
        return "url"
    mark = phrase(text)
    if mark == "source-link" and (m := _URL.search(text)):
        found.url = urls.canonical(m[0].rstrip(".,)"))
    elif mark in ("credit", "copyright") or (mark == "source-link" and signatures.is_credit(text)):
        found.credit = found.credit or credit.named(text)
    return mark


def _signature(text: str, top: bool, found: Found) -> str | None:
    """Marks that hold above the first paragraph or in the last lines only."""
    if signatures.is_credit(text):
        found.credit = found.credit or credit.named(text)
        return "credit"
    if stamp := dates.in_line(text):
        if top:
            found.published = found.published or stamp
        return "date"
    if signed := signatures.byline(text):
        found.take(signed)
        return "byline"
    if top and (signed := signatures.dateline(text)):
        found.take(signed)
        return "dateline"
    return "credit" if not top and signatures.is_initials(text) else None
