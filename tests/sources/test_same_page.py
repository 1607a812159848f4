"""A text that stands at many addresses of one host."""

from __future__ import annotations

from ingest.sources.same_page import SAME, Place, believed, noted

DAY = 86_400_000
HOST, FEED = "https://daily.example", "https://daily.example/feed"
WALL = "Please wait while we look at your browser. Request 7f3a99c1d2e4-0{n}, seen at 2026-01-0{n}T10:00."


def place(n: int, title: str = "Today", feed: str = FEED, says: str = "") -> Place:
    return Place(asked=f"{HOST}/{n}", says=says or f"{HOST}/{n}", feed=feed, title=title)


def shown(*pages: tuple[str, Place], days: float = 0.0) -> list[tuple[bool, bool]]:
    """Of each page: whether it is no article, and whether that is believed of those before."""
    row: bytes | None = None
    said = []
    for number, (text, at) in enumerate(pages):
        sight = noted(row, text, at, int(number * days * DAY))
        assert believed(sight.row, sight.mark, at.feed) == sight.believed
        row = sight.row
        said.append((sight.same, sight.believed))
    return said


def same(*pages: tuple[str, Place], days: float = 0.0) -> list[bool]:
    return [is_same for is_same, _ in shown(*pages, days=days)]


def test_a_text_under_two_titles_of_a_feed_is_no_article_and_under_three_none_ever_was() -> None:
    pages = [(WALL.format(n=n), place(n, f"Title {n}")) for n in range(4)]
    assert shown(*pages) == [(False, False), (True, False), (True, True), (True, True)]


def test_a_text_at_the_third_address_is_no_article_whatever_its_titles() -> None:
    for feed, title in ((FEED, "Today"), ("", "")):
        pages = [(WALL.format(n=n), place(n, title, feed)) for n in range(5)]
        assert shown(*pages) == [(False, False), (False, False), *[(True, False)] * 3]


def test_feeds_that_call_one_page_by_other_names_and_addresses_are_about_one_article() -> None:
    pages = [("The bridge is open.", place(n, f"Title {n}", f"{FEED}/{n}", says=f"{HOST}/bridge")) for n in range(9)]
    assert not any(same(*pages))


def test_one_gate_for_all_entries_of_a_feed_is_no_article() -> None:
    pages = [("Choose what we may store.", place(n, f"Title {n}", says=f"{HOST}/gate")) for n in range(4)]
    assert shown(*pages) == [(False, False), (True, False), (True, True), (True, True)]


def test_no_feed_takes_the_article_of_another_back() -> None:
    """Three entries that lead to it by addresses of their own would do."""
    other = [("The bridge is open.", place(n, f"Title {n}", f"{FEED}/other")) for n in range(1, 6)]
    row = noted(None, "The bridge is open.", place(0, "Bridge open"), 0).row
    for text, at in other:
        sight = noted(row, text, at, 0)
        row = sight.row
    assert sight.believed
    assert not believed(row, sight.mark, FEED)
    assert not noted(row, "The bridge is open.", place(0, "Bridge open"), 0).believed


def test_a_feed_with_many_pages_leaves_room_for_the_next() -> None:
    first, second = ([(WALL.format(n=1), place(n, f"Title {n}", f"{FEED}/{m}")) for n in r] for m, r in
                     ((1, range(9)), (2, range(9, 13))))  # fmt: skip
    assert shown(*first, *second)[9:] == [(True, False), (True, False), (True, True), (True, True)]


def test_three_feeds_that_take_turns_find_out_all_of_them() -> None:
    pages = [(WALL.format(n=1), place(n, f"Title {n}", f"{FEED}/{n % 3}")) for n in range(12)]
    assert shown(*pages)[6:] == [(True, True)] * 6


def test_an_address_that_leads_to_another_is_no_place_of_its_own() -> None:
    sight, row = None, None
    for n in range(12):
        sight = noted(row, "The bridge is open.", place(n, "Bridge open", says=f"{HOST}/bridge"), 0)
        row = sight.row
    assert row is not None
    assert len(row) < 50


def test_one_address_asked_again_and_again_stays_an_article_whatever_it_is_called() -> None:
    assert not any(same(*[("The bridge is open.", place(1, f"Title {n}")) for n in range(9)]))


def test_texts_that_differ_in_a_figure_are_two() -> None:
    assert not any(same(*[(f"Draw of the week: {n} 12 19 23.", place(n, f"Title {n}")) for n in range(9)]))


def test_a_text_not_seen_for_long_is_forgotten() -> None:
    assert not any(same(*[("Closed today.", place(n, f"Title {n}")) for n in range(9)], days=SAME.days + 1))


def test_the_row_of_a_host_is_bounded_whatever_it_shows() -> None:
    row: bytes | None = None
    for n in range(5_000):
        row = noted(row, f"Text {n // 10}", place(n, f"Title {n}", f"{FEED}/{n % 3}"), n).row
    assert row is not None
    assert len(row) < 9_500


def test_a_row_of_another_version_is_begun_anew() -> None:
    sight = noted(b"\xc1", "Text", place(1), 0)
    assert not sight.same
    assert noted(sight.row, "Text", place(2), 0).same is False
    assert believed(b"\xc1", sight.mark, FEED) is False
