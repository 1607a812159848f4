"""Which lines of a text are not the article, and why. Marked lines are kept: a later run may judge anew.

A rule marks a line only on what the line itself says, where it stands, or what it repeats; never on its length alone.
"""

from __future__ import annotations

import re

import msgspec

from ingest.model import Stamp
from ingest.normalise import credit, dates, phrases, urls
from ingest.normalise.text import Line, ends_sentence, fold

MARKS: dict[str, str] = {
    "title": "the body repeats the title",
    "standfirst": "a summary above the text that the text repeats nearly word for word",
    "caption": "says what a picture shows",
    "photo-credit": "says who made a picture",
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
}
"""Why a line is not the article: the closed vocabulary of `Marked.mark`."""


class Limits(msgspec.Struct, frozen=True):
    """Where the rules stop. Lengths in characters, places in lines from the top or the end."""

    top: int = 8
    """bylines, dates and datelines stand before the first paragraph; eight lines leave room for section and picture"""
    tail: int = 4
    """closing credits: `AFP`, initials, an editor's line"""
    cross_head: int = 60
    """longest cross-head; agencies keep them under 30"""
    cross_head_words: int = 8
    cross_head_wide: int = 20
    """the same in scripts without spaces"""
    paragraph: int = 60
    """a neighbour of a cross-head is at least so long: lists and tables have no paragraphs"""
    caption: int = 600
    byline: int = 120
    credit_line: int = 40


LIMITS = Limits()


class Found(msgspec.Struct):
    """What marked lines said on the way."""

    byline: str | None = None
    credit: str | None = None
    dateline: str | None = None
    published: Stamp | None = None
    url: str | None = None


_URL_LINE = re.compile(r"<?(https?://[^\s<>]{4,2000})>?[.]?")
_TRIM = " \t:.!*>»›→-–—|·•…[](){}<=#\"'“”‘’【】[]"
_NAME = r"(?:\p{Lu}|[A-Z])"
_CREDIT_ONLY = re.compile(
    rf"[\s(\[【（/–—\-:]*(?:source|sources|quelle|fuente|fonte|источник|来源|by|via|with|from|credit)?[\s:：]*"
    rf"(?:the )?(?:{credit.ALIASES})(?: news agency| news| staff| wire)?"
    rf"(?:\s*(?:[/,&+|、;-]|and|with|und|et|y)\s*(?:the )?(?:{credit.ALIASES}|agencies|[A-Za-z]{{2,5}}))*[\s)\]】）/.–—-]*",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"[a-z]{2,5}(?:[-/][a-z]{2,5}){1,3}(?:/[a-z]{2,5})*|[a-z]{2,5}/[a-z/]{2,20}")
"""AFP and dpa desks sign with initials: `cat/dhc`, `burs-jm/rox`."""

_BY = re.compile(r"(?:[Bb]y|BY|Von|VON|Par|PAR|Por|POR|Door|Oleh|Story by|Written by|Reported by|Автор|Текст|作者|文|记者|本报记者)(?:\s?[:：/|]\s?|\s+)(?=\S)")
_BY_STOP = re.compile(r"\b(?:and|y|et|und|&|for|of|in|at|with|special to|from|the|für|pour|para|i|de|van|von|der|den|bin|al|el|la|le|du|da|dos|di)\b|[,|/–—·&-]|\d{1,2}:\d\d")
_AGENCY_WRITER = re.compile(rf"(?P<name>[^,|]{{4,60}}?)(?:,\s*|\s+\|\s*|\s+)(?:the )?(?:{credit.ALIASES})(?:\s+(?:writers?|correspondents?|staff))?", re.IGNORECASE)

_PLACE = r"[^\W\d_a-z][^\W\d_a-z.'’-]+"
_DATELINE_ONLY = re.compile(rf"{_PLACE}(?:[ /,]{{1,2}}{_PLACE}){{0,3}}(?:,? \w{{3,9}}\.? \d{{1,2}}|,? \d{{1,2}}\.? \w{{3,9}})?(?:,? (?:19|20)\d\d)?(?:\s?[(/]({credit.ALIASES})[)/])?\s?[-–—.:]?")

_CAPTION_START = re.compile(
    r"(?:in this (?:[\w,.]+ ){0,6}(?:photo|photograph|image|picture|frame grab|screengrab|screenshot|handout|illustration)\b|(?:file )?(?:photo|picture|image)(?: illustration)?\s?[:(|]"
    r"|file photo\b|file picture\b|file image\b|pictured:|pictured (?:above|left|right)|caption:|image (?:caption|source|credit|copyright)|photo (?:caption|credit|by|courtesy)|archivfoto|archivbild|symbolbild|foto:|bild:|图为|图片说明|资料图|图：|图:|фото:|на фото)",
)
_CREDIT_END = re.compile(
    r"(?:[(\[（【](?:[^()\[\]（）【】]{0,60}[/ |:])?(?:(?:file )?(?:photo|picture|image|getty|handout|foto|фото)[^()\[\]（）【】]{0,60}|getty images[^()\[\]]{0,40}|[^()\[\]]{0,40}(?:file photo|getty images?|via getty|ap photo|via ap|handout|screengrab|via reuters|via afp))[)\]）】]"
    r"|(?:picture|photo|photograph|image|pic|foto|bild|фото|photo credit|image credit|credit|摄影|摄|图)s?\s?[:：/]\s?[^.:]{2,60}"
    r"|(?:ap|afp|reuters|epa|getty|tass|sputnik|shutterstock|istock) ?(?:photo|images|file photo)?\s?/\s?[\w .'-]{2,50}"
    r"|[\w .'-]{2,50}/ ?(?:afp|ap|reuters|epa|getty images|tass|sputnik|pool|shutterstock|xinhua|anadolu)(?:[/ ](?:via )?(?:getty images|ap|afp|reuters|pool|file))?"
    r"|via (?:getty images|ap|afp|reuters|shutterstock)|getty images|新华社记者\s?\S{2,8}\s?摄)\W{0,3}$",
)
_SIDES = re.compile(r"\((?:l|r|c|left|right|centre|center|top|bottom|2nd l|2nd r|[lrc]-[lrc])\)")


def stands_alone(line: Line) -> bool:
    """Lines that are something by themselves even inside hard-wrapped text."""
    text = line.text
    if len(text) > LIMITS.credit_line and not text.startswith(("http", "<http")):
        return False
    return bool(_URL_LINE.fullmatch(text) or is_credit(text) or dates.in_line(text) or phrase(text))


def is_credit(text: str) -> bool:
    return len(text) <= LIMITS.credit_line and _CREDIT_ONLY.fullmatch(text) is not None and credit.named(text) is not None


def phrase(text: str) -> str | None:
    """The mark of a line that says what page furniture says."""
    if len(text) > phrases.LIMIT:
        return None
    folded = fold(text)
    bare = folded.strip(_TRIM)
    if mark := phrases.WHOLE_MARKS.get(bare):
        return mark
    if folded[:1].isdigit() and phrases.COUNTED.fullmatch(bare):
        return "comment-prompt"
    lead = folded.lstrip("*>»›→-–—|·•…[]{}<=#\"' ")
    for form, mark, limit in phrases.START_MARKS.get(lead[:2], ()):
        if len(lead) <= limit and lead.startswith(form):
            return mark
    return None


def mark_lines(lines: list[Line], title: str | None) -> Found:
    """Mark whole lines, in place; returns what they said of author, agency, date and address."""
    found = Found()
    last = len(lines) - 1
    folded_title = fold(title).strip(_TRIM) if title else None
    seen_body = False
    for i, line in enumerate(lines):
        if line.mark:
            continue
        line.mark = _judge(lines, i, folded_title, not seen_body and i < LIMITS.top, last - i < LIMITS.tail, found)
        if line.mark is None and ends_sentence(line.text) and len(line.text) >= LIMITS.paragraph:
            seen_body = True
    _mark_cross_heads(lines)
    return found


def _judge(lines: list[Line], i: int, title: str | None, top: bool, tail: bool, found: Found) -> str | None:
    line = lines[i]
    text = line.text
    if not any(map(str.isalnum, text[:200])) and not any(map(str.isalnum, text)):
        return "separator"
    if title and i < LIMITS.top and len(text) < len(title) + 40 and fold(text).strip(_TRIM) == title:
        return "title"
    if m := _URL_LINE.fullmatch(text):
        if i and lines[i - 1].mark == "source-link":
            found.url = urls.canonical(m[1])
        return "url"
    if is_credit(text) and (tail or top):
        found.credit = found.credit or credit.named(text)
        return "credit"
    if mark := phrase(text):
        if mark in ("source-link", "credit"):
            _read_source(text, mark, found)
        return mark
    if top or tail:
        if stamp := dates.in_line(text):
            found.published = found.published or (stamp if top else None)
            return "date"
        if _is_byline(text, top, found):
            return "byline"
        if tail and _INITIALS.fullmatch(text):
            return "credit"
    if top and i <= 3 and len(text) <= 60 and text.isupper() is False and _is_dateline(text, found):
        return "dateline"
    return "caption" if line.image or is_caption(text) else None


def _read_source(text: str, mark: str, found: Found) -> None:
    if mark == "credit":
        found.credit = found.credit or credit.named(text)
        return
    if m := re.search(r"https?://[^\s<>]{4,2000}", text):
        found.url = urls.canonical(m[0].rstrip(".,)"))
    elif is_credit(text):
        found.credit = found.credit or credit.named(text)


def _is_byline(text: str, top: bool, found: Found) -> bool:
    if len(text) > LIMITS.byline or text[-1:] in "?!:;,。":
        return False
    m = _BY.match(text)
    if m:
        rest = text[m.end() :].strip(" .")
        name = re.split(r"\s(?:for|at|of|in|special to|für|pour|para)\s|[,|–—/]|\s-\s|\s{2,}", rest, maxsplit=1)[0].strip(" .")
        words = [w for w in _BY_STOP.sub(" ", rest).split() if w]
        if not words or any(w[0].islower() and "@" not in w for w in words) or len(words) > 12 or any(c.isdigit() for c in name):
            return False
    elif top and (a := _AGENCY_WRITER.fullmatch(text)):
        name, rest = a["name"], text
        if not 2 <= len(name.split()) <= 4 or not all(w[0].isupper() for w in name.split()):
            return False
    else:
        return False
    agency = credit.named(rest)
    found.credit = found.credit or agency
    if name and credit.NAMES.get(name) is None:
        found.byline = found.byline or name
    return True


def _is_dateline(text: str, found: Found) -> bool:
    m = _DATELINE_ONLY.fullmatch(text)
    if not m or not (m[1] or any(c.isdigit() for c in text)):
        return False
    found.dateline = text.strip(" -–—.:")
    found.credit = found.credit or (credit.named(m[1]) if m[1] else None)
    return True


def is_caption(text: str) -> bool:
    """A picture's words: they say so at the start, end in a picture credit, or place people left and right in half a sentence."""
    if len(text) > LIMITS.caption:
        return False
    folded = fold(text)
    if _CAPTION_START.match(folded):
        return True
    ending = _CREDIT_END.search(folded[-160:])
    if ending and (len(folded) < 160 or ending.start() > 0 or not ends_sentence(text)):
        return not ends_sentence(text) or text.endswith((")", "]", "）", "】"))
    return _SIDES.search(folded) is not None and not ends_sentence(text)


def _mark_cross_heads(lines: list[Line]) -> None:
    """Headings between paragraphs: marked up as such, framed in dashes, or a short line without an end between two paragraphs."""
    body = [line for line in lines if line.mark is None]
    for i, line in enumerate(body):
        if not _short(line.text):
            continue
        if line.heading and line.heading <= 6 and i:
            line.mark = "cross-head"
            continue
        after = next((x for x in body[i + 1 : i + 2]), None)
        if after is None or not _paragraph(after.text):
            continue
        framed = line.text[0] in "-–—" and line.text[-1] in "-–—"
        before = i and (_paragraph(body[i - 1].text))
        if framed or (before and (line.heading or (not ends_sentence(line.text.rstrip("\"'”’»")) and line.text[-1] not in ":：,，;；"))):
            line.mark = "cross-head"


def _short(text: str) -> bool:
    if len(text) > LIMITS.cross_head or len(text.split()) > LIMITS.cross_head_words:
        return False
    wide = sum(1 for c in text if c > "\u2e80")
    return wide <= LIMITS.cross_head_wide


def _paragraph(text: str) -> bool:
    wide = 3 if text[:1] > "\u2e80" else 1
    return len(text) * wide >= LIMITS.paragraph and ends_sentence(text)
