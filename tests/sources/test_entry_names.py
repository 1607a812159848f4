"""Which article an entry of a feed is, whatever its guid, its address and its parameters do."""

from __future__ import annotations

from unittest import mock

import pytest

from ingest.normalise.urls import canonical
from ingest.sources import entry_names
from ingest.sources.entries import Entry
from ingest.sources.entry_names import Named, named, title_key

FEED = "https://daily.example/rss"
PAGE = "https://daily.example/news/ferry-runs-again"
RELAY = "https://news.google.com/rss/articles/CBMiSkFVX3lxTE5?oc=5"


def names(*entries: Entry, url: str = FEED, publisher: str | None = "Daily") -> list[Named]:
    return list(named(entries, url, url, canonical, publisher))


def key(url: str = FEED, **fields: str) -> str:
    return names(Entry(**{"title": "Ferry runs", "summary": "It runs.", **fields}), url=url)[0].keys[0]  # type: ignore[arg-type]  # strings all


def test_an_item_in_ten_feeds_with_its_own_guid_and_parameters_in_each_is_one_article() -> None:
    links = [f"{PAGE}?utm_source=feed{n}&fbclid={n}#top" for n in range(8)] + [PAGE + "/amp", PAGE + "?amp=1"]
    found = {key(f"https://feed{n}.example/rss", id=f"guid-{n}", link=link) for n, link in enumerate(links)}
    assert found == {PAGE}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"link": PAGE, "id": "7"}, PAGE),
        ({"link": "/news/7", "id": "/news/7"}, "https://daily.example/news/7"),
        ({"id": "7"}, f"{FEED}#7"),
        ({"id": PAGE}, PAGE),
        ({"id": "https://other.example/a"}, f"{FEED}#https://other.example/a"),
        ({"link": "https://daily.example/", "id": "7"}, f"{FEED}#7"),
        ({"link": "javascript:alert(1)", "id": "7"}, f"{FEED}#7"),
        ({"link": "https://other.example/a", "id": PAGE}, PAGE),  # a page of its own about another's
        ({"link": "https://other.example/a", "id": "7"}, "https://other.example/a"),
        ({"link": "https://t.co/abc", "id": "7"}, f"{FEED}#7"),
        ({"link": "https://t.co/abc"}, "https://t.co/abc"),
        ({"link": "https://feedproxy.google.com/~r/daily/1", "id": PAGE}, PAGE),
    ],
)
def test_the_surest_name_of_an_entry_is_its_key(fields: dict[str, str], expected: str) -> None:
    assert key(**fields) == expected


def test_a_title_alone_is_named_by_itself_and_its_publisher_exactly_as_printed() -> None:
    def title(title: str, outlet: str) -> str:
        return names(Entry(title=title, outlet=outlet))[0].keys[0]

    assert title("Ferry runs", "Daily") == title(" Ferry \n runs ", "Daily") == title_key("Ferry runs", "Daily")
    assert len({title("Ferry runs", "Daily"), title("Ferry Runs", "Daily"), title("Ferry runs", "daily")}) == 3
    assert names(Entry(title="Ferry runs"), publisher="Daily")[0].keys[0] == title_key("Ferry runs", "Daily")
    assert title("a", "bc") != title("ab", "c")


def test_a_relays_token_is_no_address_and_its_list_of_links_no_text() -> None:
    entry = Entry(title="Ferry runs - The Daily", link=RELAY, id="CBMiSkFVX3lxTE5", outlet="The Daily",
                  summary="Ferry runs  The Daily\nHarbour open  Evening Post")  # fmt: skip
    (found,) = names(entry)
    assert found.keys[0] == title_key("Ferry runs", "The Daily")
    assert (found.title, found.text, found.outlet, found.address) == ("Ferry runs", "", "The Daily", RELAY)
    (unsaid,) = names(Entry(title="Ferry runs - The Daily", link=RELAY), publisher="Ferries - Google News")
    assert (unsaid.keys[0], unsaid.outlet) == (title_key("Ferry runs", "The Daily"), "The Daily")
    (other,) = names(Entry(title="North - South", link=RELAY, outlet="Post"))
    assert (other.title, other.outlet) == ("North - South", "Post")


def test_an_address_that_entries_share_names_none_of_them() -> None:
    live = "https://daily.example/live"
    found = names(*(Entry(title=f"Goal {n}", link=f"{live}#{n}", id=f"g{n}") for n in range(3)))
    assert [each.keys[0] for each in found] == [f"{FEED}#g{n}" for n in range(3)]
    twice = names(*[Entry(title="Ferry", link=PAGE, id=topic) for topic in ("sea", "news")])
    assert {each.keys[0] for each in twice} == {PAGE}


def test_an_entry_is_also_known_by_the_name_that_earlier_versions_gave_it() -> None:
    (found,) = names(Entry(title="Ferry", link=PAGE, id="7"))
    assert f"{FEED}#7" in found.keys[1:]
    (bare,) = names(Entry(title="Ferry", link=PAGE + "?amp=1"))
    assert bare.keys == (PAGE,)


def test_an_outlets_name_behind_a_relays_headline_may_be_long_and_hold_dashes() -> None:
    outlet = "Ferries - boats - piers: https://ferries.example/" + "a" * 60
    (found,) = names(Entry(title=f"Ferry runs - {outlet}", link=RELAY, outlet=outlet))
    assert found.keys[0] == title_key("Ferry runs", outlet)


@pytest.mark.parametrize("base", ["", "sub/", "//other.example/", "http://[no-address"])
@pytest.mark.parametrize("found_at", ["", FEED])
@pytest.mark.parametrize("link", [PAGE, f" {PAGE}\n", "news/7", "", "javascript:alert(1)", PAGE + "?a=1"])
def test_a_link_that_needs_no_base_is_read_as_any_other(link: str, base: str, found_at: str) -> None:
    def read() -> list[Named]:
        return list(named([Entry(title="Ferry", link=link, base=base)], FEED, found_at, canonical, "Daily"))

    found = read()
    with mock.patch.object(entry_names, "plain", return_value=None):
        assert read() == found
