"""Times as people read them: UTC, in English whatever the locale. Pure."""

from __future__ import annotations

from ingest.events.times import moment

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"))


def clock(ms: int) -> str:
    """`18 Jun 2024, 12:04`."""
    return f"{day(ms)}, {hour(ms)}"


def day(ms: int) -> str:
    """`18 Jun 2024`."""
    at = moment(ms)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def hour(ms: int) -> str:
    """`12:04`."""
    return f"{moment(ms):%H:%M}"


def short(ms: int) -> str:
    """`18 Jun 12:04`, always 12 columns: for rows of one year."""
    at = moment(ms)
    return f"{at.day:2} {_MONTHS[at.month - 1]} {at:%H:%M}"


def span(first: int, last: int) -> str:
    """`18 Jun 2024, 12:00 to 12:08`, with the second day where it is another one."""
    if first == last:
        return clock(first)
    return f"{clock(first)} to {hour(last) if day(first) == day(last) else clock(last)}"


def ago(ms: int, now: int) -> str:
    """`3 min ago`, `in 2 h`, `now`: the largest unit that fits."""
    apart = abs(now - ms)
    for size, unit in _UNITS:
        if apart >= size:
            return f"{apart // size} {unit} ago" if ms <= now else f"in {apart // size} {unit}"
    return "now"
