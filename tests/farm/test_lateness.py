"""What the kill run calls late: each feed against when it was due itself."""

from __future__ import annotations

import pytest
from lateness import Due, Late, latest


def late(dues: dict[int, list[float]], polls: dict[int, list[float]], ended: float) -> Late:
    """Where each poll is settled as soon as it is asked, as far as anybody saw."""
    return latest({feed: [Due(at, 0.0) for at in times] for feed, times in dues.items()}, polls, ended)


def test_a_poll_is_late_by_its_own_feeds_due_time_whatever_the_others_intervals_are() -> None:
    found = late({0: [100.0, 108.0], 1: [100.0, 116.0]}, {0: [100.0, 140.0], 1: [100.0, 117.0]}, 140.0)
    assert (found.feed, found.seconds) == (0, pytest.approx(32.0))


def test_what_is_due_and_was_not_asked_until_the_end_is_late_too() -> None:
    assert late({3: [100.0, 110.0]}, {3: [100.5]}, 150.0).seconds == pytest.approx(40.0)
    assert late({3: [100.0]}, {}, 150.0).seconds == pytest.approx(50.0)


def test_what_was_asked_and_not_read_until_the_end_is_late_too() -> None:
    found = late({3: [100.0]}, {3: [101.0]}, 150.0)
    assert (found.seconds, found.wait) == (pytest.approx(50.0), pytest.approx(49.0))


def test_what_is_not_due_at_the_end_is_not_late() -> None:
    assert late({3: [100.0, 160.0]}, {3: [100.5]}, 150.0).seconds == pytest.approx(0.5)


def test_what_a_killed_fetcher_had_asked_for_waits_from_then_on_and_is_read_later_still() -> None:
    found = late({3: [100.0, 150.0]}, {3: [101.0, 121.0, 141.0]}, 142.0)
    assert (found.seconds, found.wait) == (pytest.approx(41.0), pytest.approx(20.0))


def test_what_was_asked_in_time_and_read_much_later_is_late_by_when_its_row_moved_on() -> None:
    dues = [Due(100.0, 0.0), Due(150.0, 141.0), Due(190.0, 150.7)]
    found = latest({3: dues}, {3: [100.2, 150.5, 190.2]}, 190.5)
    assert (found.seconds, found.wait) == (pytest.approx(41.0), pytest.approx(40.8))


def test_a_row_that_was_not_looked_at_since_before_the_request_says_nothing_of_when_it_was_read() -> None:
    dues = [Due(100.0, 0.0), Due(110.0, 100.3)]
    assert latest({3: dues}, {3: [102.0]}, 105.0).seconds == pytest.approx(2.0)
