"""IPTC 7901: messages of lines between control characters, several in a file.

    SOH  source (3 letters) number (4 digits)  priority  category  words  what the sender adds
         keywords ending in a slash
    STX  signals, headline up to `=`, paragraphs
    ETX  day, hour and minute, zone, month, year  EOT

The control characters may have been lost on the way: then the header's own form tells where a message begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from ingest.delivery import MESSAGE_BEGINS, MONTHS, WireItem
from ingest.errors import Refused
from ingest.model import Stamp

from .wire_fields import corrects, details_of, number_of

_HEADER = re.compile(rf"(?={MESSAGE_BEGINS})(\w{{3}}) ?(\d{{4}}) +(\w) +(\w+) +(\d+)(.*)")
_START = re.compile(rf"^(?={MESSAGE_BEGINS})", re.MULTILINE)
_DATE = re.compile(
    r"(\d{2})(\d{2})(\d{2}) *(?:(GMT|UTC|Z|MESZ|CEST|MEZ|CET|BST|[A-Z]{3,4}) +)?([A-Za-z]{3})[a-z]* +(\d{4}|\d{2})\b\W*"
)
_MONTHS = {name: at for at, names in enumerate(MONTHS.split(), 1) for name in names.split(",")}
_ZONES = {"": None, "GMT": 0, "UTC": 0, "Z": 0, "BST": 1, "MEZ": 1, "CET": 1, "MESZ": 2, "CEST": 2}
_KEYWORDS = re.compile(r"\S[^=]{0,120}/")
_TAKE = re.compile(r"\b(?:take|page|teil|folge)\s*(\d{1,2})\b|\((\d{1,2})\s*(?:of|von|de|/)\s*\d{1,2}\)", re.IGNORECASE)
_SIGNAL = re.compile(
    r"\W*(?:FLASH|BULLETIN|URGENT|EXTRA|EIL|EILMELDUNG|ALERT|ALERTE|BLITZ|VORRANG|ADVISORY|EDS"
    r"|(?:\d\. ?)?(?:LEAD|ZF|ZUSAMMENFASSUNG)\b.*|UPDATE ?\d*|TAKE ?\d+)\W*"
)
_EMBARGO = re.compile(
    r"\W{0,9}(?:SPERRFRIST\b[^=]*|EMBARGO(?:[^\w=]*|\W{1,9}\d[^=]*"
    r"|\W{0,9}(?:[:.]|\b(?:UNTIL|TILL|BIS|JUSQU|HASTA|FINO)\b)[^=\d]*\d[^=]*))",
    re.IGNORECASE,
)
"""Until when is said to people: `SPERRFRIST: 16. Juni, 18.00 Uhr`. A line with `=` ends a headline, and one like
this may begin one of several lines: `_begins_headline`."""
_BESIDE = (
    "IST|WURDE|HIERMIT|VORZEITIG|AB|SOFORT|TEXT|MELDUNG|FREI|IS|WAS|HAS|BEEN|HEREBY|NOW|IMMEDIATELY|EST|A|[EÉ]T[EÉ]|HA|SIDO"
)
_LIFTED = re.compile(
    rf"\W{{0,9}}(?:SPERRFRIST|EMBARGO)(?:\W{{1,9}}(?:{_BESIDE})\b)*\W{{1,9}}"
    r"(?:AUFGEHOBEN|AUFHEBUNG|ENTF(?:Ä|AE)LLT|ENTFALLEN|ABGELAUFEN|BEENDET|KEINE|LIFTED|EXPIRED|CANCELL?ED|NONE"
    rf"|LEV[EÉ]E?|LEVANTADO)\b(?:\W{{1,9}}(?:{_BESIDE})\b)*\W*",
    re.IGNORECASE,
)
"""A line that frees its text: of nothing but this, as `SPERRFRIST ENTFÄLLT AB 18 UHR` does not free it yet."""
_MONTH = (
    "JAN(?:UARY?|VIER)?|FEB(?:RUARY?)?|F[EÉ]V(?:RIER)?|MAR(?:CH|S)?|M(?:Ä|AE)RZ|APR(?:IL)?|AVR(?:IL)?|MA[IY]|JUN[EI]?|JUIN"
    "|JUL[IY]?|JUILLET|AUG(?:UST)?|AO[UÛ]T|SEP(?:T(?:EMB(?:ER|RE))?)?|O[CK]T(?:OB(?:ER|RE))?|NOV(?:EMB(?:ER|RE))?"
    "|D[EÉ][CZ](?:EMB(?:ER|RE))?"
)
_WHEN = (
    r"\b\d{1,2}[.:h]\d\d\b|\b\d{1,2}(?:\.\d{1,2}\.|/\d{1,2}\b)|\b\d{4}-\d\d|\b\d{4,6}[^\w\n]*$"
    r"|\b\d{1,4} ?(?:UHR|H|HRS?|HOURS|HEURES|NOON|[AP]\.?M|GMT|UTC|Z|MESZ|CEST|MEZ|CET|BST|E[DS]T|LOCAL|ORTSZEIT)\b"
    rf"|\b\d{{1,2}}(?:\.|ST|ND|RD|TH|ER)? ?(?:{_MONTH})\b|\b(?:{_MONTH})\.? \d"
)
_HOLDS = re.compile(
    r"\W{0,9}(?:(?:SPERRFRIST|EMBARGO)(?:[^\w\n]*$|(?:\W{1,9}(?:GILT|IST))?\W{1,9}(?:UNTIL|TILL|BIS|JUSQU|HASTA|FINO)\b"
    rf"|[^=]*?(?:{_WHEN}))"
    r"|SPERRFRIST(?: ?:| (?:BEACHTEN|REDEBEGINN|HEUTE|MORGEN|(?:MON|DIENS|DONNERS|FREI|SAMS|SONN)TAG|MITTWOCH)\b))",
    re.IGNORECASE | re.MULTILINE,
)
"""An embargo whatever follows: the bare word, one that says until, or a time."""
_ASIDE = re.compile(r"\([^()]{1,200}\)")
"""To editors, where a headline up to `=` follows: `(Zusammenfassung 1400)`."""
_CORRECTS = re.compile(r"\W*(?:CORRECTION|CORRECTED|KORREKTUR|BERICHTIGUNG|CORRECTIF|CORRECCION)\W*")
_BACK = (
    "KILL|KILLED|ANNUL[EÉ]E?|ANNULATION|ANNULLIERUNG|ANNULLIERT|ANULAD[AO]|ANULACION|ANNULLATO|ANNULLAMENTO"
    "|WITHDRAWN|WITHDRAWAL"
)
_TAKES_BACK = re.compile(
    rf"\W*(?:(?:BULLETIN|MANDATORY|ADVISORY|URGENT|EDS|STORY|MESSAGE|MELDUNG|DEPECHE)\W+)*(?:{_BACK})\b"
    rf"(?:\W+(?:(?:{_BACK}|STORY|MESSAGE|MELDUNG|DEPECHE|NO|NR|[A-Za-z]{{3}} ?\d{{4}})\b|\w+/[\w/]*))*\W*"
)
_SIGNALS = (_SIGNAL, _EMBARGO, _LIFTED, _CORRECTS, _TAKES_BACK)
_NAMED = re.compile(r"\b([A-Za-z]{3}) ?(\d{4})\b")
_FRAME = re.compile(r"^(?:ZCZC\b.*|NNNN[ \t]*(?=[\x01-\x04]|$))\n?", re.MULTILINE)
"""Lines that telex lines put around a message; a line of the text may begin with `NNNN`."""
_CONTROLS = re.compile(r"[\x00\x05-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LETTER = re.compile(r"[^\W\d_]")
_HEADLINE_LINES = 4
"""A headline ends in `=` within so many lines."""
_HEADLINE_CHARS = 200
_INDENT = re.compile(r"\s{2,}\S")


def read_iptc7901(data: bytes) -> list[WireItem]:
    """Every message of a file in its order. Raises Refused `unknown-format`."""
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")  # 7 bits by its rules; who sends 8 sends these
    text = _FRAME.sub("", _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    parts = [part.lstrip() for part in _parts(text.replace("\x04", "\n"))]
    if "\x01" not in text and not any(_HEADER.match(part) for part in parts):
        raise Refused("unknown-format", "delivery", "no message in it")
    return [_message(part) for part in parts if _HEADER.match(part) or _LETTER.search(part)]


def _parts(text: str) -> list[str]:
    """The messages: from SOH to SOH, and by headers where there is none, before the first and behind an end of text."""
    before, *begun = text.split("\x01")
    parts = _START.split(before)
    for part in begun:
        told, ending, after = part.partition("\x03")
        date, *more = _START.split(after)
        parts += (told + ending + date, *more)
    return parts


def _message(part: str) -> WireItem:
    """The item of a message. One without a header may be a kill: it is told, and no line's noise."""
    text, _, after = part.partition("\x03")
    header, _, rest = text.partition("\n")
    found = _HEADER.match(header)
    if found is None:
        return WireItem(refused="unknown-format", reason=f"no header of a message: {' '.join(header.split()):.60}")
    lines = rest.split("\n")
    day, published = _date(lines, after)
    keywords, signals, title, body = _told(lines)
    name = f"{found[1].lower()}{found[2]}"
    given = f"{name}-{day}" if day else None
    embargoed = _is_embargoed(signals)
    back = [line for line in (*signals, title or "") if _TAKES_BACK.fullmatch(line)]
    named = list(_names((*back, *body[:3]))) if back else []
    slug = " ".join(keywords) or None
    take = _TAKE.search(" ".join((found[6], *keywords, *signals)))
    return WireItem(
        id=given,
        published=published,
        withdraws=tuple(f"{other}-{day}" for other in dict.fromkeys(named) if day and other != name),
        status="canceled" if back else "withheld" if embargoed else "usable",
        reason=" ".join((*back, *body))[:500] if back else " ".join(signals) if embargoed else None,
        title=title,
        text="\n".join(body),
        correction=any(_CORRECTS.fullmatch(one) or corrects(one) for one in signals),
        details=details_of(
            format="IPTC 7901",
            urgency=number_of(found[3]),
            category=found[4].lower(),
            slugline=slug,
            take=next((number_of(one) for one in take.groups() if one), None) if take else None,
            sender=" ".join(found[6].split()) or None,
            signals=signals,
        ),
    )


def _is_embargoed(signals: list[str]) -> bool:
    """What the last line of an embargo says: one may lift what stands above it."""
    said = [bool(_LIFTED.fullmatch(one)) for one in signals if _EMBARGO.fullmatch(one) or _LIFTED.fullmatch(one)]
    return bool(said) and not said[-1]


def _names(lines: Iterable[str]) -> Iterator[str]:
    """The messages that some lines name; `Nov 2018` is none."""
    for line in lines:
        for found in _NAMED.finditer(line):
            if found[1].lower() not in _MONTHS:
                yield f"{found[1].lower()}{found[2]}"


def _date(lines: list[str], after: str) -> tuple[str | None, Stamp | None]:
    """The day and the time that stand behind the text, and are taken off its end where nothing parts them."""
    found = _DATE.match(after.strip())
    while not found and lines and not lines[-1].strip():
        lines.pop()
    if not found and lines and (found := _DATE.fullmatch(lines[-1].strip())):
        lines.pop()
    if not found:
        return None, None
    day, hour, minute, zone, month, year = found.groups()
    try:
        at = datetime(int(year) % 100 + 2000, _MONTHS[month.lower()], int(day), int(hour), int(minute), tzinfo=UTC)
    except (KeyError, ValueError):
        return None, None
    ahead = _ZONES.get((zone or "").upper())
    if ahead is None:
        return f"{at:%Y%m%d}", Stamp(int(at.timestamp()) // 86_400 * 86_400_000, exact=False)
    return f"{at:%Y%m%d}", Stamp((int(at.timestamp()) - ahead * 3600) * 1000)


def _told(lines: list[str]) -> tuple[list[str], list[str], str | None, list[str]]:
    """Keywords, signals, headline and paragraphs."""
    keywords: list[str] = []
    signals: list[str] = []
    rest = [line.replace("\x02", "") for line in lines]
    while rest:
        line = " ".join(rest[0].split())
        if not line:
            rest.pop(0)
        elif _KEYWORDS.fullmatch(line):
            keywords.append(line.rstrip("/"))
            rest.pop(0)
        elif _is_signal(line, rest):
            signals.append(line)
            rest.pop(0)
        else:
            break
    title, rest = _headline(rest)
    return keywords, signals, title, _paragraphs(rest)


def _is_signal(line: str, rest: list[str]) -> bool:
    """Whether this line, the first of the rest, is said of the text and no part of it."""
    if _ASIDE.fullmatch(line) and _is_titled(rest[1:]):
        return True
    if not any(known.fullmatch(line) for known in _SIGNALS):
        return False
    return not _EMBARGO.fullmatch(line) or bool(_LIFTED.fullmatch(line)) or not _begins_headline(rest)


def _begins_headline(lines: list[str]) -> bool:
    """Whether a line that may be an embargo begins a headline of several: `EMBARGO: 12 SHIPS HELD`, `OFF VARDO =`.

    Not where it, or a line between it and the last, says that it is an embargo, or is a signal: what may not be
    published is worse told than missed.
    """
    end = _headline_end(lines)
    if end is None:
        return False
    said = [" ".join(line.split()) for line in lines[:end]]
    if any(known.fullmatch(line) for known in (*_SIGNALS, _ASIDE) for line in said[1:]):
        return False
    return not _HOLDS.match("\n".join(said))


def _is_titled(lines: list[str]) -> bool:
    """Whether a headline up to `=` follows."""
    told = [line for line in lines if line.strip()][:_HEADLINE_LINES]
    return any(line.rstrip().endswith("=") for line in told)


def _headline_end(lines: list[str]) -> int | None:
    """Which line ends in `=`, of those that a headline may have."""
    for at, line in enumerate(lines[:_HEADLINE_LINES]):
        if not line.strip():
            return None
        if line.rstrip().endswith("="):
            return at
    return None


def _headline(lines: list[str]) -> tuple[str | None, list[str]]:
    """Up to the line that ends in `=`, else a first paragraph of one short line."""
    end = _headline_end(lines)
    if end is not None:
        said = " ".join(" ".join(lines[: end + 1]).split()).rstrip("= ")
        return said or None, lines[end + 1 :]
    alone = len(lines) > 1 and not lines[1].strip()
    if alone and len(lines[0]) <= _HEADLINE_CHARS and not lines[0].rstrip().endswith((".", '."', ".''")):
        return " ".join(lines[0].split()), lines[1:]
    return None, lines


def _paragraphs(lines: list[str]) -> list[str]:
    """By blank lines and by indents; lines within one are joined, as the wire breaks them at 69 characters."""
    found: list[list[str]] = []
    fresh = True
    for line in lines:
        if not line.strip():
            fresh = True
            continue
        if fresh or _INDENT.match(line):
            found.append([])
        found[-1].append(" ".join(line.split()))
        fresh = False
    return [" ".join(paragraph) for paragraph in found]
