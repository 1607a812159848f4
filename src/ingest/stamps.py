"""Publication times as pages, feeds and JSON write them, read into `Stamp`s. Pure: no clock, no locale.

Publishers write ISO 8601 (often with a blank before the zone), RFC 2822, epoch seconds or milliseconds. What is none of
these gives None: a guess would place a version before or after another one for no reason.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from ingest.model import Stamp

_ISO = re.compile(
    r"(?P<date>[0-9]{4}-?[0-9]{2}-?[0-9]{2}|[0-9]{4}/[0-9]{2}/[0-9]{2})"
    r"(?:(?:T|\s+)(?P<time>[0-9]{2}:?[0-9]{2}(?::?[0-9]{2})?)(?P<fraction>[.,][0-9]+)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-][0-9]{2}(?::?[0-5][0-9])?)?)?",
    re.IGNORECASE,
)
_EPOCH_MS_FROM = 100_000_000_000
"""Epoch seconds reach this in the year 5138, epoch milliseconds did in 1973: no news needs the overlap."""
_LIMIT_MS = 253_402_300_800_000  # the year 10000, which no calendar type here holds


def parse_stamp(value: object, *, zoneless_is_utc: bool) -> Stamp | None:
    """`value` (text, int or float) as a Stamp, or None where it is no time at all or an impossible one.

    A date alone is not exact. A time without a zone is UTC and exact if `zoneless_is_utc` (machine-made JSON), else
    only its day counts (a page's local time may be 14 hours off).
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_epoch(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if not text or len(text) > 100:
        return None
    if re.fullmatch(r"\d{9,14}(\.\d+)?", text):
        return _from_epoch(float(text))
    iso = _ISO.fullmatch(text)
    try:
        return _from_iso(iso, zoneless_is_utc) if iso else _from_mail(text, zoneless_is_utc)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _from_epoch(value: float) -> Stamp | None:
    # 0 is how an unset field looks, not a publication in 1970.
    if value != value or value == 0 or abs(value) >= _LIMIT_MS:
        return None
    at = int(value) if abs(value) >= _EPOCH_MS_FROM else int(value * 1000)
    return Stamp(at)


def _from_iso(found: re.Match[str], zoneless_is_utc: bool) -> Stamp:
    digits = found["date"].replace("-", "").replace("/", "")
    day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if found["time"] is None:
        return _stamp(datetime(*day, tzinfo=UTC), exact=False)
    clock = found["time"].replace(":", "").ljust(6, "0")
    second = 59 if clock[4:] == "60" else int(clock[4:])  # a leap second is a time, although Python knows none
    micro = int((found["fraction"] or "")[1:7].ljust(6, "0"))
    moment = datetime(*day, int(clock[:2]), int(clock[2:4]), second, micro)
    zone = found["zone"]
    return _zoneless(moment, zoneless_is_utc) if zone is None else _stamp(moment.replace(tzinfo=_offset(zone)))


def _offset(zone: str) -> timezone:
    if zone[0] not in "+-":
        return UTC
    digits = zone[1:].replace(":", "").ljust(4, "0")
    east = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(east if zone[0] == "+" else -east)


def _from_mail(text: str, zoneless_is_utc: bool) -> Stamp | None:
    if ":" not in text:  # the mail parser reads "3 June" into nonsense; RFC 2822 always has a time of day
        return None
    moment = parsedate_to_datetime(text)
    return _zoneless(moment, zoneless_is_utc) if moment.tzinfo is None else _stamp(moment)


def _zoneless(moment: datetime, is_utc: bool) -> Stamp:
    if is_utc:
        return _stamp(moment.replace(tzinfo=UTC))
    return _stamp(moment.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC), exact=False)


def _stamp(moment: datetime, exact: bool = True) -> Stamp:
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return Stamp((since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000, exact)
