"""What fields of every wire format mean alike: status, times, notes to editors, bounded details. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ingest.delivery import Detail, Status
from ingest.model import Stamp
from ingest.stamps import parse_stamp


class DetailLimits(msgspec.Struct, frozen=True):
    """What of an item goes to `extra`: it travels with the article."""

    subjects: int = 40  # the longest lists of real items have 25
    chars: int = 300  # of one of them, or of a slugline
    note: int = 1_000  # of a note to editors
    ids: int = 8  # of what an item follows, as `fields.BOUNDS.follows` less its own


LIMITS = DetailLimits()
_HOUR_MS = 3_600_000
_DAY = re.compile(r"\d{4}[-/]?\d{2}[-/]?\d{2}(?!\d)")
_STATUS: Mapping[str, Status] = {
    "": "usable", "usable": "usable", "embargoed": "usable",
    "canceled": "canceled", "cancelled": "canceled", "retracted": "canceled", "killed": "canceled", "kill": "canceled",
    "withdrawn": "canceled",
}  # fmt: skip
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")

_BY = re.compile(r"^(?:by|par|von|por|di|da|door|av|af)\s+(?=\S)", re.IGNORECASE)

_ORDER = "kill|cancel|withdraw|retract|annul[eé]e?"
_STATE = (
    "killed|cancell?ed|withdrawn|withdrawal|retracted|retraction|annulation|annulled|annullierung|annulliert"
    "|zur(?:ü|ue)ckgezogen|r(?:ü|ue)ckzug|anulad[ao]|anulaci[oó]n|annullat[ao]|annullamento"
)
_TAKE_BACK = f"{_ORDER}|{_STATE}"
_ITEM = (
    r"(?:story|stories|item|message|version|article|text|news|notice|advisory|dispatch|copy|take|meldung|bericht"
    r"|d[ée]p[êe]che|papier|nota|noticia|despacho|notizia)\b|\S*\d"
)
_AFTER_STATE = (
    r"\W*$|\s*(?![-'’]\w)[^\w\s]|\s+(?:(?:by|due|because|as|at|sent|pending|please|do|per|par|wegen|auf)\b"
    r"|(?:(?:of|the|this|that|our|previous|de|du|la|le|cette|der|die|das|dieser|del|el|di|lo)\s+)*"
    rf"(?:{_ITEM}))"
)
"""Behind a word that is said of news as well: `Withdrawal from Vardo: adds reaction` is about the story."""
_REPLACES = (
    r"[ \t/&+]+(?:(?:et|and|und|y|e)\s+)?(?:remplac(?!ement)\w*|replac(?!ement)\w*|ersetz\w*|reemplaz\w*|sustitu\w*"
    r"|sostitu\w*)\b(?!\W+(?:by|par|durch|por|da)\b)"
)
"""`Annule et remplace 0131`; neither `Annulé et remplacé par 0132` nor `KILL. Replacement to follow`."""
_PART = (
    r"(?:graf|para|paragraph|word|line|sentence|quote|head|headline|photo|photograph|picture|caption|byline|slug|slugline"
    r"|reference|embargo)s?\b|(?:first|last|second|third|in|from|off)\b"
)
_BEFORE = (
    r"\W*(?:(?:eds?|editors?|note|advisory|attention|bulletin|mandatory|urgent|story|news|important)\b[\s.:,/-]*)*"
)
_TERM_TAKES_BACK = re.compile(
    rf"{_BEFORE}(?:{_TAKE_BACK})(?:\W+(?:the|this|story|news|item|message|article|text)\b)*\W*", re.IGNORECASE
)
_NOTE_TAKES_BACK = re.compile(
    rf"{_BEFORE}(?:(?:{_ORDER})\b|(?:{_STATE})\b(?={_AFTER_STATE}))(?!{_REPLACES})"
    rf"(?![^\w.:;!]*(?:the\s|a\s|an\s|extraneous\s)*(?:{_PART}))",
    re.IGNORECASE,
)
_NOTE_REPLACES = re.compile(rf"{_BEFORE}(?:{_TAKE_BACK}){_REPLACES}", re.IGNORECASE)
_NOTE_CORRECTS = re.compile(
    r"\W*(?:(?:eds?|editors?|note|advisory|attention|bulletin|mandatory|urgent|story|news)\b[\s.:,/-]*)*"
    r"(?:correct(?:s|ed|ing|ion)?|korr(?:ektur|igiert)?|berichtigung|rectificat(?:if|ion)|correctif|correcci[oó]n"
    r"|correzione)\b",
    re.IGNORECASE,
)


def term_of(said: str | None) -> str:
    """A word of a vocabulary, small, however it is written: `Canceled`, `stat:canceled`, `#canceled`, or by its address
    `http://cv.iptc.org/newscodes/pubstatusg2/canceled`. Empty where there is none."""
    return re.split("[:/#]", (said or "").strip().rstrip(":/#"))[-1].strip().lower()


def status_of(said: str | None) -> Status:
    """By the word of an item. One that nobody knows withholds: what may not be published is worse told than missed."""
    return _STATUS.get(term_of(said), "withheld")


def status_under(said: str | None, embargo: int | None, *, unread: bool = False) -> Status:
    """The same of formats that have `embargoed` among their words: without an end that can be read it withholds, and so
    does an end, told elsewhere, that is `unread`. What is canceled is that all the same."""
    status = status_of(said)
    endless = unread or (term_of(said) == "embargoed" and embargo is None)
    return "withheld" if endless and status != "canceled" else status


def takes_back(note: str | None) -> bool:
    """Whether a note to editors takes its story back. `kill last graf` and `annule et remplace` do not, and
    `KILL. In fact he is free` does."""
    return bool(note and _NOTE_TAKES_BACK.match(note))


def note_of(notes: Sequence[str]) -> str | None:
    """Of an item's notes to editors the one that takes it back, or else the first."""
    return next(filter(takes_back, notes), notes[0] if notes else None)


def term_takes_back(term: str) -> bool:
    """Whether a word of a vocabulary takes its item back as a whole; `cancel embargo` does not."""
    return bool(_TERM_TAKES_BACK.fullmatch(term))


def corrects(note: str | None) -> bool:
    """Whether a note to editors says that its story is a correction, or takes the place of what was wrong."""
    return bool(note and (_NOTE_CORRECTS.match(note) or _NOTE_REPLACES.match(note)))


def stamp_of(*said: str | None) -> Stamp | None:
    """The first of these that is a time."""
    return next((found for one in said if (found := parse_stamp(one, zoneless_is_utc=False))), None)


def embargo_of(said: str | None) -> int | None:
    """When an embargo ends, ms. Without a zone it ends where the time comes last on earth (UTC-12), of a day alone when
    that day is over there: too late harms nobody."""
    exact, loose = parse_stamp(said, zoneless_is_utc=False), parse_stamp(said, zoneless_is_utc=True)
    if exact is None or loose is None:
        return None
    if exact.exact:
        return exact.at
    return loose.at + (12 if loose.exact else 36) * _HOUR_MS


def embargo_after(release: str | None, issued: str | None) -> int | None:
    """When an embargo ends by a time of release, ms; None where that is no later than the issue.

    Alike is compared with alike: days as they are written where the release has no time of day, times as they are
    written where neither has a zone. Where one alone has, a release that may lie after the issue does. Without an
    issue that can be read every release is an embargo.
    """
    until, free = embargo_of(release), parse_stamp(release, zoneless_is_utc=True)
    at, out, day = stamp_of(issued), parse_stamp(issued, zoneless_is_utc=True), _day_of(issued)
    if until is None or free is None or at is None or out is None or day is None:
        return until
    if not free.exact:
        is_after = free.at > day.at
    elif at.exact:
        is_after = until > at.at
    elif stamp_of(release) == free:  # it has a zone
        is_after = until > out.at - 14 * _HOUR_MS  # where the time comes first on earth (UTC+14)
    else:
        is_after = free.at > out.at
    return until if is_after else None


def _day_of(said: str | None) -> Stamp | None:
    """The day as it is written, whatever the zone; the time where it is written in another way."""
    found = _DAY.match((said or "").strip())
    return parse_stamp(found[0] if found else said, zoneless_is_utc=True)


def language_of(*said: str | None) -> str | None:
    """The primary subtag of the first that is a language tag."""
    for one in said:
        if one and _LANGUAGE.fullmatch(one.strip()):
            return re.split("[-_]", one.strip())[0].lower()
    return None


def author_of(*said: str | None) -> str | None:
    """The first byline that there is, without its `By`."""
    return next((name for one in said if one and (name := _BY.sub("", one.strip()))), None)


def rights_of(*said: str | None) -> str | None:
    """Copyright and usage terms, each once."""
    return " ".join(dict.fromkeys(one for one in said if one)) or None


def details_of(**said: str | int | Iterable[str] | None) -> dict[str, Detail]:
    """What goes to `extra`: what is there, bounded."""
    found: dict[str, Detail] = {}
    for name, value in said.items():
        if value is None or value == "":
            continue
        if isinstance(value, str):
            found[name] = value[: LIMITS.note if name == "note" else LIMITS.chars]
        elif isinstance(value, int):
            found[name] = value
        elif several := tuple(dict.fromkeys(one[: LIMITS.chars] for one in value if one))[: LIMITS.subjects]:
            found[name] = several
    return found


def number_of(said: str | None) -> str | int | None:
    """An urgency or the like: a number where it is one."""
    return int(said) if said and re.fullmatch(r"\d{1,6}", said) else said


def is_later(version: str | None) -> bool:
    """Whether a version's number says that there was one before."""
    return bool(version and re.fullmatch(r"\d{1,9}", version) and int(version) > 1)


def ids_of(said: Iterable[str | None], own: str | None) -> tuple[str, ...]:
    """Each once, without the item's own."""
    return tuple(dict.fromkeys(one for one in said if one and one != own))[: LIMITS.ids - 1]
