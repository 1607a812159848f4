"""A site's own text in the place of its articles: no list knows it, so it is told by where else it stands."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from fetcher_days import Days, page, rss
from local_web import Answer
from virtual_fetching import DAY, HOUR

from ingest.model import Envelope

WALL = "Choose what we may store about you before you read on."
FERRY = "The ferry runs again from Monday, the operator said on Tuesday."
SHOWN = page(WALL)
NUMBERS = count(1)
Route = Answer | Callable[[dict[str, str]], Answer]


def unchanged(headers: dict[str, str]) -> Answer:
    return (304, {}, b"") if headers.get("if-none-match") == '"1"' else page(WALL, ETag='"1"')


def numbered(headers: dict[str, str]) -> Answer:
    return page(f"{WALL} Your request: {next(NUMBERS):016d}.")


def follow(days: Days, *paths: str, title: Callable[[str], str] = "Title {}".format, wall: Route = SHOWN) -> None:
    """A feed that names these pages an hour after it was first read, all of them the same."""
    days.show("/feed", (0, rss()), (HOUR, rss(*((path, title(path)) for path in paths))))
    for path in paths:
        days.show(path, (0, wall))
    days.follow("/feed")


def standing(days: Days) -> dict[str, Envelope]:
    """The last word of each key; taken back is none."""
    last = {envelope.key: envelope for envelope in days.offered}
    return {key: envelope for key, envelope in last.items() if envelope.withdraws is None}


@pytest.mark.parametrize("wall", [page(WALL), unchanged, numbered], ids=["the same", "not modified", "numbered"])
def test_what_was_taken_for_an_article_is_taken_back_for_its_entry(days: Days, wall: Route) -> None:
    paths = [f"/{n}" for n in range(6)]
    follow(days, *paths, wall=wall)
    days.run(9 * DAY)
    assert [a.title for a in days.offered].count("A page") == 1
    (taken,) = [a for a in days.offered if a.withdraws]
    assert taken.withdraws is not None
    assert (taken.withdraws.by, taken.withdraws.reason) == ("gone", "its text stands at its host under many titles")
    assert len(days.offered) == 8
    assert {a.title for a in standing(days).values()} == {f"Title {path}" for path in paths}
    assert {a.text for a in standing(days).values()} == {"In short."}


def test_a_page_that_shows_its_article_in_the_end_is_told_in_full(days: Days) -> None:
    paths = [f"/{n}" for n in range(4)]
    follow(days, *paths)
    for path in paths:
        days.show(path, (0, page(WALL)), (DAY, page(f"{FERRY} Line {path}.")))
    days.run(3 * DAY)
    assert {a.text for a in standing(days).values()} == {f"{FERRY} Line {path}." for path in paths}


def test_a_gate_to_which_every_page_leads_swallows_no_entry(days: Days) -> None:
    paths = [f"/{n}" for n in range(5)]
    follow(days, *paths, wall=(302, {"Location": "/gate"}, b""))
    days.show("/gate", (0, page(WALL)))
    days.run(9 * DAY)
    found = standing(days)
    assert {a.title for a in found.values()} == {f"Title {path}" for path in paths}
    assert {a.text for a in found.values()} == {"In short."}
    assert [a.key for a in days.offered if a.withdraws] == [days.web.url("/gate")]


def test_an_article_filed_several_times_stands(days: Days) -> None:
    follow(days, "/a", "/b", title=lambda path: "Ferry back", wall=page(FERRY))
    days.run(9 * DAY)
    assert [(a.text, a.withdraws) for a in days.offered] == [(FERRY, None)] * 2


def test_an_article_that_gives_way_to_a_sites_text_stands(days: Days) -> None:
    follow(days, *[f"/{n}" for n in range(4)])
    days.show("/0", (0, page(FERRY)), (DAY, page(WALL)))
    days.run(9 * DAY)
    assert standing(days)[days.web.url("/0")].text == FERRY
    assert any("same-page" in line for line in days.said("refused"))
    (taken,) = [a.key for a in days.offered if a.withdraws]
    assert taken != days.web.url("/0")


def test_an_entry_told_before_its_page_came_stands_again(days: Days) -> None:
    paths = [f"/{n}" for n in range(4)]
    follow(days, *paths)
    for path in paths:
        days.show(path, (0, (500, {}, b"")), (3 * HOUR, page(WALL)))
    days.run(9 * DAY)
    (taken,) = [a for a in days.offered if a.withdraws]
    first, wall, _, again = [a for a in days.offered if a.key == taken.key]
    assert (first.text, wall.text, again.text) == ("In short.", WALL, "In short.")
    assert (first.from_page, again.from_page) == (False, True)  # or the desk would take it for seen


def test_no_feed_has_the_article_of_another_taken_back(days: Days) -> None:
    """It names the article as well, and has three addresses of its own that lead there."""
    days.show("/a", (0, page(FERRY)))
    ways = [f"/way/{n}" for n in range(3)]
    for way in ways:
        days.show(way, (0, (302, {"Location": "/a"}, b"")))
    named = rss(*((way, f"Scandal {way}") for way in ways), ("/a", "Scandal"))
    days.show("/feed", (0, rss()), (HOUR, rss(("/a", "Ferry back"))))
    days.show("/rival", (0, rss()), (6 * HOUR, named), (DAY, rss(("/a", "Another scandal"))))
    days.follow("/feed", "/rival")
    days.run(9 * DAY)
    told = [a for a in days.offered if a.key == days.web.url("/a")]
    assert {(a.withdraws, a.source) for a in told} == {(None, days.web.url("/feed"))}
    assert standing(days)[days.web.url("/a")].text == FERRY


def test_a_gate_swallows_no_entry_of_a_second_feed(days: Days) -> None:
    sections = {"/feed": [f"/1/{n}" for n in range(4)], "/second": [f"/2/{n}" for n in range(4)]}
    days.show("/gate", (0, page(WALL)))
    for feed, paths in sections.items():
        for path in paths:
            days.show(path, (0, (302, {"Location": "/gate"}, b"")))
        shown = [(n * HOUR, rss(*((path, f"Title {path}") for path in paths[: max(0, n - 1)]))) for n in range(6)]
        days.show(feed, *shown)
    days.follow(*sections)
    days.run(12 * DAY)
    found = standing(days)
    assert {a.title for a in found.values()} == {f"Title {path}" for paths in sections.values() for path in paths}
    assert {a.text for a in found.values()} == {"In short."}
