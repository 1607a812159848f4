from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.sources.schedule import PACE, Bounds, Polled, Rhythm, after, awake
from ingest.sources.wishes import Wishes


def ms(day: int, hour: int, minute: int = 0) -> int:
    """In June 2024; the 17th was a Monday."""
    return int(datetime(2024, 6, day, hour, minute, tzinfo=UTC).timestamp() * 1000)


NIGHT = Wishes(0.0, (0, 1, 2, 3))
WEEKEND = Wishes(0.0, (), (5, 6))


@pytest.mark.parametrize(
    ("wishes", "at", "moved"),
    [(NIGHT, ms(18, 23, 59), ms(18, 23, 59)), (NIGHT, ms(18, 0), ms(18, 4)), (NIGHT, ms(18, 3, 59), ms(18, 4)),
     (NIGHT, ms(18, 4), ms(18, 4)), (WEEKEND, ms(21, 23, 59), ms(21, 23, 59)), (WEEKEND, ms(22, 7, 5), ms(24, 0)),
     (Wishes(0.0, (0, 1), (5, 6)), ms(22, 12), ms(24, 2)), (Wishes(), ms(22, 12), ms(22, 12))],
)  # fmt: skip
def test_hours_and_days_to_skip_are_waited_out(wishes: Wishes, at: int, moved: int) -> None:
    assert awake(wishes, at, 0.0) == moved
    assert moved <= awake(wishes, at, 1.0) <= moved + (0 if moved == at else 900_000)


def test_a_feed_that_is_never_awake_is_asked_all_the_same() -> None:
    never = Wishes(0.0, tuple(range(24)), tuple(range(7)))
    assert awake(never, ms(18, 0), 0.0) == ms(18, 0)


def test_what_a_feed_asks_for_holds_until_it_is_read_again() -> None:
    short = Bounds(600.0, 600.0)
    read = after(Rhythm(), Polled(kind="fresh", new=3, wishes=Wishes(7200.0, (14, 15))), ms(18, 12), 0.5, short)
    assert read.next_at == ms(18, 16) + 450_000
    same = after(read, Polled(kind="same"), read.next_at, 0.5, short)
    assert same.next_at == read.next_at + 7_200_000
    free = after(same, Polled(kind="fresh", known=1, new=9, wishes=Wishes()), same.next_at, 0.5, short)
    assert free.next_at == same.next_at + 600_000


def test_no_wish_keeps_a_feed_from_being_asked_daily() -> None:
    year = after(Rhythm(), Polled(kind="fresh", wishes=Wishes(31_536_000.0)), ms(18, 12), 0.5)
    assert year.next_at == ms(18, 12) + PACE.longest_floor * 1000
