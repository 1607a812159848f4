from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import UsageError
from ingest.events import cursor as cursors
from ingest.events.cursor import BEGINNING, Cursor, Gap, Held

HELD = Held(epoch="e1", trimmed="100-0", last="200-5")
STREAM_ID = st.builds(lambda ms, nth: f"{ms}-{nth}", st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))


@given(st.text(st.characters(codec="utf-8")), st.dictionaries(st.text("abz09-", min_size=1, max_size=32), STREAM_ID))
def test_a_cursor_comes_back_as_it_was_and_is_safe_in_a_url(epoch: str, at: dict[str, str]) -> None:
    text = cursors.encode(Cursor(epoch, at))
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert cursors.decode(text) == Cursor(epoch, at)


@given(st.text(max_size=80))
def test_any_other_text_is_refused_as_a_mistake_of_the_caller(text: str) -> None:
    try:
        cursor = cursors.decode(text)
    except UsageError:
        return
    assert cursors.decode(cursors.encode(cursor)) == cursor


@pytest.mark.parametrize(
    "at", ["", "5", "5-", "-5", "a-b", "5-6-7", "99999999999999999999-0", "٣-0", "5-0\n", "$", "+"]
)
def test_a_cursor_that_names_no_stream_id_is_refused(at: str) -> None:
    with pytest.raises(UsageError):
        cursors.decode(cursors.encode(Cursor("e1", {"main": at})))


@pytest.mark.parametrize("after", ["100-0", "100-1", "150-0", "200-5"])
def test_a_cursor_within_what_is_held_reads_on_without_a_gap(after: str) -> None:
    assert cursors.resume(after, "e1", "main", HELD) == (after, None)


def test_a_cursor_older_than_retention_gets_a_gap_up_to_what_was_trimmed() -> None:
    gap = Gap(partition="main", since="99-7", to="100-0", reason="retention")
    assert cursors.resume("99-7", "e1", "main", HELD) == ("100-0", gap)


def test_a_cursor_of_another_epoch_gets_a_gap_and_everything_that_is_held() -> None:
    gap = Gap(partition="main", since=BEGINNING, to="100-0", reason="epoch")
    assert cursors.resume("150-0", "e0", "main", HELD) == ("100-0", gap)


def test_a_cursor_ahead_of_the_stream_gets_a_gap_and_what_comes_next() -> None:
    gap = Gap(partition="main", since="200-5", to="200-6", reason="ahead")
    assert cursors.resume("200-6", "e1", "main", HELD) == ("200-5", gap)


def test_who_waited_for_a_partition_to_be_made_has_missed_nothing() -> None:
    assert cursors.resume(BEGINNING, "", "main", Held("e1", BEGINNING, "5-0")) == (BEGINNING, None)


@given(STREAM_ID, STREAM_ID)
def test_stream_ids_are_ordered_as_numbers(a: str, b: str) -> None:
    assert (cursors.order(a) < cursors.order(b)) == (tuple(map(int, a.split("-"))) < tuple(map(int, b.split("-"))))


@given(STREAM_ID.filter(lambda stream_id: stream_id != BEGINNING))
def test_the_id_before_another_is_the_greatest_smaller_one(stream_id: str) -> None:
    ms, nth = cursors.order(cursors.before(stream_id))
    assert (ms, nth + 1) == cursors.order(stream_id) or (ms + 1, nth, 0) == (
        *cursors.order(stream_id)[:1],
        2**64 - 1,
        0,
    )


def test_every_reason_is_explained() -> None:
    from typing import get_args

    assert set(get_args(cursors.Reason)) == set(cursors.REASONS)
