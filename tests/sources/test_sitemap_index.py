from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from local_web import Web
from virtual_fetching import HOUR, Bureau

from ingest.model import ProgressUpdate
from ingest.normalise.urls import canonical
from ingest.sources.catalogue import Catalogue
from ingest.sources.leaving import LEAVING, PUSH
from ingest.sources.parts import changed_parts
from ingest.sources.schedule import Rhythm
from ingest.sources.subscriptions import FEEDS, Feed, Subscription, decode, encode
from ingest.sources.wanted import WORTH
from ingest.sources.websub import Push
from ingest.store import Store


@pytest.fixture
def bureau(store: Store) -> Iterator[Bureau]:
    web = Web()
    yield Bureau(web, store)
    web.close()


def index(bureau: Bureau, *paths: str) -> bytes:
    inside = "".join(f"<sitemap><loc>{bureau.web.url(path)}</loc></sitemap>" for path in paths)
    return f"<sitemapindex>{inside}</sitemapindex>".encode()


def news(*names: str) -> bytes:
    said = "".join(
        f"<url><loc>https://a.example/{name}</loc><news:news><news:title>{name}</news:title></news:news></url>"
        for name in names
    )
    return f'<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{said}</urlset>'.encode()


def kept(bureau: Bureau) -> set[str]:
    return set(bureau.inbox.kept(FEEDS))


def test_the_news_sitemaps_of_an_index_are_feeds_and_come_and_go_with_it(bureau: Bureau) -> None:
    today = ["/news-17.xml", "/old.xml"]
    url = bureau.answers("/news-index.xml", lambda: (200, {}, index(bureau, *today)))
    first = bureau.answers("/news-17.xml", (200, {}, news("a", "b")))
    second = bureau.answers("/news-18.xml", (200, {}, news("b", "c")))
    bureau.answers("/old.xml", (200, {}, news("old")))
    bureau.subscribe(url, about=Subscription(added_at=1, folder="World", pages="never"))
    bureau.run(2 * HOUR)
    assert bureau.articles() == 2
    assert (bureau.feed(first).part_of, bureau.feed(first).about.folder) == (url, "World")
    today[:1] = ["/news-18.xml"]
    bureau.inbox.offer([], progress=[ProgressUpdate(WORTH, {first: b"worth"})])
    bureau.run(3 * HOUR)
    assert kept(bureau) == {url, second}
    assert first not in bureau.inbox.kept(WORTH)
    assert bureau.due(first) is None
    assert bureau.articles() == 4  # the workers know the one that stands in both
    assert bureau.times("/old.xml") == []


def test_what_a_later_sitemap_holds_is_new_and_no_backfill() -> None:
    index = Feed(about=Subscription(added_at=1), parts=("https://a.example/1",))
    (first,) = changed_parts("https://a.example/", index, ["https://a.example/1"], {}, 7)
    assert decode(first.fields["https://a.example/1"]).rhythm.answered_at == 0
    read = msgspec.structs.replace(index, rhythm=Rhythm(answered_at=5))
    (later,) = changed_parts("https://a.example/", read, ["https://a.example/2"], {}, 7)
    assert decode(later.fields["https://a.example/2"]).rhythm.answered_at == 5


def test_a_feed_that_was_subscribed_by_itself_is_left_alone() -> None:
    index = Feed(about=Subscription(added_at=1), parts=("https://a.example/1",))
    held = {url: encode(Feed(about=Subscription(added_at=1))) for url in ("https://a.example/1", "https://a.example/2")}
    assert changed_parts("https://a.example/", index, ["https://a.example/2"], held, 7) == []


def test_a_sitemap_that_was_only_read_by_hand_becomes_a_part() -> None:
    held = {"https://a.example/1": encode(Feed())}
    (rows,) = changed_parts("https://a.example/", Feed(), ["https://a.example/1"], held, 7)
    assert decode(rows.fields["https://a.example/1"]).part_of == "https://a.example/"
    assert (rows.believed, rows.due) == (held, {"https://a.example/1": 7})


def test_a_part_that_goes_leaves_its_hub() -> None:
    index, push = Feed(parts=("https://a.example/1",)), Push("id", "s", "https://hub.example/", until=9)
    held = {"https://a.example/1": encode(Feed(push=push, part_of="https://a.example/"))}
    updates = changed_parts("https://a.example/", index, [], held, 7)
    assert [(one.fields, one.due) for one in updates if one.source == PUSH] == [({"id": None}, {})]
    assert [one.due for one in updates if one.source == LEAVING] == [{"id": 7}]


def test_what_the_operator_says_of_an_index_holds_for_its_sitemaps_at_once(bureau: Bureau) -> None:
    url = bureau.answers("/news-index.xml", lambda: (200, {}, index(bureau, "/news-17.xml")))
    part = bureau.answers("/news-17.xml", (200, {}, news("a")))
    bureau.subscribe(url, about=Subscription(added_at=1, title="Ours", ignore_robots=True))
    bureau.run(HOUR)
    catalogue = Catalogue(bureau.inbox, canonical, lambda: bureau.at)
    catalogue.change(url, lambda about: msgspec.structs.replace(about, ignore_robots=False, outlet="Vardo"))
    assert bureau.feed(part).about == Subscription(added_at=1, outlet="Vardo")
    catalogue.mute(url, "a test")
    assert (catalogue.look(part).state, catalogue.look(part).due) == ("muted", None)
    catalogue.unmute(url)
    assert (catalogue.look(part).state, bureau.due(part)) == ("ok", bureau.due(url))
    catalogue.remove(url)
    assert kept(bureau) == set()


def test_nothing_is_learned_of_a_sitemap_while_its_index_is_muted(bureau: Bureau) -> None:
    url = bureau.answers("/news-index.xml", lambda: (200, {}, index(bureau, "/news-17.xml")))
    part = bureau.answers("/news-17.xml", (200, {}, news("a")))
    bureau.subscribe(url)
    bureau.run(HOUR)
    before = msgspec.structs.replace(bureau.feed(part).rhythm, arrivals=8, gap=HOUR)
    bureau.change(part, rhythm=before)
    bureau.answers("/news-index.xml", (410, {}, b""))
    outcomes = bureau.run(100 * HOUR)
    assert bureau.feed(url).about.muted
    assert bureau.feed(part).rhythm.answered_at < (bureau.at - 50 * HOUR) * 1000
    assert [outcome for outcome in outcomes if "quiet" in outcome.detail] == []


def test_a_part_that_nobody_asked_yet_is_new(bureau: Bureau) -> None:
    read = Feed(about=Subscription(added_at=1), rhythm=Rhythm(answered_at=5))
    (rows,) = changed_parts("https://a.example/", read, ["https://a.example/1"], {}, 7)
    bureau.inbox.offer([], progress=[rows])
    assert Catalogue(bureau.inbox, canonical, lambda: bureau.at).look("https://a.example/1").state == "new"


def test_the_sitemaps_of_an_index_that_was_removed_go_as_well_and_of_a_muted_one_wait(bureau: Bureau) -> None:
    url = bureau.answers("/news-index.xml", lambda: (200, {}, index(bureau, "/news-17.xml")))
    part = bureau.answers("/news-17.xml", (200, {}, news("a")))
    bureau.subscribe(url)
    bureau.run(HOUR)
    bureau.change(url, about=msgspec.structs.replace(bureau.feed(url).about, muted="a test"))
    asked = len(bureau.times("/news-17.xml"))
    bureau.run(30 * HOUR)
    assert len(bureau.times("/news-17.xml")) == asked
    assert bureau.due(part) is not None
    bureau.inbox.offer([], progress=[ProgressUpdate(FEEDS, {url: None}, due={url: None})])
    bureau.run(60 * HOUR)
    assert kept(bureau) == set()


def test_an_index_without_news_is_an_error_of_the_feed(bureau: Bureau) -> None:
    url = bureau.answers("/index.xml", (200, {}, index(bureau, "/old.xml")))
    bureau.subscribe(url)
    assert "none of them with news" in str(bureau.run(60)[0])
    assert kept(bureau) == {url}
