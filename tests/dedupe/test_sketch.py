"""Index keys and the vote for candidates."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.dedupe import CANDIDATES, SKETCH, Text, candidates, short_key


def text(start: int, stop: int) -> Text:
    return Text(None, [" ".join(f"w{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(start, stop))])


def test_a_text_has_keys_in_proportion_to_its_length_within_bounds() -> None:
    assert len(text(0, 60).keys) == SKETCH.fewest
    assert len(text(0, 250).keys) == (250 - SKETCH.shingle + 1) // SKETCH.share
    assert len(text(0, 600).keys) == SKETCH.most


def test_a_very_short_text_has_fewer_keys_and_an_empty_one_none() -> None:
    assert len(text(0, 8).keys) == 4
    assert Text("A title", []).keys == []
    assert Text("A title", ["..."]).keys == []


def test_a_part_shares_keys_with_the_whole() -> None:
    assert len(set(text(0, 500).keys) & set(text(250, 500).keys)) >= 8


def test_the_spelling_changes_no_key() -> None:
    british = Text(None, ["The U.S. defence programme's “centre” cost 1,200 dollars, officials said on the day."])
    american = Text("t", ['The US defense program "center" cost 1200 dollars, officials said on the day.'])
    assert british.keys == american.keys
    assert british.exact == american.exact


@given(st.lists(st.text()))
def test_keys_are_distinct_and_fit_their_bits(sentences: list[str]) -> None:
    keys = Text(None, sentences).keys
    assert len(set(keys)) == len(keys) <= SKETCH.most
    assert all(0 <= key < 1 << SKETCH.bits for key in keys)


def test_one_rare_key_outweighs_many_common_ones() -> None:
    template = [list(range(20))] * 5
    assert candidates([*template, [99]])[0] == 99


def test_of_a_crowded_key_only_the_newest_count() -> None:
    assert set(candidates([list(range(100))])) == set(range(100 - CANDIDATES.newest, 100))


def test_of_equal_votes_the_older_article_comes_first() -> None:
    assert candidates([[3, 5], [3, 5]]) == [3, 5]
    assert candidates([]) == []


def test_a_short_item_is_named_by_title_and_body() -> None:
    key = short_key("Fed raises rates by half a point", [])
    assert key == short_key("FED RAISES RATES BY HALF A POINT", ["***"])
    assert key != short_key("Fed lowers rates by half a point", [])
    assert key != short_key("Fed raises rates by half a point", ["More to come."])
    assert key is not None
    assert len(key) == 12


def test_what_is_too_long_or_too_little_has_no_short_key() -> None:
    assert short_key("A title", ["one two three four five six seven eight nine ten eleven twelve"]) is None
    assert short_key("Update", []) is None
    assert short_key(None, []) is None
    assert short_key("美联储", []) is None
    assert short_key("美联储宣布降息", []) is not None
