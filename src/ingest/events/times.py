"""Times as events write them: RFC 3339 in UTC, milliseconds. Pure.

A publication time of which only the day is known is written as the day alone (`2024-06-18`): midnight would be a lie.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from ingest.model import Stamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_MS = (datetime(1, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_LAST_MS = (datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)


def moment(ms: int) -> datetime:
    """`ms` since 1970 as a datetime in UTC; outside the years 1 to 9999 the nearest that there is."""
    return _EPOCH + timedelta(milliseconds=min(max(ms, _FIRST_MS), _LAST_MS))


@lru_cache(maxsize=256)  # the event of an article has three or four times, most of them the same
def rfc3339(ms: int) -> str:
    """`2024-06-18T14:05:00.000Z`; always 24 characters, so that text order is time order."""
    return moment(ms).isoformat(timespec="milliseconds")[:23] + "Z"


def published_at(stamp: Stamp | None) -> str | None:
    """The full time where it is exact, else the day, else None."""
    if stamp is None:
        return None
    written = rfc3339(stamp.at)
    return written if stamp.exact else written[:10]


def millis(written: str) -> int:
    """The inverse of both; a day is its first millisecond. Raises ValueError on anything else."""
    at = datetime.fromisoformat(written)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return (at - _EPOCH) // timedelta(milliseconds=1)
