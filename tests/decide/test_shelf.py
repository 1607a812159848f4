"""What a worker keeps of stories between turns: read once, caught up with, and never another history's."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ingest.alignment import StoryTold
from ingest.decide.shelf import Shelf
from ingest.dedupe import Text
from ingest.ledger.buckets import day_of
from ingest.ledger.rows import Ref, StoryRow
from ingest.model import Envelope
from rehearsal import Rehearsal

LEAD = "The river Mur rose over its banks in Graz on Monday and forced 300 people out of their homes, firemen said."
NEWS = [
    "Rescuers found the body of a 54-year-old man in a flooded underground car park near the main station.",
    "Chancellor Karl Nehammer promised 40 million euros to the farmers of the valley below Wildon.",
    "Two bridges at Leibnitz were closed after barges had torn loose and struck their piers.",
    "The zoo of Herberstein moved its bison to higher ground with the help of the army.",
]


def flood(upto: int) -> Envelope:
    text = " ".join([LEAD, *NEWS[:upto]])
    return Envelope(key="flood", source="t", title="River Mur floods Graz", text=text)


def revised(order: Sequence[int]) -> Rehearsal:
    """A story of the lead, to which each revision added one sentence of the news."""
    rehearsal = Rehearsal()
    told = [LEAD]
    rehearsal.run([flood(0)])
    for at in order:
        told.append(NEWS[at])
        rehearsal.run([Envelope(key="flood", source="t", title="River Mur floods Graz", text=" ".join(told))])
    return rehearsal


def the_story(rehearsal: Rehearsal) -> StoryRow:
    row = rehearsal.records.story(1)
    assert row is not None
    return row


class Reader:
    """A shelf, and how many rows of told sentences it has read."""

    def __init__(self) -> None:
        self.read = 0
        self.shelf = Shelf(self._one)

    def _one(self) -> None:
        self.read += 1

    def told(self, rehearsal: Rehearsal) -> list[str]:
        story = the_story(rehearsal)
        told = self.shelf.told(story, rehearsal.records)
        said = list(told.texts)
        self.shelf.retold(story, told, None, Text(None, []))
        return said


def test_of_a_story_that_others_went_on_with_only_what_they_added_is_read() -> None:
    reader = Reader()
    rehearsal = revised([0, 1])
    assert reader.told(rehearsal)[1:] == [LEAD, *NEWS[:2]]
    assert reader.read == 3
    rehearsal.run([flood(3), flood(4)])
    assert reader.told(rehearsal)[1:] == [LEAD, *NEWS]
    assert reader.read == 5
    assert reader.told(rehearsal)[1:] == [LEAD, *NEWS]
    assert reader.read == 5


def test_of_a_story_that_had_another_past_everything_is_read() -> None:
    reader = Reader()
    reader.told(revised([0, 1]))
    assert reader.told(revised([0, 2, 3]))[1:] == [LEAD, NEWS[0], NEWS[2], NEWS[3]]
    assert reader.read == 3 + 4


def test_of_a_store_that_lost_its_last_events_everything_is_read() -> None:
    reader = Reader()
    reader.told(revised([0, 1, 2]))
    assert reader.told(revised([0]))[1:] == [LEAD, NEWS[0]]
    assert reader.read == 4 + 2


def test_what_a_decision_broke_over_is_not_used_again() -> None:
    reader = Reader()
    rehearsal = revised([0])
    half: StoryTold = reader.shelf.told(the_story(rehearsal), rehearsal.records)
    half.extend(Text(None, [NEWS[3]]).sentences)
    assert half.texts[1:] == [LEAD, NEWS[0], NEWS[3]]
    assert reader.told(rehearsal)[1:] == [LEAD, NEWS[0]]
    assert reader.read == 2 + 2


def test_two_workers_in_turns_tell_what_one_tells() -> None:
    alone, two = Rehearsal(), Rehearsal()
    stream = [flood(upto) for upto in range(len(NEWS) + 1)]
    copies = [Envelope(key=f"copy{at}", source="u", title=one.title, text=one.text) for at, one in enumerate(stream)]
    for pair in zip(stream, copies, strict=True):
        for one in pair:
            alone.run([one])
            two.run([one])
            two.hand_over()
    assert two.ledger.events == alone.ledger.events


def test_another_worker_goes_on_with_a_story_of_titles_alone() -> None:
    titles = [
        "Mount Asama erupts near Karuizawa, villages evacuated",
        "Karuizawa: Mount Asama erupts again, ash falls on evacuated villages",
        "Mount Asama erupts a third time, Karuizawa villages stay evacuated",
    ]
    two = Rehearsal()
    decided = []
    for at, title in enumerate(titles):
        decided += two.run([Envelope(key=f"t{at}", source="t", title=title, text="")])
        two.hand_over()
    assert [decision.relation.kind for decision in decided] == ["new", "coverage", "coverage"]


def test_a_text_is_read_once_to_be_told_from_others_and_again_only_where_its_whole_is_asked_for() -> None:
    rehearsal = Rehearsal()
    row = rehearsal.row(rehearsal.run([flood(2)])[0])
    shelf, ref = Shelf(words=1), Ref(1, day_of(row.clock))
    outline = shelf.stored(ref, row, rehearsal.records).outline
    again = shelf.stored(ref, replace(row, body=b""), rehearsal.records)  # of which nothing could be read
    assert again.outline is outline
    assert shelf.stored(ref, row, rehearsal.records).whole.raw == (LEAD, *NEWS[:2])
