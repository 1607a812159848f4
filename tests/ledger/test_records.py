from __future__ import annotations

from typing import Any, Literal, get_args, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.inbox.memory import MemoryInbox
from ingest.ledger import rows
from ingest.ledger.buckets import MARGIN_DAYS, Layout, day_of
from ingest.ledger.index import Places, Wants
from ingest.ledger.keys import Keys
from ingest.ledger.memory import MemoryLedger
from ingest.ledger.port import Commit, Write
from ingest.ledger.records import Records
from ingest.ledger.rows import (
    DAY_MS,
    TITLE,
    ArticleRow,
    Body,
    Entry,
    Newest,
    Ref,
    Said,
    StateRow,
    Step,
    StoryRow,
    TextRow,
    Told,
)
from ingest.ledger.view import View
from ingest.model import ArticleRef, EventType, Outlet, Stamp
from ingest.settings import LedgerSettings

NOW = 20_000 * DAY_MS + 5
KEYS = Keys("main")
SMALL = Layout(posting_shards=4, term_shards=4, decision_shards=8, posting_cap=3, drops_a_commit=5)


class Partition:
    """Records on the memory ledger, which are committed and read anew."""

    def __init__(self, *, published: bool = False, layout: Layout = SMALL) -> None:
        self.inbox = MemoryInbox(lambda: NOW)
        self.ledger = MemoryLedger(self.inbox)
        self.published, self.layout = published, layout
        self.records = self.anew()

    def anew(self) -> Records:
        records = Records(View(self.ledger), KEYS, LedgerSettings(), published=self.published, layout=self.layout)
        records.load()
        return records

    def commit(self, drops: list[str] | None = None) -> list[Write]:
        """What is in the view goes to the ledger; another worker goes on."""
        self.records.save_state()
        view = self.records.view
        writes = view.writes()
        commit = Commit(consumer="w", entries=[], head=view.head or b"", writes=writes, drops=drops or [])
        assert self.ledger.commit(commit).status == "ok"
        self.records = self.anew()
        return writes


@pytest.fixture
def partition() -> Partition:
    return Partition()


# -- postings, short items and terms


def test_a_posting_keeps_its_newest_numbers(partition: Partition) -> None:
    partition.records.buckets.enter(NOW)
    for number in range(1, 6):
        partition.records.index.record_postings([99], Ref(number, day_of(NOW)))
    partition.commit()
    lists, days = partition.records.index.postings([99, 98], NOW)
    assert lists == [[3, 4, 5], []]
    assert days == dict.fromkeys((3, 4, 5), day_of(NOW))


def test_postings_are_read_over_the_window_and_no_further(partition: Partition) -> None:
    for number, day in enumerate(range(20_000, 20_006), 1):
        partition.records.buckets.enter(day * DAY_MS)
        partition.records.index.record_postings([99], Ref(number, day))
    lists, days = partition.records.index.postings([99], 20_005 * DAY_MS + 1)
    assert lists == [[3, 4, 5, 6]]
    assert days[3] == 20_002


def test_a_short_item_is_known_today_and_yesterday(partition: Partition) -> None:
    partition.records.buckets.enter(NOW)
    partition.records.index.record_short(b"abcdefgh", Ref(1, day_of(NOW)))
    for days, found in ((0, True), (1, True), (2, False)):
        partition.records.buckets.enter(NOW + days * DAY_MS)
        assert (partition.records.index.short(b"abcdefgh", NOW + days * DAY_MS) is not None) is found


def listed(records: Records, terms: list[int]) -> dict[int, list[tuple[int, int]]]:
    """Term -> its stories and their weights, as they are found."""
    found: dict[int, list[tuple[int, int]]] = {}
    for term, story, weight in zip(*(column.tolist() for column in records.index.term_postings(terms)), strict=True):
        found.setdefault(term, []).append((story, weight))
    return found


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(0, 255), st.booleans()), max_size=200))
def test_a_term_keeps_the_stories_that_moved_last(entries: list[tuple[int, int, bool]]) -> None:
    partition, expected = Partition(), dict[int, int]()
    for story, weight, ends in entries:
        partition.records.buckets.enter(NOW)
        partition.records.index.record_terms(story, [(5, weight)], NOW)
        expected.pop(story, None)
        expected[story] = weight
        if ends:  # the batch
            partition.commit()
    partition.records.buckets.enter(NOW)
    found = dict(listed(partition.records, [5, 6]).get(5, []))
    newest = list(expected.items())[-SMALL.term_cap + 5 :]  # a story that came back may still take two places
    assert dict(newest).items() <= found.items() <= expected.items()
    partition.commit()
    of_terms = [fields for key, fields in partition.ledger._hashes.items() if ":term:" in key]
    assert all(len(value) <= 64 for fields in of_terms for value in fields.values())


def test_what_common_terms_need_is_asked_for_at_once(partition: Partition) -> None:
    partition.records.buckets.enter(NOW)
    for story in range(1, 40):
        partition.records.index.record_terms(story, [(5, 1), (6 + story, 1)], NOW)
    partition.commit()
    index, view = partition.records.index, partition.records.view
    wants: Wants = {}
    index.want_terms(wants, [5, 7, 8])
    view.fetch(wants)
    wants = {}
    index.want_often(wants, [5, 7, 8])
    assert sum(map(len, wants.values())) == 1
    view.fetch(wants)
    reads = view.reads
    assert [len(found) for found in listed(partition.records, [5, 7, 8]).values()] == [39, 1, 1]
    assert view.reads == reads


def test_a_long_list_of_schema_2_is_read_and_cut(partition: Partition) -> None:
    partition.records.buckets.enter(NOW)
    partition.records.index.record_terms(1, [(5, 1)], NOW)
    partition.commit()
    (of_terms,) = [fields for key, fields in partition.ledger._hashes.items() if ":term:" in key]
    (field,) = of_terms
    of_terms[field] = b"".join(rows.pack_weight(story, 9) for story in range(1, 41))
    partition.records = partition.anew()
    assert len(listed(partition.records, [5])[5]) == 40
    partition.records.index.record_terms(41, [(5, 9)], NOW)
    partition.commit()
    assert len(of_terms[field]) <= 64
    assert listed(partition.records, [5])[5] == [(story, 9) for story in range(2, 42)]


def test_of_a_term_in_two_weeks_the_newer_weight_counts(partition: Partition) -> None:
    for now, weight in ((NOW, 10), (NOW + 7 * DAY_MS, 20)):
        partition.records.buckets.enter(now)
        partition.records.index.record_terms(1, [(5, weight)], now)
    partition.commit()
    assert listed(partition.records, [5]) == {5: [(1, 20)]}


@given(st.lists(st.integers(0, 2**63), max_size=30, unique=True), st.integers(1, 2000))
def test_two_keys_never_share_a_field_of_a_shard(keys: list[int], shards: int) -> None:
    places = Places(KEYS.postings)(1, shards, tuple(keys))
    same = {(key % shards, (key // shards) & 0xFFFFFFFF) for key in keys}
    assert len(set(places)) == len(same)


# -- time


def test_on_the_real_clock_buckets_expire_and_nothing_is_dropped(partition: Partition) -> None:
    for days in (0, 500):
        partition.records.buckets.enter(NOW + days * DAY_MS)
    assert not partition.records.buckets.forget()
    assert list(partition.records.state.days) == [20_500]
    assert partition.records.state.months == [20_500 // 30]


def test_on_published_time_nothing_expires_and_past_buckets_are_dropped_a_few_a_commit() -> None:
    partition = Partition(published=True)
    records = partition.records
    records.buckets.enter(NOW)
    records.state.next_number = 300
    records.index.record_postings(range(20), Ref(1, 20_000))
    records.index.record_terms(1, [(5, 1)], NOW)
    assert all(write.expire_at is None for write in partition.commit())
    partition.records.buckets.enter(NOW + 40 * DAY_MS)
    dropped = drained(partition)
    assert {KEYS.postings(20_000, shard) for shard in range(4)} <= set(dropped)
    assert {KEYS.terms(20_000 // 7, shard) for shard in range(4)} <= set(dropped)
    assert {KEYS.often(20_000 // 7, shard) for shard in range(SMALL.often_shards)} <= set(dropped)
    assert {KEYS.articles(20_000, hash_) for hash_ in range(300 // 64 + 1)} <= set(dropped)
    assert not [name for name in dropped if ":dec:" in name]
    assert list(partition.records.state.days) == [20_040]
    assert not [key for key in partition.ledger.hashes() if ":fp:20000:" in key]


def drained(partition: Partition) -> list[str]:
    """Every key that is dropped from now on, commit by commit."""
    dropped: list[str] = []
    while names := partition.records.buckets.forget():
        assert len(names) <= SMALL.drops_a_commit
        dropped += names
        partition.commit(names)
    assert len(dropped) == len(set(dropped))
    assert not partition.records.state.due
    return dropped


def test_what_is_not_past_is_not_forgotten() -> None:
    records = Partition(published=True).records
    for days in range(16):
        records.buckets.enter(NOW + days * DAY_MS)
    assert not records.buckets.forget()


# -- stories


def story(number: int, **more: Any) -> StoryRow:
    fields: dict[str, Any] = {
        "id": f"st-{number}", "number": number, "headline": "H", "opening": number, "opened_at": NOW,
        "updated_at": NOW, "clock": NOW, "sequence": 1, "previous": "", "articles": 1, "repeats": 0,
        "outlets_unknown": 1, "outlets": {}, "credits": [], "texts": {}, "told": [1],
    }  # fmt: skip
    return StoryRow(**{**fields, **more})


def article(key: str, *sentences: str, title: str | None = None, told: tuple[int, ...] = ()) -> ArticleRow:
    said = Said(type="story.updated", told=rows.marks(told), to=None, materiality=0.5, was={1: "It rains."})
    return ArticleRow(
        key=key, version="v", nth=1, story=4, story_id="st-4", text=4, parent=None, kind="new", extent=None, late=False,
        correction=False, title=title, outlet=None, url=None, source="s", id=None, published=None, wire=None,
        arrived=NOW, clock=NOW, language=None, credit=None, sequence=1, body=rows.squeeze(Body(sentences, said=said)),
    )  # fmt: skip


def test_a_story_is_found_by_number_and_by_id(partition: Partition) -> None:
    partition.records.buckets.enter(NOW)
    partition.records.record_article(Ref(4, 20_000), article("k"))
    partition.records.record_story(story(4), Ref(4, 20_000), b"c", NOW)
    partition.commit()
    records = partition.records
    assert records.story_ids.find("st-4") == 4
    assert records.story(4) == story(4, since=1, recent=rows.pack_ref(Ref(4, 20_000)), referred=20_000)
    assert records.centroid(4) == b"c"
    assert (records.story(5), records.centroid(5), records.story_ids.find("st-5")) == (None, None, None)


def test_a_story_is_kept_as_long_after_its_last_article_as_that_articles_row(partition: Partition) -> None:
    partition.records.buckets.enter(NOW)
    partition.records.record_story(story(4), Ref(4, 20_000), b"c", NOW)
    writes = {write.key: write.expire_at for write in partition.commit()}
    # An article's day counts as kept for a day and a half more than its days, at most: within the margin.
    assert writes[KEYS.story(4)] == NOW + (30 + MARGIN_DAYS) * DAY_MS
    assert writes[KEYS.state] is None


# -- rows

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
INT = st.integers(0, 2**62)
REF = st.builds(Ref, number=st.integers(0, 2**32 - 1), day=st.integers(-(2**31), 2**31 - 1))
OUTLET = st.none() | st.builds(Outlet, id=TEXT, name=TEXT)
STAMP = st.none() | st.builds(Stamp, at=st.integers(-(2**62), 2**62), exact=st.booleans())
STEP = st.builds(Step, stage=TEXT, verdict=TEXT, numbers=st.dictionaries(TEXT, TEXT | INT | st.floats(allow_nan=False)))
MAYBE = st.none() | TEXT
TO = st.none() | st.builds(ArticleRef, id=TEXT, version=INT, title=MAYBE, outlet=OUTLET, url=MAYBE)
SAID = st.builds(
    Said,
    type=st.sampled_from(get_args(EventType)),
    told=st.binary(max_size=5),
    to=TO,
    materiality=st.none() | st.floats(0, 1),
    was=st.dictionaries(INT, TEXT, max_size=2),
    removed=st.lists(TEXT, max_size=2).map(tuple),
    figures=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
    headline=st.none() | st.tuples(MAYBE, MAYBE),
)
BODY = st.builds(
    Body,
    said=st.none() | SAID,
    sentences=st.lists(TEXT).map(tuple),
    marked=st.lists(st.tuples(TEXT, TEXT)).map(tuple),
    trace=st.lists(STEP, max_size=3).map(tuple),
)
TOLD = st.builds(Told, article=TEXT, sentences=st.lists(st.tuples(st.integers(-1, 9999), TEXT)).map(tuple))
TEXT_ROW = st.builds(TextRow, newest=REF, published=STAMP, wire=st.none() | INT)


def of_any_value(kind: type[Any]) -> st.SearchStrategy[Any]:
    """A row of the kind: what its types allow, in each field."""
    known = {Ref: REF, Outlet: OUTLET, Stamp: STAMP, TextRow: TEXT_ROW, ArticleRef: TO, int: INT, str: TEXT}
    known |= {float: st.floats(0, 1), bytes: st.binary(max_size=9)}

    def of(found: Any) -> st.SearchStrategy[Any]:
        if found in known:
            return known[found]
        args = getattr(found, "__args__", ())
        origin = getattr(found, "__origin__", None)
        if origin is list:
            return st.lists(of(args[0]), max_size=3)
        if origin is dict:
            return st.dictionaries(of(args[0]), of(args[1]), max_size=3)
        if origin is tuple:
            return st.lists(of(args[0]), max_size=3).map(tuple) if args[-1] is ... else st.tuples(*map(of, args))
        if origin is None and not args:
            return st.from_type(found)
        return (
            st.one_of([st.none() if arg is type(None) else of(arg) for arg in args])
            if origin is not Literal
            else (st.sampled_from(args))
        )

    return st.builds(kind, **{name: of(hint) for name, hint in get_type_hints(kind).items()})


@given(st.one_of(*(of_any_value(kind) for kind in (ArticleRow, StoryRow, Entry, StateRow, Newest))) | BODY | TOLD)
def test_every_row_comes_back_as_it_went(row: Any) -> None:
    assert rows.unpack(type(row), rows.pack(row)) == row
    assert rows.unsqueeze(type(row), rows.squeeze(row)) == row


@given(st.sets(st.integers(TITLE, 3000)))
def test_positions_come_back_from_their_marks(positions: set[int]) -> None:
    assert rows.positions(rows.marks(positions)) == tuple(sorted(positions))


@given(REF)
def test_a_ref_takes_eight_bytes_and_comes_back(ref: Ref) -> None:
    assert len(rows.pack_ref(ref)) == 8
    assert rows.unpack_ref(rows.pack_ref(ref)) == ref


@given(st.lists(st.integers(0, 2**32 - 1)), st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 255))))
def test_numbers_and_weights_come_back(numbers: list[int], weights: list[tuple[int, int]]) -> None:
    assert list(rows.unpack_numbers(rows.pack_numbers(numbers))) == numbers
    assert rows.unpack_weights(b"".join(rows.pack_weight(*weight) for weight in weights)) == weights


@given(st.lists(st.text()), st.lists(st.tuples(st.text(), st.text())), st.text(), st.booleans())
def test_a_body_that_was_begun_before_is_the_same_body(
    sentences: list[str], marked: list[tuple[str, str]], word: str, other: bool
) -> None:
    """Also where it goes on otherwise than it began, which costs the time that was to be saved."""
    begun = rows.begin(Body(tuple(sentences), tuple(marked)))
    body = Body((*sentences, word) if other else tuple(sentences), tuple(marked), (Step("story", word),), word)
    assert rows.unsqueeze(Body, rows.squeeze(body, begun)) == body
    assert rows.squeeze(body, begun).startswith(begun.squeezed) != other
    assert rows.is_squeezed(rows.squeeze(body, begun))


def test_an_older_row_still_decodes() -> None:
    """Rows are only ever extended at the end, with a default."""
    older = msgspec.msgpack.encode(msgspec.to_builtins(story(4))[:-11])
    assert rows.unpack(StoryRow, older) == story(4)
    older = msgspec.msgpack.encode(msgspec.to_builtins(Body(("It rained.",)))[:-2])
    assert rows.unpack(Body, older) == Body(("It rained.",))
