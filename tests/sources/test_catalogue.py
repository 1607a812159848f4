from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from ingest.errors import UsageError
from ingest.inbox.memory import MemoryInbox
from ingest.model import ProgressUpdate
from ingest.normalise.urls import canonical
from ingest.sources.catalogue import Catalogue
from ingest.sources.leaving import LEAVING, PUSH
from ingest.sources.schedule import Rhythm
from ingest.sources.subscriptions import FEEDS, Feed, Subscription, decode, encode
from ingest.sources.visits import SEEN
from ingest.sources.wanted import WORTH
from ingest.sources.websub import Push

URL = "https://www.example.org/feed.xml"
NOW = 1_718_700_000.0


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox(lambda: 1)


@pytest.fixture
def catalogue(inbox: MemoryInbox) -> Catalogue:
    return Catalogue(inbox, canonical, lambda: NOW, allowed=("127.0.0.1:8080",))


def stored(inbox: MemoryInbox, url: str = URL) -> Feed:
    return decode(inbox.kept(FEEDS)[url])


def put(inbox: MemoryInbox, feed: Feed, due: int | None, url: str = URL) -> None:
    inbox.offer([], progress=[ProgressUpdate(FEEDS, {url: encode(feed)}, due={url: due})])


def due(inbox: MemoryInbox) -> int | None:
    return inbox.take_due(FEEDS, 0, 0, 0).next_at


def test_what_is_added_is_due_at_once(catalogue: Catalogue, inbox: MemoryInbox) -> None:
    assert catalogue.add({URL: Subscription(title="Daily", folder="World")}) == {}
    assert stored(inbox).about == Subscription(title="Daily", folder="World", added_at=int(NOW * 1000))
    assert due(inbox) == NOW * 1000
    assert [row.state for row in catalogue.rows()] == ["new"]


@pytest.mark.parametrize(
    "again",
    [URL, "http://www.example.org/feed.xml", "https://WWW.example.org:443/feed.xml#top", URL + "?utm_source=x"],
)
def test_an_address_is_subscribed_once_in_whatever_spelling(catalogue: Catalogue, again: str) -> None:
    catalogue.add({URL: Subscription()})
    wrong = catalogue.add({again: Subscription()})
    assert wrong[again].there
    assert "subscribed already" in wrong[again].why
    assert len(catalogue.rows()) == 1


def test_two_spellings_in_one_list_are_one_feed(catalogue: Catalogue) -> None:
    wrong = catalogue.add({URL: Subscription(), URL + "#b": Subscription()})
    assert list(wrong) == [URL + "#b"]


def test_the_place_where_a_feed_has_moved_to_is_subscribed_already(catalogue: Catalogue, inbox: MemoryInbox) -> None:
    put(inbox, Feed(about=Subscription(added_at=1), address="https://new.example.org/"), 5)
    assert URL in catalogue.add({"https://new.example.org/": Subscription()})["https://new.example.org/"].why


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("www.example.org/feed", "no web address"),
        ("ftp://www.example.org/feed", "no web address"),
        ("https://user:secret@www.example.org/feed", "no web address"),
        ("https://www.example.org:99999/", "no web address"),
        ("https://", "no web address"),
        ("http://127.0.0.1/feed", "not public"),
        ("http://127.1/feed", "not public"),
        ("http://2130706433/", "not public"),
        ("http://0x7f.1/", "not public"),
        ("http://[::1]/", "not public"),
        ("http://[::ffff:10.0.0.1]/", "not public"),
        ("http://localhost:9000/feed", "not public"),
        ("http://169.254.169.254/", "not public"),
    ],
)
def test_what_is_no_public_web_address_is_refused_with_what_to_do(catalogue: Catalogue, url: str, word: str) -> None:
    assert word in catalogue.add({url: Subscription()})[url].why
    assert catalogue.rows() == []


def test_a_private_address_that_the_settings_name_is_taken(catalogue: Catalogue) -> None:
    assert catalogue.add({"http://127.0.0.1:8080/feed": Subscription()}) == {}


def test_a_feed_that_was_read_once_by_hand_keeps_what_is_known_of_it(catalogue: Catalogue, inbox: MemoryInbox) -> None:
    put(inbox, Feed(title="Daily", rhythm=Rhythm(answered_at=7)), None)
    assert catalogue.rows() == []
    assert catalogue.add({URL: Subscription()}) == {}
    assert (stored(inbox).title, stored(inbox).rhythm.answered_at) == ("Daily", 7)
    assert due(inbox) == NOW * 1000


def test_what_is_removed_leaves_nothing_behind(catalogue: Catalogue, inbox: MemoryInbox) -> None:
    put(inbox, Feed(about=Subscription(added_at=1), push=Push(id="x1", hub="https://hub.example.org/")), 5)
    marks = {SEEN: {URL: b"marks"}, WORTH: {URL: b"worth"}, PUSH: {"x1": URL.encode()}}
    inbox.offer([], progress=[ProgressUpdate(source, rows) for source, rows in marks.items()])
    assert catalogue.remove(URL + "#x") == URL
    assert [inbox.kept(source) for source in (FEEDS, SEEN, WORTH, PUSH)] == [{}, {}, {}, {}]
    assert due(inbox) is None
    with pytest.raises(UsageError, match=r"www\.example\.org.*no such feed"):
        catalogue.remove(URL)


@pytest.mark.parametrize("act", ["remove", "mute"])
def test_the_hub_of_a_feed_that_is_removed_or_muted_is_left_where_its_lease_runs(
    catalogue: Catalogue, inbox: MemoryInbox, act: str
) -> None:
    push = Push(id="x1", hub="https://hub.example.org/", topic=URL, until=int(NOW * 1000) + 1)
    put(inbox, Feed(about=Subscription(added_at=1), push=push), 5)
    inbox.offer([], progress=[ProgressUpdate(PUSH, {"x1": URL.encode()})])
    if act == "remove":
        catalogue.remove(URL)
    else:
        catalogue.mute(URL, "noise")
        assert stored(inbox).push == Push()
        catalogue.unmute(URL)
        assert stored(inbox).push == Push()  # it asks for another at its next poll
    assert inbox.kept(PUSH) == {}
    assert list(inbox.take_due(LEAVING, int(NOW * 1000), int(NOW * 1000) + 1, 9).fields) == ["x1"]


def test_a_muted_feed_is_not_due_until_it_is_unmuted_and_then_as_if_it_had_never_failed(
    catalogue: Catalogue, inbox: MemoryInbox
) -> None:
    failing = Rhythm(interval=7200.0, hard=9, error="status 404", not_before=99)
    put(inbox, Feed(about=Subscription(added_at=1), rhythm=failing), 1000)
    assert catalogue.mute(URL, "noise") == URL
    assert due(inbox) is None
    assert [row.state for row in catalogue.rows()] == ["muted"]
    catalogue.change(URL, lambda about: msgspec.structs.replace(about, folder="World"))
    assert due(inbox) is None
    catalogue.unmute(URL)
    assert due(inbox) == NOW * 1000
    assert stored(inbox) == Feed(about=Subscription(added_at=1, folder="World"), rhythm=Rhythm(interval=7200.0))


def test_a_change_leaves_the_schedule_alone(catalogue: Catalogue, inbox: MemoryInbox) -> None:
    put(inbox, Feed(about=Subscription(added_at=1)), 1000)
    catalogue.change(URL, lambda about: msgspec.structs.replace(about, outlet="Harbour News"))
    assert stored(inbox).about.outlet == "Harbour News"
    assert due(inbox) == 1000


class Meanwhile:
    """An inbox that a fetcher uses between a look of the operator's and his write, `times` often."""

    def __init__(self, inbox: MemoryInbox, times: int, poll: Callable[[], None]) -> None:
        self._inbox, self._times, self._poll = inbox, times, poll

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inbox, name)

    def offer(self, offers: Any, **more: Any) -> Any:
        if self._times:
            self._times -= 1
            self._poll()
        return self._inbox.offer(offers, **more)


@pytest.mark.parametrize("act", ["mute", "change", "unmute"])
def test_an_operator_and_a_fetcher_at_work_never_overwrite_each_other(inbox: MemoryInbox, act: str) -> None:
    put(inbox, Feed(about=Subscription(added_at=1)), 1000)

    def poll() -> None:
        row = stored(inbox)
        rhythm = msgspec.structs.replace(row.rhythm, arrivals=row.rhythm.arrivals + 1)
        put(inbox, msgspec.structs.replace(row, rhythm=rhythm), 2000)

    meeting: Any = Meanwhile(inbox, 3, poll)
    catalogue = Catalogue(meeting, canonical, lambda: NOW)
    if act == "mute":
        catalogue.mute(URL, "noise")
    elif act == "unmute":
        catalogue.unmute(URL)
    else:
        catalogue.change(URL, lambda about: msgspec.structs.replace(about, folder="World"))
    assert stored(inbox).rhythm.arrivals == 3
    assert (stored(inbox).about.muted, stored(inbox).about.folder) == {
        "mute": ("noise", ""), "change": ("", "World"), "unmute": ("", ""),
    }[act]  # fmt: skip


def test_a_row_that_cannot_be_read_is_listed_and_may_be_removed_or_set_anew(
    catalogue: Catalogue, inbox: MemoryInbox
) -> None:
    inbox.offer([], progress=[ProgressUpdate(FEEDS, {URL: b"\xc1"}, due={URL: 5})])
    assert [(row.name, row.state) for row in catalogue.rows()] == [(URL, "unreadable")]
    with pytest.raises(UsageError, match="cannot be read"):
        catalogue.mute(URL, "noise")
    assert catalogue.add({URL: Subscription(title="Daily")}) == {}
    assert stored(inbox).about.title == "Daily"
    inbox.offer([], progress=[ProgressUpdate(FEEDS, {URL: b"\xc1"})])
    assert catalogue.remove(URL) == URL


@pytest.mark.parametrize(
    ("feed", "state"),
    [
        (Feed(about=Subscription(added_at=1), rhythm=Rhythm(polled_at=1, answered_at=1)), "ok"),
        (Feed(about=Subscription(added_at=1), rhythm=Rhythm(answered_at=1, soft=1)), "failing"),
        (Feed(about=Subscription(added_at=1), rhythm=Rhythm(answered_at=1, quiet_at=1)), "quiet"),
        (Feed(about=Subscription(added_at=1, muted="gone"), rhythm=Rhythm(hard=1)), "muted"),
    ],
)
def test_every_feed_is_in_one_state(catalogue: Catalogue, inbox: MemoryInbox, feed: Feed, state: str) -> None:
    put(inbox, feed, 1)
    assert [row.state for row in catalogue.rows()] == [state]
