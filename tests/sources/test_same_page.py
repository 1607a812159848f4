"""A text that stands at many addresses of one host."""

from __future__ import annotations

from ingest.sources.same_page import SAME, noted

DAY = 86_400_000
WALL = "Please wait while we look at your browser. Request 7f3a99c1d2e4-0{n}, seen at 2026-01-0{n}T10:00."


def shown(*pages: tuple[str, str], days: float = 0.0) -> list[bool]:
    row: bytes | None = None
    said = []
    for number, (text, address) in enumerate(pages):
        row, many = noted(row, text, address, int(number * days * DAY))
        said.append(many)
    return said


def test_a_text_at_the_third_address_is_no_article() -> None:
    pages = [(WALL.format(n=n), f"https://daily.example/{n}") for n in range(4)]
    assert shown(*pages) == [False, False, True, True]


def test_one_address_asked_again_and_again_stays_an_article() -> None:
    assert not any(shown(*[("The bridge is open.", "https://daily.example/bridge")] * 9))


def test_texts_that_differ_in_a_figure_are_two() -> None:
    pages = [(f"Draw of the week: {n} 12 19 23.", f"https://daily.example/{n}") for n in range(9)]
    assert not any(shown(*pages))


def test_a_text_not_seen_for_long_is_forgotten() -> None:
    pages = [("Closed today.", f"https://daily.example/{n}") for n in range(9)]
    assert not any(shown(*pages, days=SAME.days + 1))


def test_the_row_of_a_host_is_bounded_whatever_it_shows() -> None:
    row: bytes | None = None
    for n in range(5_000):
        row, _ = noted(row, f"Text {n // 5}", f"https://daily.example/{n}", n)
    assert row is not None
    assert len(row) < 4_000


def test_a_row_of_another_version_is_begun_anew() -> None:
    row, many = noted(b"\xc1", "Text", "https://daily.example/", 0)
    assert not many
    assert noted(row, "Text", "https://daily.example/2", 0)[1] is False
