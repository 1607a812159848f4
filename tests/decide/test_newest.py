"""What is kept is what was used last, and no more than was allowed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.decide.newest import NewestUsed


def test_the_entry_used_longest_ago_goes() -> None:
    kept: NewestUsed[str, int] = NewestUsed(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.take("a") == 1
    kept.put("c", 3)
    assert (kept.take("b"), list(kept)) == (None, ["a", "c"])


def test_what_is_heavier_than_all_is_kept_alone() -> None:
    kept: NewestUsed[str, int] = NewestUsed(10)
    kept.put("a", 1, 4)
    kept.put("b", 2, 11)
    assert list(kept) == ["b"]
    kept.put("b", 3, 5)
    kept.put("c", 4, 5)
    assert list(kept) == ["b", "c"]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9))))
def test_the_weight_of_what_is_kept_has_a_bound(puts: list[tuple[int, int]]) -> None:
    kept: NewestUsed[int, int] = NewestUsed(12)
    for key, weight in puts:
        kept.put(key, weight, weight)
        assert sum(kept.values()) <= 12
        assert next(reversed(kept)) == key
