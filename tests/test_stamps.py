"""Times as publishers write them: ISO 8601 in its forms, mail's, epochs, and what is no time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import Stamp
from ingest.stamps import parse_stamp

DAY = 1_767_225_600_000
"""2026-01-01T00:00:00Z in milliseconds, by `date -u -d 2026-01-01 +%s`."""
NOON = DAY + 12 * 3_600_000
zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("said", "stamp"),
    [
        ("2026-01-01T12:00:00Z", Stamp(NOON)),
        ("20260101t120000z", Stamp(NOON)),
        ("2026/01/01 12:00 GMT", Stamp(NOON)),
        ("2026-01-01 12:00:00 +0130", Stamp(NOON - 5_400_000)),
        ("2026-01-01T12:00-05", Stamp(NOON + 18_000_000)),
        ("2026-01-01T12:00:00,25Z", Stamp(NOON + 250)),
        ("2026-01-01T12:00:00.1239999Z", Stamp(NOON + 123)),
        ("2026-01-01T11:59:60Z", Stamp(NOON - 1000)),  # a leap second is the second before
        ("2026-01-01", Stamp(DAY, exact=False)),
        ("2026-01-01T12:00:00", Stamp(DAY, exact=False)),
        ("Thu, 01 Jan 2026 12:00:00 GMT", Stamp(NOON)),
        ("1767268800", Stamp(NOON)),
        (NOON, Stamp(NOON)),
        (NOON / 1000, Stamp(NOON)),
    ],
)
def test_a_time_is_read_in_each_of_its_forms(said: object, stamp: Stamp) -> None:
    assert parse_stamp(said, zoneless_is_utc=False) == stamp


def test_a_time_without_a_zone_counts_where_machines_write_it() -> None:
    assert parse_stamp("2026-01-01T12:00:00.5", zoneless_is_utc=True) == Stamp(NOON + 500)


@pytest.mark.parametrize(
    "said",
    [
        "2026-02-30", "2026-13-01", "2026-00-01", "0000-01-01", "2026-1-1", "2026-01-01T24:00Z", "2026-01-01T12:60Z",
        "2026-01-01T12:00:61Z", "2026-01-01T12:00+0160", "2026-01-01T12:00+24:00", "2026-01-01T12:00+25", "3 June",
        "２０２６-０１-０１", "yesterday", "", " ", "0", "9" * 200, None, True, 0, float("nan"), float("inf"), [2026],
    ],
)  # fmt: skip
def test_what_is_no_time_is_none(said: object) -> None:
    assert parse_stamp(said, zoneless_is_utc=True) is None


@given(moment=st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=zones), separator=st.sampled_from("T "))
def test_what_python_writes_is_read_to_the_millisecond(moment: datetime, separator: str) -> None:
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    found = parse_stamp(moment.isoformat(separator), zoneless_is_utc=False)
    assert found == Stamp(since // timedelta(milliseconds=1))
