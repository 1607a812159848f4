"""That a story's timeline and what it told can be read as long as the story lives, by reference or written out."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.inbox.memory import MemoryInbox
from ingest.ledger import rows
from ingest.ledger.buckets import day_of
from ingest.ledger.chronicle import GROUP
from ingest.ledger.keys import Keys
from ingest.ledger.memory import MemoryLedger
from ingest.ledger.port import Commit
from ingest.ledger.records import Records
from ingest.ledger.rows import DAY_MS, TITLE, ArticleRow, Body, Entry, Ref, Said, StoryRow, Told, ToldAt
from ingest.ledger.view import View
from ingest.settings import LedgerSettings

NOW = 20_000 * DAY_MS + 5
KEYS = Keys("main")
STORY = KEYS.story(4)


class Partition:
    """One story on the memory ledger, gone on with by another worker after each `commit`. `expected` is its timeline
    (key, time, what it told) by sequence."""

    def __init__(self, settings: LedgerSettings | None = None) -> None:
        self.ledger = MemoryLedger(MemoryInbox(lambda: 0))
        self.settings = settings or LedgerSettings()
        self.records = self.anew()
        self.row = StoryRow(
            id="st-4", number=4, headline="H", opening=4, opened_at=NOW, updated_at=NOW, clock=NOW, sequence=0,
            previous="", articles=1, repeats=0, outlets_unknown=1, outlets={}, credits=[], texts={}, told=[],
        )  # fmt: skip
        self.expected: dict[int, tuple[str, int, tuple[tuple[int, str], ...]]] = {}

    def anew(self) -> Records:
        records = Records(View(self.ledger), KEYS, self.settings, published=False)
        records.load()
        return records

    def happens(self, clock: int, told: tuple[int, ...] = ()) -> None:
        """An article of the story, with a title and two sentences."""
        records, row = self.records, self.row
        records.buckets.enter(clock)
        row.sequence += 1
        ref, key = Ref(records.state.next_number, day_of(clock)), f"k{row.sequence}"
        records.state.next_number += 1
        said = {TITLE: f"Title {key}", 0: "It rained.", 1: f"{key} died."}
        if told:
            row.told.append(row.sequence)
        records.record_article(ref, _article(key, clock, said, told))
        records.record_story(row, ref, b"c", clock)
        self.expected[row.sequence] = (key, clock, tuple((at, said[at]) for at in told))

    def commit(self) -> list[bytes]:
        """Gives the fields of the story that were written."""
        self.records.save_state()
        view = self.records.view
        writes = view.writes()
        commit = Commit(consumer="w", entries=[], head=view.head or b"", writes=writes)
        assert self.ledger.commit(commit).status == "ok"
        self.records = self.anew()
        found = self.records.story(4)
        assert found is not None
        self.row = found
        return [field for write in writes if write.key == STORY for field in write.fields]

    def expire(self, today: int) -> None:
        """Article rows of thirty days ago, as the server does."""
        for key in [key for key in self.ledger._hashes if key.split(":")[2] == "art"]:
            if int(key.split(":")[3]) < today - self.settings.article_days:
                del self.ledger._hashes[key]

    def holds(self) -> bool:
        chronicle, row = self.records.chronicle, self.row
        entries, told = chronicle.entries(row), chronicle.told(row)
        timeline = {sequence: (line.key, line.time) for sequence, line in entries.items()}
        return timeline == {sequence: one[:2] for sequence, one in self.expected.items()} and told == {
            sequence: Told(key, sentences) for sequence, (key, _, sentences) in self.expected.items() if sentences
        }


def _article(key: str, clock: int, said: dict[int, str], told: tuple[int, ...]) -> ArticleRow:
    event = Said(type="story.updated", told=rows.marks(told), to=None, materiality=0.5, was={1: "Nobody died."})
    body = Body((said[0], said[1]), said=event)
    return ArticleRow(
        key=key, version="v", nth=1, story=4, story_id="st-4", text=4, parent=None, kind="coverage", extent=None,
        late=False, correction=False, title=said[TITLE], outlet=None, url=None, source="s", id=None, published=None,
        wire=None, arrived=clock, clock=clock, language=None, credit="AFP", sequence=1, body=rows.squeeze(body),
    )  # fmt: skip


TOLD = st.sampled_from([(), (TITLE, 0, 1), (TITLE, 1), (0,)])
PAUSES = st.sampled_from([0, DAY_MS // 8, DAY_MS, 5 * DAY_MS, 14 * DAY_MS])


@given(st.lists(st.tuples(PAUSES, TOLD, st.booleans()), min_size=1, max_size=60), st.sampled_from([30, 14, 3]))
def test_all_that_a_story_told_lives_as_long_as_the_story(
    happenings: list[tuple[int, tuple[int, ...], bool]], article_days: int
) -> None:
    """Article rows go after thirty days (or less, as set), the story only two weeks after its last article."""
    partition, clock = Partition(LedgerSettings(article_days=article_days)), NOW
    for pause, told, ends in happenings:
        clock += pause
        partition.expire(day_of(clock))
        partition.happens(clock, told)
        if ends:  # the batch
            partition.commit()
            assert partition.holds()
    partition.commit()
    partition.expire(day_of(clock) + LedgerSettings().story_days)
    assert partition.holds()


def test_a_line_of_the_timeline_has_all_that_its_event_said() -> None:
    partition = Partition()
    partition.happens(NOW, (TITLE, 1))
    partition.commit()
    by_reference = partition.records.chronicle.entries(partition.row)[1]
    assert (by_reference.type, by_reference.materiality, by_reference.kind) == ("story.updated", 0.5, "coverage")
    assert (by_reference.was, by_reference.credit, by_reference.title) == ({1: "Nobody died."}, "AFP", "Title k1")
    partition.happens(NOW + 10 * DAY_MS)
    partition.happens(NOW + 20 * DAY_MS)
    assert partition.row.written == 1
    fields = partition.commit()
    assert {b"m1", b"t1"} <= set(fields)
    assert partition.records.chronicle.entries(partition.row)[1] == by_reference


def test_an_event_of_a_young_story_costs_its_place_alone() -> None:
    partition = Partition()
    for number in range(1, 3 * GROUP + 2):
        partition.happens(NOW, (TITLE, 0, 1))
        groups = {b"e%d" % (number // GROUP - 1)} if number % GROUP == 0 else set()
        assert set(partition.commit()) == {b"rc"} | groups
    assert partition.holds()
    records = partition.anew()
    reads = records.view.reads
    assert list(records.chronicle.entries(partition.row, [3 * GROUP + 1])) == [3 * GROUP + 1]
    assert records.view.reads == reads + 1  # the article's row: its place is in the story's


def test_what_is_asked_for_is_read_and_no_more() -> None:
    partition = Partition()
    for number in range(40):
        partition.happens(NOW, (1,) if number % 2 else ())
    partition.commit()
    chronicle = partition.records.chronicle
    assert list(chronicle.told(partition.row, partition.row.told[-2:])) == [38, 40]
    assert chronicle.told(partition.row, []) == {}
    assert list(chronicle.entries(partition.row, [1, 17, 40])) == [1, 17, 40]


@pytest.mark.parametrize("schema", [1, 2])
def test_a_story_that_an_older_schema_began_is_read_and_gone_on_with(schema: int) -> None:
    partition, clock = Partition(), NOW
    for number in range(1, 21):
        clock = NOW + number * DAY_MS // 2
        partition.happens(clock, (TITLE, 1) if number % 3 == 1 else ())
    partition.commit()
    as_schema(schema, partition)
    assert partition.holds()
    for number in range(60):
        clock += DAY_MS
        partition.expire(day_of(clock))
        partition.happens(clock, (0,) if number % 2 else ())
        partition.commit()
        assert partition.holds()
    assert partition.row.since == 21


def as_schema(schema: int, partition: Partition) -> None:
    """The story as that schema wrote it: each event a line, and what it told in full or by its article's row."""
    chronicle, row, story = partition.records.chronicle, partition.row, partition.ledger._hashes[STORY]
    told, lines = chronicle.told(row), chronicle.entries(row)
    fields: dict[str, Any] = {name: getattr(row, name) for name in row.__struct_fields__}
    older = list(fields.values())[: 17 if schema == 1 else 18]
    for sequence, line in lines.items():
        story[b"m%d" % sequence] = rows.squeeze(line)
        if sequence in told:
            places = tuple(at for at, _ in told[sequence].sentences)
            at = rows.squeeze(told[sequence]) if schema == 1 else rows.pack(ToldAt(line.ref, places))
            story[b"t%d" % sequence] = at
    if schema == 2:
        older[17] = min(lines[sequence].ref.day for sequence in told)
    del story[b"rc"]
    story[b"r"], story[b"c"] = msgspec.msgpack.encode(older), b"c"
    for name in [name for name in story if name[:1] == b"e"]:
        del story[name]
    state = partition.ledger._hashes[KEYS.state]
    state[b"s"] = msgspec.msgpack.encode(msgspec.msgpack.decode(state[b"s"])[:7])  # before months had shards
    partition.records = partition.anew()
    found = partition.records.story(4)
    assert found is not None
    partition.row = found


def test_what_is_kept_no_more_is_left_out() -> None:
    partition = Partition()
    partition.happens(NOW, (0,))
    partition.happens(NOW + DAY_MS, (1,))
    partition.commit()
    partition.expire(day_of(NOW) + 31)
    chronicle = partition.records.chronicle
    assert (list(chronicle.told(partition.row)), list(chronicle.entries(partition.row))) == ([2], [2])
    assert isinstance(chronicle.entries(partition.row)[2], Entry)
