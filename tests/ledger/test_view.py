from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from ingest.errors import Stale
from ingest.ledger import view as views
from ingest.ledger.port import Answer, Commit, Gathered, Wants
from ingest.ledger.view import View


class Shelf:
    """A ledger of one's own making: `state` is what is stored, `asked` what was read of it."""

    def __init__(self, state: Mapping[str, dict[bytes, bytes]] | None = None) -> None:
        self.state = dict(state or {})
        self.head = b"h1"
        self.asked: list[dict[str, list[bytes]]] = []

    def gather(self, wants: Wants) -> Gathered:
        self.asked.append({key: list(fields) for key, fields in wants.items()})
        found = {}
        for key, fields in wants.items():
            stored = self.state.get(key, {})
            found[key] = {field: stored[field] for field in fields or stored if field in stored}
        return Gathered(self.head, {key: got for key, got in found.items() if got})

    def commit(self, commit: Commit) -> Answer:
        raise AssertionError("a view only reads")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf({"k": {b"a": b"1", b"b": b"2"}})


@pytest.fixture
def view(shelf: Shelf) -> View:
    return View(shelf)


@pytest.fixture(autouse=True)
def cap(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(views, "_CAP", 10 * views._FIELD_BYTES)
    return


def test_the_first_reading_fixes_the_head(view: View, shelf: Shelf) -> None:
    assert view.head is None
    assert view.get("k", b"a") == b"1"
    assert view.head == b"h1"


def test_a_reading_under_another_head_is_stale_and_drops_everything(view: View, shelf: Shelf) -> None:
    view.get("k", b"a")
    view.put("k", {b"z": b"9"})
    shelf.head = b"h2"
    with pytest.raises(Stale):
        view.get("k", b"b")
    assert view.head is None
    assert not view.writes()
    assert view.get("k", b"b") == b"2"
    assert view.head == b"h2"


def test_what_is_known_is_read_once_and_absence_is_known(view: View, shelf: Shelf) -> None:
    for _ in range(2):
        view.fetch({"k": [b"a", b"a", b"no"], "none": [b"x"]})
        assert (view.get("k", b"no"), view.get("none", b"x")) == (None, None)
    assert shelf.asked == [{"k": [b"a", b"no"], "none": [b"x"]}]
    view.fetch({"k": [b"a", b"b"]})
    assert shelf.asked[1:] == [{"k": [b"b"]}]


def test_an_empty_reading_still_fixes_the_head(view: View, shelf: Shelf) -> None:
    view.fetch({})
    assert view.head == b"h1"
    view.fetch({})
    assert len(shelf.asked) == 1


def test_the_overlay_is_seen_before_what_is_stored(view: View, shelf: Shelf) -> None:
    view.put("k", {b"a": b"new"})
    assert view.get("k", b"a") == b"new"
    assert view.get("k", b"b") == b"2"
    assert shelf.asked == [{"k": [b"b"]}]


def test_a_whole_hash_has_the_overlay_in_it(view: View, shelf: Shelf) -> None:
    view.put("k", {b"a": b"new", b"c": b"3"})
    assert view.get("k", b"no") is None
    assert view.whole("k") == {b"a": b"new", b"b": b"2", b"c": b"3"}
    view.put("k", {b"b": b"newer"})
    assert view.whole("k")[b"b"] == b"newer"
    assert view.get("k", b"nothing like it") is None
    assert len(shelf.asked) == 2
    assert view.whole("none") == {}


def test_writes_are_the_overlay_alone_with_the_latest_expiry(view: View) -> None:
    view.get("k", b"b")
    view.put("k", {b"a": b"x"}, 2000)
    view.put("k", {b"c": b"y"}, 1000)
    view.put("j", {b"a": b"z"})
    assert [(w.key, w.fields, w.expire_at) for w in view.writes()] == [
        ("k", {b"a": b"x", b"c": b"y"}, 2000),
        ("j", {b"a": b"z"}, None),
    ]
    assert view.dirty_keys == 2


def test_after_a_commit_of_ones_own_what_is_known_stays_known(view: View, shelf: Shelf) -> None:
    view.get("k", b"a")
    view.put("k", {b"a": b"x"})
    shelf.head = b"h2"
    view.committed(b"h2")
    assert not view.writes()
    assert view.get("k", b"a") == b"x"
    assert view.get("k", b"b") == b"2"
    assert shelf.asked == [{"k": [b"a"]}, {"k": [b"b"]}]


def test_of_a_view_that_others_have_outrun_what_they_left_alone_stays_known(view: View, shelf: Shelf) -> None:
    shelf.state |= {"story:1": {b"r": b"1"}, "story:2": {b"r": b"2"}, "story:3": {b"r": b"3"}, "term:1": {b"t": b"4"}}
    view.fetch({"story:1": [b"r", b"c"], "story:2": [b"r"], "story:3": [], "term:1": [b"t"]})
    known = view.leave(("story:",))
    assert (view.head, sorted(known)) == (None, ["story:1", "story:2"])
    shelf.head, shelf.state["story:2"] = b"h2", {b"r": b"2, moved on"}
    view.fetch({"k": [b"a"]})
    view.resume(known, ["story:2"])
    shelf.asked.clear()
    assert (view.head, view.get("story:1", b"r"), view.get("story:1", b"c")) == (b"h2", b"1", None)
    assert not shelf.asked
    assert view.get("story:2", b"r") == b"2, moved on"
    assert view.get("k", b"a") == b"1"
    assert not view.writes()


def test_what_is_known_again_counts_towards_the_bound(
    view: View, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.state["story:1"] = {b"r": bytes(2000)}
    view.fetch({"story:1": [b"r"]})
    view.resume(view.leave(("story:",)), [])
    view.fetch({})
    monkeypatch.setattr(views, "_CAP", 2000)
    view.committed(b"h2")
    assert view.head is None


def test_what_a_commit_dropped_is_not_remembered(view: View, shelf: Shelf) -> None:
    view.whole("k")
    del shelf.state["k"]
    view.committed(b"h1", ["k", "never read"])
    assert view.get("k", b"a") is None
    assert len(shelf.asked) == 2


def test_memory_is_bounded(view: View, shelf: Shelf) -> None:
    view.fetch({"k": [b"%d" % number for number in range(11)]})
    view.committed(b"h1")
    assert view.head is None
