"""Publication dates that a text or its address states. Only what is plainly a date: nothing is guessed from prose."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from ingest.alignment.months import MONTHS
from ingest.model import Stamp

FIRST_YEAR, LAST_YEAR = 1900, 2100  # outside: a part number, a price or a typing error

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR = r"(?P<{}>(?:19|20|21)\d\d)"
_DATE = "|".join(
    (
        rf"{_YEAR.format('y1')}-(?P<m1>\d\d)-(?P<d1>\d\d)",
        rf"{_YEAR.format('y2')}\s?[年년/.]\s?(?P<m2>\d{{1,2}})\s?[月월/.]\s?(?P<d2>\d{{1,2}})\s?[日일]?",
        rf"(?P<n3>{_MONTH})\.? (?P<d3>\d{{1,2}})(?:st|nd|rd|th)?,? {_YEAR.format('y3')}",
        rf"(?P<d4>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?(?: de| of)? (?P<n4>{_MONTH})"
        rf"[.,]?(?: de| del)? {_YEAR.format('y4')}"
        r"(?: г\.?| року)?",
        rf"(?P<d5>\d{{1,2}})\.(?P<m5>\d{{1,2}})\.{_YEAR.format('y5')}",
        rf"(?P<a6>\d{{1,2}})/(?P<b6>\d{{1,2}})/{_YEAR.format('y6')}",
    )
)
_TIME = (
    r"(?P<hour>[01]?\d|2[0-3])[:.h点](?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d{1,6})?)?"
    r"\s?(?P<half>[ap]\.?m\.?)?\s?(?:uhr|hrs|h)?\s?(?P<zone>z|utc|gmt|[+-][01]\d:?[0-5]\d)?(?:\s?[a-z]{2,4})?"
)
_DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun"
    " montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so"
    " lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo"
    " segunda terça quarta quinta sexta segunda-feira terça-feira quarta-feira quinta-feira sexta-feira"
    " lunedì martedì mercoledì giovedì venerdì sabato domenica"
    " maandag dinsdag woensdag donderdag vrijdag zaterdag zondag"
    " måndag tisdag onsdag torsdag fredag lördag söndag понедельник вторник среда четверг пятница суббота воскресенье"
    " pazartesi salı çarşamba perşembe cuma cumartesi pazar senin selasa rabu kamis jumat sabtu minggu"
).split()
_WEEKDAY = (
    rf"(?:(?:{'|'.join(sorted(_DAYS, key=len, reverse=True))})\.?,? (?:den |le |el )?|le |el |am |星期.\s?|周.\s?)"
)
_YEAR_WITHIN = re.compile(r"(?:19|20|21)\d\d")  # in every form of a date: few lines have one
_LABEL = (
    r"(?:(?:first )?(?:published|posted|updated|last (?:updated|modified)|created|issued|date)(?: on| at)?"
    r"|veröffentlicht(?: am)?|aktualisiert(?: am)?|stand|publié(?: le)?|mis à jour(?: le)?|publicado(?: el| em)?"
    r"|actualizado(?: el)?|pubblicato(?: il)?|gepubliceerd(?: op)?|опубликовано|обновлено"
    r"|发布时间|发表于|更新时间|日期|时间|更新日期|公開日|更新日|입력|수정)"
)
_LINE = re.compile(
    rf"(?:{_LABEL}\s?[:：]?\s?)?{_WEEKDAY}?(?:{_DATE})(?:[,;|–—-]?\s?(?:t|at |um |à |a las |в )?\s?{_TIME})?",
    re.IGNORECASE,
)
_TIME_FIRST = re.compile(rf"(?:{_LABEL}\s?[:：]?\s?)?{_TIME},?\s?{_WEEKDAY}?(?:{_DATE})", re.IGNORECASE)
_IN_URL = re.compile(r"/(?P<y>(?:19|20|21)\d\d)[/-](?P<m>0?[1-9]|1[0-2])[/-](?P<d>0?[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_IN_URL_SOLID = re.compile(r"/(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_MAX_LINE = 70  # characters; a longer line with a date in it is prose


def in_line(line: str) -> Stamp | None:
    """The date of a line that is a date and nothing else (label, weekday and time of day allowed)."""
    if len(line) > _MAX_LINE or not _YEAR_WITHIN.search(line):
        return None
    m = _LINE.fullmatch(line) or _TIME_FIRST.fullmatch(line)
    if m is None:
        return None
    found = {name: value for name, value in m.groupdict().items() if value}
    which = next(name[1] for name in found if name[0] == "y" and len(name) == 2)
    year = int(found["y" + which])
    if which == "6":
        # Day and month trade places between countries: told only where one of them cannot be a month.
        first, second = int(found["a6"]), int(found["b6"])
        if first > 12:
            day, month = first, second
        elif second > 12 or first == second:
            day, month = second, first
        else:
            return None
    else:
        day = int(found["d" + which])
        month = MONTHS[found["n" + which].casefold()] if "n" + which in found else int(found["m" + which])
    return _stamp(year, month, day, found)


def in_url(url: str | None) -> Stamp | None:
    """The day in the path: `/2024/06/18/`, `/2024-06-18-`, `/20240618/`."""
    if not url:
        return None
    path = url.partition("://")[2].partition("?")[0]
    m = _IN_URL.search(path) or _IN_URL_SOLID.search(path)
    return _stamp(int(m["y"]), int(m["m"]), int(m["d"]), {}) if m else None


def _stamp(year: int, month: int, day: int, found: dict[str, str]) -> Stamp | None:
    """Exact where the line states hour and zone: a time of day without a zone may be off by 26 hours."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        if "hour" in found and "zone" in found:
            hour = int(found["hour"]) % 12 + 12 * (found["half"][0] in "pP") if "half" in found else int(found["hour"])
            minute, second = int(found["minute"]), int(found.get("second", 0))
            at = datetime(year, month, day, hour, minute, second, tzinfo=_zone(found["zone"]))
            return Stamp(int(at.timestamp() * 1000))
        return Stamp(int(datetime(year, month, day, tzinfo=UTC).timestamp() * 1000), exact=False)
    except ValueError:  # 31 June
        return None


def _zone(text: str) -> timezone:
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
