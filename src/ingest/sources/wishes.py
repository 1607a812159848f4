"""What a feed asks of those who poll it, in the words of RSS and its modules. Pure."""

from __future__ import annotations

import re

import msgspec

_FIRST = re.compile(r"<(?:\w++:)?(?:item|entry)[\s>]", re.IGNORECASE)
_LAST = re.compile(r"</(?:\w++:)?(?:item|entry)\s*>", re.IGNORECASE)
_OPEN = r"(?:\s[^<>]{0,500})?>\s*"  # attributes, its namespace's declaration among them
_TEXT = _OPEN + r"(?:<!\[CDATA\[\s*)?"
_TTL = re.compile(rf"<ttl{_TEXT}(\d{{1,7}})\s*[<\]]", re.IGNORECASE)
_PERIOD = re.compile(rf"<(?:\w+:)?updatePeriod{_TEXT}([A-Za-z]{{5,8}})\s*[<\]]", re.IGNORECASE)
_FREQUENCY = re.compile(rf"<(?:\w+:)?updateFrequency{_TEXT}(\d{{1,6}})\s*[<\]]", re.IGNORECASE)
_HOURS, _DAYS = re.compile(f"<skipHours{_OPEN}", re.IGNORECASE), re.compile(f"<skipDays{_OPEN}", re.IGNORECASE)
_MOST = 4_000  # characters of a list of hours
A_DAY = 86_400.0
_SECONDS = {"hourly": 3_600.0, "daily": A_DAY, "weekly": 604_800.0, "monthly": 2_592_000.0, "yearly": 31_536_000.0}
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Wishes(msgspec.Struct, frozen=True, array_like=True):
    """`floor` in seconds, 0 for none; hours in GMT, days from Monday, 0."""

    floor: float = 0.0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


def wishes_of(text: str) -> Wishes:
    """Those of a feed as XML. Its parser keeps none of them; they stand before or behind the entries."""
    first, lasts = _FIRST.search(text), list(_LAST.finditer(text))
    about = text[: first.start()] + (text[lasts[-1].end() :] if lasts else "") if first else text
    ttl, period, frequency = _TTL.search(about), _PERIOD.search(about), _FREQUENCY.search(about)
    floors = [60.0 * int(ttl[1])] if ttl else []
    if period or frequency:  # the module's defaults: once a day
        seconds = _SECONDS.get(period[1].lower(), 0.0) if period else _SECONDS["daily"]
        floors.append(seconds / max(1, int(frequency[1]) if frequency else 1))
    hours = {int(hour) % 24 for hour in re.findall(r"<hour>\s*(\d{1,2})\s*<", _found(_HOURS, about), re.IGNORECASE)}
    named = re.findall(r"<day>\s*([A-Za-z]+)\s*<", _found(_DAYS, about), re.IGNORECASE)
    days = {_WEEK.index(day.lower()) for day in named if day.lower() in _WEEK}
    return Wishes(
        floor=max(floors, default=0.0),
        # All of them: it would never be asked, which nobody means.
        skip_hours=tuple(sorted(hours)) if len(hours) < 24 else (),
        skip_days=tuple(sorted(days)) if len(days) < 7 else (),
    )


def _found(pattern: re.Pattern[str], text: str) -> str:
    """What stands in the first element of this kind."""
    found = pattern.search(text)
    return text[found.end() : found.end() + _MOST].lower().partition("</skip")[0] if found else ""
