"""That a decided version is found again, whatever came of its key since, and in whatever month."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import identity
from ingest.inbox.memory import MemoryInbox
from ingest.ledger.buckets import (
    DECISIONS,
    MARGIN_DAYS,
    OLDER_SHARDS,
    OLDER_TERM_SHARDS,
    POSTINGS,
    STORIES_A_SHARD,
    TERMS,
    Layout,
    day_of,
    month_of,
)
from ingest.ledger.index import Wants
from ingest.ledger.keys import Keys
from ingest.ledger.memory import MemoryLedger
from ingest.ledger.port import Commit
from ingest.ledger.records import Records
from ingest.ledger.rows import DAY_MS, Newest, Ref, StateRow, end_of, pack, pack_newest, pack_ref, unpack
from ingest.ledger.view import View
from ingest.model import WithdrawnBy
from ingest.settings import LedgerSettings

NOW = 20_000 * DAY_MS + 5
KEYS = Keys("main")
LAYOUT = Layout(decision_shards=8, drops_a_commit=100_000)


class Partition:
    """Records on the memory ledger, read anew after each commit. `take` is what a worker does with an article."""

    def __init__(self, *, published: bool = False) -> None:
        self.inbox = MemoryInbox(lambda: 0)
        self.ledger = MemoryLedger(self.inbox)
        self.published = published
        self.records = self.anew()

    def anew(self) -> Records:
        records = Records(View(self.ledger), KEYS, LedgerSettings(), published=self.published, layout=LAYOUT)
        records.load()
        return records

    def take(self, key: str, version: str, clock: int) -> Ref | None:
        """None where it was new; else what was decided of it."""
        records = self.records
        records.buckets.enter(clock)
        decisions = records.decisions
        found = decisions.find(key, version)
        if found is not None:
            decisions.sighted(key, version, found, clock)
            return found
        newest, ref = decisions.newest(key), Ref(records.state.next_number, day_of(clock))
        records.state.next_number += 1
        self.commit(decisions.record(key, version, newest.nth + 1 if newest else 1, ref, clock))
        return None

    def commit(self, decisions: tuple[tuple[str, bytes, bytes], ...] = (), drops: list[str] | None = None) -> str:
        self.records.save_state()
        view = self.records.view
        answer = self.ledger.commit(
            Commit(
                consumer="w",
                entries=[],
                head=view.head or b"",
                decisions=decisions,
                writes=view.writes(),
                drops=drops or [],
            )
        )
        self.records = self.anew()
        return answer.status

    def expire(self, month: int) -> None:
        """As the server does."""
        for key in [key for key in self.ledger._hashes if key.split(":")[3:4] == [str(month)]]:
            del self.ledger._hashes[key]


@pytest.fixture
def partition() -> Partition:
    return Partition()


def test_a_decision_is_found_by_key_and_version_alone(partition: Partition) -> None:
    assert partition.take("k", "v", NOW) is None
    find = partition.records.decisions.find
    assert find("k", "v") == Ref(1, 20_000)
    assert (find("k", "w"), find("kv", "")) == (None, None)


def test_an_article_with_one_version_has_one_record_of_few_bytes(partition: Partition) -> None:
    partition.take("a key of any length", "v", NOW)
    ((field, value),) = [
        item for key, hash_ in partition.ledger._hashes.items() if ":dec:" in key for item in hash_.items()
    ]
    assert len(field + value) <= 40


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("123"), st.integers(0, 70 * DAY_MS)), max_size=12))
def test_no_version_is_decided_twice_in_any_order_of_versions_and_months(arrivals: list[tuple[str, str, int]]) -> None:
    partition, clock = Partition(), NOW
    decided: dict[tuple[str, str], Ref] = {}
    for key, version, pause in arrivals:
        clock += pause
        number = partition.records.state.next_number
        assert partition.take(key, version, clock) == decided.get((key, version))
        partition.commit()
        decided.setdefault((key, version), Ref(number, day_of(clock)))
        newest = partition.records.decisions.newest(key)
        of_key = [ref for (known, _), ref in decided.items() if known == key]
        assert newest is not None
        assert (newest.nth, newest.ref) == (len(of_key), max(of_key, key=lambda ref: ref.number))


@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_a_sighting_renews_a_version_and_the_count_of_its_key(partition: Partition, version: str) -> None:
    for known in "123":
        partition.take("k", known, NOW)
    later = NOW + 390 * DAY_MS
    found = partition.take("k", version, later)
    assert found == Ref(int(version), 20_000)
    writes = {write.key: write for write in partition.records.view.writes()}
    (write,) = [write for key, write in writes.items() if ":dec:" in key]
    assert write.expire_at == ((month_of(later) + 1) * 30 + 400 + MARGIN_DAYS) * DAY_MS
    partition.commit()
    partition.expire(month_of(NOW))
    assert partition.records.decisions.find("k", version) == found
    newest = partition.records.decisions.newest("k")
    assert newest is not None
    assert newest.nth == 3


def test_everything_needed_of_an_article_is_asked_for_at_once(partition: Partition) -> None:
    partition.take("k", "v", NOW)
    partition.take("k", "w", NOW + 40 * DAY_MS)
    records = partition.records
    wants: Wants = {}
    records.decisions.want(wants, "k", "v")
    records.view.fetch(wants)
    reads = records.view.reads
    assert records.decisions.find("k", "v") == Ref(1, 20_000)
    assert records.decisions.newest("k") == Newest(2, Ref(2, 20_040), identity.decision_field("k", "w"))
    assert records.view.reads == reads


@pytest.mark.parametrize("by", [None, "notice"])
def test_a_commit_is_refused_where_its_version_was_decided_meanwhile(
    partition: Partition, by: WithdrawnBy | None
) -> None:
    for before in (0, 1):  # as the first version of its key, and as a later one
        if before:
            partition.take("k", "u", NOW)
        records = partition.records
        records.buckets.enter(NOW)
        records.decisions.find("k", "v")
        guards = records.decisions.record("k", "v", 1 + before, Ref(9, 20_000), NOW, by)
        other = partition.anew()
        other.buckets.enter(NOW)
        other.decisions.record("k", "v", 1 + before, Ref(8, 20_000), NOW, by)
        partition.records = other
        assert partition.commit() == "ok"
        late = Commit(consumer="w", entries=[], head=partition.inbox.head, decisions=guards)
        assert partition.ledger.commit(late).status == "decided"
        partition = Partition()


# -- how many hashes


def test_a_month_is_cut_by_what_came_in_the_one_before(partition: Partition) -> None:
    state = partition.records.state
    partition.records.buckets.enter(NOW)
    assert state.shards == {month_of(NOW): LAYOUT.decision_shards}
    for day, articles in ((15, 100), (40, 100_000), (70, 10_000_000), (100, 1_000_000_000)):
        state.next_number += articles
        partition.records.buckets.enter(NOW + day * DAY_MS)
    first, *others = [state.shards[month] for month in sorted(state.shards)]
    assert (first, others[0], others[-1]) == (8, DECISIONS.fewest, DECISIONS.most)
    assert all(shards & (shards - 1) == 0 for shards in others)
    assert others == sorted(others)


@given(st.integers(DECISIONS.fewest * DECISIONS.articles // 2, 2_000_000))
def test_a_month_like_the_one_before_stays_packed(articles: int) -> None:
    partition = Partition()
    state = partition.records.state
    for day in range(61):
        partition.records.buckets.enter(NOW + day * DAY_MS)
        state.next_number += articles // 30
    shards = state.shards[month_of(NOW) + 1]
    assert 0.4 <= articles / shards / DECISIONS.articles <= 1.05


def test_a_week_of_terms_is_cut_by_what_came_before_it(partition: Partition) -> None:
    state, week = partition.records.state, NOW // DAY_MS // 7
    for number, articles in enumerate((1_000, 10_000, 130_000, 1_000_000)):
        partition.records.buckets.enter(NOW + 7 * number * DAY_MS)
        state.next_number += articles
    found = [partition.records.buckets.term_shards(week + number) for number in (-1, 0, 1, 2, 3)]
    assert found == [OLDER_TERM_SHARDS, LAYOUT.term_shards, TERMS.fewest, TERMS.fewest, TERMS.most]
    partition.records.buckets.enter(NOW + 60 * DAY_MS)
    assert list(state.term_shards) == [week + 8]


def test_a_day_of_postings_is_cut_by_what_came_before_it_and_read_as_it_was_cut(partition: Partition) -> None:
    records, state, today = partition.records, partition.records.state, NOW // DAY_MS
    cut = []
    for number, articles in enumerate((1_000, 20_000, 60_000, 200_000)):
        records.buckets.enter(NOW + number * DAY_MS)
        cut.append(records.buckets.posting_shards(today + number))
        records.index.record_postings([7, 2**40 + 5], Ref(state.next_number, today + number))
        state.next_number += articles
    assert cut == [LAYOUT.posting_shards, POSTINGS.fewest, POSTINGS.fewest, 2 * POSTINGS.fewest]
    lists, days = records.index.postings([7, 2**40 + 5], NOW + 3 * DAY_MS)
    assert lists == [[1, 1_001, 21_001, 81_001]] * 2
    assert list(days.values()) == [today + number for number in range(4)]
    records.buckets.enter(NOW + 4 * DAY_MS)
    assert records.buckets.posting_shards(today + 4) == POSTINGS.most
    records.buckets.enter(NOW + 60 * DAY_MS)
    assert not state.posting_shards


# -- what schema 2 wrote


def as_schema_2(partition: Partition, key: str, version: str, number: int, nth: int) -> None:
    """A decision as that schema laid it out, in the month of NOW."""
    month, ref, hashes = month_of(NOW), Ref(number, 20_000), partition.ledger._hashes

    def put(name: object, field: bytes, value: bytes) -> None:
        hashes.setdefault(f"sw:{{main}}:{name}:{month}:{int.from_bytes(field[:2], 'big') % 4096}", {})[field] = value

    put("dec", identity.decision_field(key, version), pack_ref(ref))
    put("key", identity.key_field(key), msgspec.msgpack.encode([nth, [number, 20_000]]))
    put("sid", identity.key_field(f"st-{number}"), number.to_bytes(4, "little"))
    state = msgspec.to_builtins(StateRow(next_number=number + 1, clock=NOW, days={20_000: 1}, months=[month]))
    hashes[KEYS.state] = {b"s": msgspec.msgpack.encode(state[:7])}
    partition.records = partition.anew()


@pytest.mark.parametrize("days", [0, 45])
def test_what_schema_2_decided_stays_decided(partition: Partition, days: int) -> None:
    as_schema_2(partition, "k", "u", 1, 1)
    as_schema_2(partition, "k", "v", 2, 2)
    clock = NOW + days * DAY_MS
    assert partition.records.decisions.newest("k") == Newest(2, Ref(2, 20_000))
    assert (partition.records.story_ids.find("st-2"), partition.records.story_ids.find("st-3")) == (2, None)
    assert partition.take("k", "w", clock) is None
    for version, number in (("u", 1), ("v", 2), ("w", 3), ("u", 1)):
        found = partition.take("k", version, clock)
        assert (found.number if found else None) == number
        partition.commit()
    newest = partition.records.decisions.newest("k")
    assert newest is not None
    assert newest.nth == 3
    assert partition.records.state.older == [month_of(NOW)]
    partition.records.story_ids.record("st-2", 2, clock)
    partition.commit()
    partition.expire(month_of(NOW))
    if days:
        find = partition.records.decisions.find
        assert find("k", "u") == Ref(1, 20_000)  # sighted since
        assert find("k", "v") == Ref(2, 20_000)
        assert partition.records.story_ids.find("st-2") == 2


def test_a_new_partition_has_nothing_of_schema_2(partition: Partition) -> None:
    partition.take("k", "v", NOW)
    assert partition.records.state.older == []
    assert not [key for key in partition.ledger.hashes() if ":key:" in key]


# -- published time


@pytest.mark.parametrize("older", [False, True])
def test_on_published_time_decisions_go_after_their_time_with_all_that_names_an_article(older: bool) -> None:
    partition = Partition(published=True)
    if older:
        as_schema_2(partition, "j", "v", 1, 1)
    partition.take("k", "v", NOW)
    partition.take("k", "w", NOW)
    partition.records.buckets.enter(NOW)
    partition.records.story_ids.record("st-k", 1, NOW)
    partition.records.index.record_short(b"abcdefgh", Ref(1, 20_000))
    partition.commit()
    partition.records.buckets.enter(NOW + 440 * DAY_MS)
    dropped: list[str] = []
    while names := partition.records.buckets.forget():
        dropped += names
        partition.commit(drops=names)
    assert partition.ledger.hashes() == (KEYS.state,)
    assert unpack(StateRow, partition.ledger._hashes[KEYS.state][b"s"]).older == []
    counted = 8 + 8 // STORIES_A_SHARD + (3 * OLDER_SHARDS if older else 0)
    assert len([name for name in dropped if name.split(":")[2] in ("dec", "key", "sid")]) == counted


def test_a_newest_version_of_schema_2_still_decodes() -> None:
    assert unpack(Newest, msgspec.msgpack.encode([2, [7, 20_000]])) == Newest(2, Ref(7, 20_000))
    assert unpack(Newest, pack(Newest(2, Ref(7, 20_000), b"d"))) == Newest(2, Ref(7, 20_000), b"d")


def test_who_took_an_article_back_costs_only_its_own_record() -> None:
    ref = Ref(2**32 - 1, 20_000)
    plain, taken = (Newest(2, ref, b"d" * 12, by) for by in (None, "notice"))
    assert [unpack(Newest, pack_newest(one)) for one in (plain, taken)] == [plain, taken]
    assert len(pack_newest(plain)) == len(pack(plain)) - 1 == 25
    assert len(pack_newest(taken)) == 25 + len("notice") + 1
    assert pack_newest(taken).endswith(end_of(b"d" * 12, "notice"))
