"""Lines that sign a text: who wrote it, which agency, where and when. Short, and at the top or the very end."""

from __future__ import annotations

import re

import msgspec

from ingest.alignment.months import MONTHS
from ingest.normalise import credit


class Signed(msgspec.Struct, frozen=True):
    """What such a line says."""

    byline: str | None = None
    credit: str | None = None
    dateline: str | None = None


class SignatureLimits(msgspec.Struct, frozen=True):
    """In characters, and words."""

    credit: int = 40
    byline: int = 120
    dateline: int = 60
    words: int = 12
    """two authors with their offices; more is a sentence that begins with `By`"""


LIMITS = SignatureLimits()

_SOURCE = (
    r"(?:[Ss]ources?|[Qq]uelle|[Ff]uente|[Ff]onte|[Kk]aynak|[Bb]ron|[Źź]ródło|[Ии]сточник|[Дд]жерело|[Cc]redit"
    r"|المصدر|مصدر|ที่มา|ምንጭ|来源|來源|出典)\s?[:：፦፡]\s?"
)
_WITH = (
    r"(?:[Ww]ith(?: (?:inputs?|reporting|agency inputs) from)?|[Aa]vec"
    r"|[Mm]it(?: (?:Material|Informationen) (?:von|der))?|[Cc]on(?: información de)?"
    r"|[Cc]om(?: informações d[aeo])?|[Mm]ed) "
)
_CREDIT = re.compile(
    rf"[\s(\[【（［/–—-]*(?:{_SOURCE}|{_WITH}|(?:by|via|from|von|par|por|da|door) )?"
    rf"(?:the |l['’]|وكالة )?(?:{credit.ALIASES})(?: news agency| news| staff| wire|[- ]material|客户端|微信公众号)?"
    rf"(?:\s?(?:[/,&+|、;-]|and|with|und|et|y)\s?(?:the )?(?:{credit.ALIASES}|agencies|agenturen|[a-z]{{2,5}}))*"
    r"[\s)\]】）］/.–—-]*",
    re.IGNORECASE,
)
# An outlet before it, or the desk's initials: `Le Monde avec AFP`, `Quelle: example.de, als/AFP`.
_SHARED = re.compile(
    rf"(?:{_SOURCE}[^:：]{{0,25}}[,/ ]|[^\W\d_][^\s:,;]{{0,20}}(?: [^\W\d_][^\s:,;]{{0,20}}){{0,3}} {_WITH})"
    rf"(?:l['’]|der )?(?:{credit.ALIASES})[\s)]*",
)
# `إسطنبول/ الأناضول`: no capitals tell that the first is a place; it is one word or two, and nothing else is said.
_PLACED = re.compile(
    r"[\u0620-\u06ff\u1200-\u137f]{2,20}(?: [\u0620-\u06ff\u1200-\u137f]{2,20})?"
    rf" ?[-/–—] ?(?:{credit.ALIASES})"
)
_INITIALS = re.compile(r"(?:[a-z]{2,5}[-/]){1,5}[a-z]{2,5}")
"""AFP and dpa desks sign with initials: `cat/dhc`, `burs-jm/rox`."""

_BY = re.compile(
    r"(?:[Bb]y|BY|Von|VON|Par|PAR|Por|POR|Door|Oleh|(?:Story|Written|Reported|Words|Text) by|Автор|Текст"
    r"|作者|本报记者|记者|文)"
    r"(?:\s?[:：/|]\s?|\s+)(?=\S)"
)
_BESIDE = re.compile(r"\s(?:for|at|of|in|special to|für|pour|para|with|avec)\s|[,|–—/·•]|\s-\s|\s{2,}|\s\(")
"""What ends the name: the office or the place."""
_SMALL = frozenset(
    "and y e et und avec & for of in at with special to from the für pour para i de van von der den bin al el la le"
    " du da dos di ter ten af och og".split()
)
_WRITER = re.compile(
    rf"([^,|]{{4,60}}?)(?:,\s?|\s?\|\s?|\s)(?:the )?(?:{credit.ALIASES})(?: (?:writer|correspondent)s?| staff)?",
    re.IGNORECASE,
)
_PLACE = r"[^\W\d_][^\W\d_.'’-]+"
_DATELINE = re.compile(
    rf"({_PLACE}(?:[ /,]{{1,2}}{_PLACE}){{0,3}})"
    rf"(?P<day>,? (?:(?:{'|'.join(MONTHS)})\.? \d{{1,2}}|\d{{1,2}}\.? (?:{'|'.join(MONTHS)})\.?))?"
    r"(?:,? (?:19|20)\d\d)?"
    rf"(?:\s?[(/](?P<agency>{credit.ALIASES})[)/])?\s?[-–—.:]?",
    re.IGNORECASE,
)
_DATED = re.compile(r"\d|\(|/")


def is_credit(text: str) -> bool:
    """`AFP`, `(Reuters)`, `Source: Xinhua`, `AFP/dpa`: an agency and nothing else."""
    if len(text) > LIMITS.credit or credit.named(text) is None:
        return False
    return any(pattern.fullmatch(text) for pattern in (_CREDIT, _SHARED, _PLACED))


def is_initials(text: str) -> bool:
    return len(text) <= LIMITS.credit and _INITIALS.fullmatch(text) is not None


def byline(text: str) -> Signed | None:
    """`By Jane Doe`, `By Jane Doe in Seoul for AFP`, `Jane Doe, Associated Press`; None for what is no byline."""
    if len(text) > LIMITS.byline or text[-1] in "?!:;,。":
        return None
    if m := _BY.match(text):
        rest = text[m.end() :].strip(" .")
        name = _BESIDE.split(rest, maxsplit=1)[0].strip(" .")
        words = rest.split()
        if not words or len(words) > LIMITS.words or any(c.isdigit() for c in name) or not name:
            return None
        if any(w[0].islower() and w.casefold() not in _SMALL and "@" not in w for w in words):
            return None
    elif _opens_with_names(text) and (m := _WRITER.fullmatch(text)):
        rest, name = text, m[1].strip()
        words = name.split()
        if not 2 <= len(words) <= 4 or not all(w[0].isupper() for w in words):
            return None
    else:
        return None
    agency = credit.named(rest)
    if name.casefold().startswith("the "):  # `By the AP` signs; `BY THE NUMBERS` is a heading
        return Signed(credit=agency) if agency else None
    return Signed(byline=None if name in credit.NAMES else name, credit=agency)


def _opens_with_names(text: str) -> bool:
    """Two words with a capital, without which no writer is told: spares most lines a pattern of 150 names."""
    words = text.split(None, 2)
    return len(words) > 1 and words[0][0].isupper() and words[1][0].isupper()


def dateline(text: str) -> Signed | None:
    """`SEOUL, June 18 (AFP)`: a place in capitals with a date or an agency, on a line of its own."""
    if len(text) > LIMITS.dateline or text[:2] != text[:2].upper() or not _DATED.search(text):
        return None
    m = _DATELINE.fullmatch(text)
    if not m or not (m["day"] or m["agency"]) or not m[1].isupper():
        return None
    return Signed(dateline=text.strip(" -–—.:"), credit=credit.named(m["agency"] or ""))
