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

from ingest.delivery import WireItem
from ingest.errors import Refused
from ingest.model import Stamp

from .wire_fields import corrects, details_of, number_of

_HEADER = re.compile(r"([A-Za-z]{3}) ?(\d{4}) +([0-9A-Za-z]) +([A-Za-z]{1,3}) +(\d{1,5})(?![\d:.])(.*)")
_START = re.compile(r"^(?=[A-Za-z]{3} ?\d{4} +[0-9A-Za-z] +[A-Za-z]{1,3} +\d{1,5}(?![\d:.]))", re.MULTILINE)
_DATE = re.compile(
    r"(\d{2})(\d{2})(\d{2}) *(?:(GMT|UTC|Z|MESZ|CEST|MEZ|CET|BST|[A-Z]{3,4}) +)?([A-Za-z]{3})[a-z]* +(\d{4}|\d{2})\b\W*"
)
_SPELT = "jan feb,fev mar,mrz apr,avr may,mai,mag jun,giu jul,lug aug,ago,aou sep,set oct,okt,ott nov dec,dez,dic"
_MONTHS = {name: at for at, names in enumerate(_SPELT.split(), 1) for name in names.split(",")}
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
"""Until when is said to people: `SPERRFRIST: 16. Juni, 18.00 Uhr`. A headline that speaks of an embargo ends in `=`."""
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
_SIGNALS = (_SIGNAL, _EMBARGO, _CORRECTS, _TAKES_BACK)
_NAMED = re.compile(r"\b([A-Za-z]{3}) ?(\d{4})\b")
_FRAME = re.compile(r"^(?:ZCZC\b.*|N{4})[ \t]*\n?", re.MULTILINE)
"""Lines that telex lines put around a message."""
_CONTROLS = re.compile(r"[\x00\x05-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HEADLINE_LINES = 4
"""A headline ends in `=` within so many lines."""
_HEADLINE_CHARS = 200
_INDENT = re.compile(r"\s{2,}\S")


def read_iptc7901(data: bytes) -> list[WireItem]:
    """Every message of a file in its order. Raises Refused `unknown-format`."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")  # 7 bits by its rules; who sends 8 sends these
    text = _FRAME.sub("", _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    found = [_message(part) for part in _parts(text)]
    if not found:
        raise Refused("unknown-format", "delivery", "no message in it")
    return found


def _parts(text: str) -> list[str]:
    """The messages, each from its header on; what stands before the first is the line's noise."""
    parts = text.split("\x01")[1:] if "\x01" in text else _START.split(text)
    return [part for part in parts if _HEADER.match(part.lstrip())]


def _message(part: str) -> WireItem:
    text, _, after = part.lstrip().partition("\x03")
    header, _, rest = text.partition("\n")
    found = _HEADER.match(header)
    assert found is not None  # `_parts` looked
    lines = rest.replace("\x04", "\n").split("\n")
    day, published = _date(lines, after)
    keywords, signals, title, body = _told(lines)
    name = f"{found[1].lower()}{found[2]}"
    given = f"{name}-{day}" if day else None
    embargoed = any(map(_EMBARGO.fullmatch, signals))
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
        elif any(known.fullmatch(line) for known in _SIGNALS) or (_ASIDE.fullmatch(line) and _is_titled(rest[1:])):
            signals.append(line)
            rest.pop(0)
        else:
            break
    title, rest = _headline(rest)
    return keywords, signals, title, _paragraphs(rest)


def _is_titled(lines: list[str]) -> bool:
    """Whether a headline up to `=` follows."""
    told = [line for line in lines if line.strip()][:_HEADLINE_LINES]
    return any(line.rstrip().endswith("=") for line in told)


def _headline(lines: list[str]) -> tuple[str | None, list[str]]:
    """Up to the line that ends in `=`, else a first paragraph of one short line."""
    for at, line in enumerate(lines[:_HEADLINE_LINES]):
        if not line.strip():
            break
        if line.rstrip().endswith("="):
            said = " ".join(" ".join(lines[: at + 1]).split()).rstrip("= ")
            return said or None, lines[at + 1 :]
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
