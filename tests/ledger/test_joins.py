"""What a story was can be read in the one that it became part of as long as that one lives, and its id for ever."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_chronicle import KEYS, NOW, PAUSES, _article

from ingest.identity import key_field, merge_id
from ingest.inbox.memory import MemoryInbox
from ingest.ledger.buckets import day_of
from ingest.ledger.memory import MemoryLedger
from ingest.ledger.port import Commit, Write
from ingest.ledger.records import Records
from ingest.ledger.rows import DAY_MS, TITLE, Ref, StoryRow
from ingest.ledger.view import View
from ingest.settings import LedgerSettings


@dataclass
class Stories:
    """Stories by number on the memory ledger. `keys` are the articles of each, in the order of their events."""

    settings: LedgerSettings = field(default_factory=LedgerSettings)
    rows: dict[int, StoryRow] = field(default_factory=dict)
    keys: dict[int, list[str]] = field(default_factory=dict)
    clock: int = NOW

    def __post_init__(self) -> None:
        self.inbox = MemoryInbox(lambda: self.clock)
        self.ledger = MemoryLedger(self.inbox)
        self.records = self.anew()

    def anew(self) -> Records:
        records = Records(View(self.ledger), KEYS, self.settings, published=False)
        records.load()
        return records

    def opens(self, number: int) -> None:
        self.keys[number] = []
        self.rows[number] = StoryRow(
            id=f"st-{number}", number=number, headline="H", opening=number, opened_at=self.clock,
            updated_at=self.clock, clock=self.clock, sequence=0, previous="", articles=0, repeats=0,
            outlets_unknown=0, outlets={}, credits=[], texts={}, told=[],
        )  # fmt: skip

    def happens(self, number: int) -> None:
        """An article of this story, which tells its title and a sentence."""
        records, row = self.records, self.rows[number]
        records.buckets.enter(self.clock)
        row.sequence += 1
        row.articles += 1
        row.told.append(row.sequence)
        ref, key = Ref(records.state.next_number, day_of(self.clock)), f"k{number}.{row.sequence}"
        records.state.next_number += 1
        said = {TITLE: f"Title {key}", 0: "It rained.", 1: f"{key} died."}
        records.record_article(ref, _article(key, self.clock, said, (TITLE, 1)))
        records.record_story(row, ref, b"c", self.clock)
        self.keys[number].append(key)

    def merge(self, number: int, other: int) -> None:
        self.records.buckets.enter(self.clock)
        row, gone = self.rows[number], self.rows.pop(other)
        row.sequence += 1
        row.told.append(row.sequence)
        row.joins[row.sequence] = (gone.id, *(id for ids in gone.joins.values() for id in ids))
        self.records.record_merge(row, gone, b"c", self.clock)
        self.keys[number] += self.keys.pop(other)

    def commit(self) -> list[Write]:
        self.records.save_state()
        view = self.records.view
        writes = view.writes()
        commit = Commit(consumer="w", entries=[], head=view.head or b"", writes=writes)
        assert self.ledger.commit(commit).status == "ok"
        self.records = self.anew()
        for number in self.rows:
            found = self.records.story(number)
            assert found is not None
            self.rows[number] = found
        return writes

    def holds(self, number: int) -> bool:
        """Whether all its articles are in the timelines, and all that they told is known, in one order."""
        chronicle, row = self.records.chronicle, self.rows[number]
        own = [entry.key for entry in chronicle.entries(row).values() if not entry.merged]
        joined = chronicle.joined(row)
        news = chronicle.news(row)
        spoken = {text for told in news for _, text in told.sentences}
        return (
            sorted([*own, *(line.entry.key for line in joined)]) == sorted(self.keys[number])
            and sorted(told.article for told in news) == sorted(self.keys[number])
            and {f"{key} died." for key in self.keys[number]} <= spoken
            and all(line.told is not None and line.told.article == line.entry.key for line in joined)
        )


@given(st.integers(1, 40), st.integers(1, 40), st.lists(PAUSES, max_size=12), st.sampled_from([30, 17]))
def test_what_came_in_lives_as_long_as_the_story(own: int, other: int, pauses: list[int], article_days: int) -> None:
    """Article rows go after thirty days or less, the story two weeks after its last article."""
    stories = Stories(LedgerSettings(article_days=article_days))
    for number, count in ((1, own), (2, other)):
        stories.opens(number)
        for _ in range(count):
            stories.happens(number)
    stories.merge(1, 2)
    stories.happens(1)
    stories.commit()
    assert stories.holds(1)
    for pause in pauses:
        stories.clock += pause
        stories.happens(1)
        stories.commit()
        assert stories.holds(1)
    stories.clock += stories.settings.story_days * DAY_MS
    assert stories.anew().story(1) is not None
    assert stories.holds(1)


def test_a_merge_of_merges_brings_all_of_them_and_every_id_leads_to_the_last() -> None:
    stories = Stories()
    for number in (1, 2, 3, 4):
        stories.opens(number)
        stories.happens(number)
    stories.merge(2, 3)
    stories.happens(2)
    stories.commit()
    stories.merge(1, 2)
    stories.merge(1, 4)
    stories.commit()
    row = stories.rows[1]
    assert row.joins == {2: ("st-2", "st-3"), 3: ("st-4",)}
    assert stories.holds(1)
    assert [(line.story, line.sequence) for line in stories.records.chronicle.joined(row)] == [
        ("st-2", 1), ("st-2", 3), ("st-3", 1), ("st-4", 1),
    ]  # fmt: skip
    assert [stories.records.meaning(f"st-{n}") for n in (1, 2, 3, 4, 5)] == ["st-1"] * 4 + ["st-5"]
    for number in (1, 2, 3, 4):
        found = stories.records.running(number, stories.clock)
        assert found is not None
        assert found.number == 1


def test_the_merge_itself_is_a_line_of_the_timeline() -> None:
    stories = Stories()
    for number in (1, 2):
        stories.opens(number)
        stories.happens(number)
    stories.clock += 5
    stories.merge(1, 2)
    stories.happens(1)
    stories.commit()
    line = stories.records.chronicle.entries(stories.rows[1])[2]
    assert (line.type, line.time, line.merged) == ("story.merged", NOW + 5, ("st-2",))
    assert line.event == merge_id("main", "st-1", ["st-2"])


@pytest.mark.parametrize("events", [1, 400])
def test_a_merge_of_large_stories_touches_no_more_keys_than_one_of_small_ones(events: int) -> None:
    stories = Stories()
    for number in (1, 2):
        stories.opens(number)
        for _ in range(events):
            stories.happens(number)
    stories.commit()
    stories.merge(1, 2)
    writes = {write.key: write for write in stories.commit()}
    name = key_field("st-2")
    assert set(writes) == {KEYS.story(1), KEYS.story(2), KEYS.merged(name[0]), KEYS.state}
    assert set(writes[KEYS.story(1)].fields) <= {b"rc", b"j%d" % (events + 1), b"e%d" % (events // 16)}
    assert len(writes[KEYS.story(2)].fields[b"rc"]) < 150
    assert stories.holds(1)


def test_a_number_leads_on_as_long_as_article_rows_name_it_and_an_id_for_ever() -> None:
    stories = Stories()
    for number in (1, 2):
        stories.opens(number)
        stories.happens(number)
    stories.merge(1, 2)
    writes = {write.key: write for write in stories.commit()}
    rows_end = max(write.expire_at or 0 for key, write in writes.items() if ":art:" in key)
    gone = writes[KEYS.story(2)]
    assert gone.renewed
    assert gone.expire_at is not None
    assert gone.expire_at + DAY_MS >= rows_end  # a row's bucket ends with its day
    assert writes[KEYS.merged(key_field("st-2")[0])].expire_at is None


def test_a_story_whose_lines_are_written_out_joins_no_other() -> None:
    stories = Stories()
    stories.opens(1)
    stories.happens(1)
    assert stories.records.chronicle.can_join(stories.rows[1])
    for _ in range(2):
        stories.clock += 10 * DAY_MS
        stories.happens(1)
    assert not stories.records.chronicle.can_join(stories.rows[1])
