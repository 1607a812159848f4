"""What a story's counts say of how well it is confirmed: texts, outlets and publishers are three different things."""

from __future__ import annotations

import msgspec
import pytest

from ingest.events.event import StoryCounts as PublishedCounts
from ingest.ledger.rows import StoryRow
from ingest.model import Decision, Envelope, StoryCounts
from ingest.stories.publishers import Publishers
from rehearsal import Rehearsal

WIRE = (
    "The river Mur rose over its banks in Graz on Monday and forced 300 people out of their homes, firemen said. "
    "Mayor Elke Kahr opened two schools for those who could not go home and asked drivers to avoid the centre. "
    "Trains between Graz and Maribor stopped in the afternoon because the tracks near Wildon were under water. "
    "Meteorologists expect the rain to ease on Tuesday, when the level should begin to fall."
)
LATER = " Rescuers found the body of a 54-year-old man in a flooded underground car park near the main station."
OWN = (
    "When the Mur came over the quay on Monday, Anna Huber carried her two dogs to a school gym in Graz. "
    "She is one of 300 who had to leave flooded homes, and one of many who blame the city for the old dams. "
    "The river had been rising since Saturday, she says, and nobody rang before the water stood in the kitchen. "
    "Mayor Elke Kahr promises an inquiry once the flood in Graz has gone."
)
GROUP = Publishers({"Acme": ("Morning Acme", "acme.example")})


def carried(outlet: str, text: str, number: int) -> Envelope:
    host = outlet.casefold().replace(" ", "")
    return Envelope(
        key=str(number), source="s", text=text, title="River Mur floods Graz", outlet=outlet, url=f"https://{host}/"
    )


def counts(rehearsal: Rehearsal, *carriers: tuple[str, str]) -> StoryCounts:
    told: list[Decision] = rehearsal.run([carried(outlet, text, n) for n, (outlet, text) in enumerate(carriers)])
    assert len({decision.story.id for decision in told}) == 1
    return told[-1].story.counts


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (3, 0, 4, 1, 2)])
def test_copies_and_revisions_are_one_text_at_however_many_outlets(order: tuple[int, ...]) -> None:
    carriers = [
        ("Morning Acme", WIRE),
        ("Evening Roe", WIRE.replace("forced", "drove").replace("firemen", "the fire brigade")),
        ("The Coast", WIRE + LATER),
        ("Hill Post", " ".join(WIRE.split(". ")[0:3]) + "."),
        ("Valley Sun", OWN),
    ]
    found = counts(Rehearsal(), *(carriers[n] for n in order))
    assert (found.articles, found.texts, found.outlets, found.publishers) == (5, 2, 5, 5)


def test_five_outlets_of_two_publishers_are_told_as_such() -> None:
    carriers = [
        (name, WIRE) for name in ("Morning Acme", "acme.example", "north.acme.example", "Hill Post", "hill post")
    ]
    found = counts(Rehearsal(publishers=GROUP), *carriers)
    assert (found.outlets, found.publishers, found.texts) == (4, 2, 1)


def test_what_was_counted_stays_counted_when_the_settings_change_or_another_worker_goes_on() -> None:
    rehearsal = Rehearsal(publishers=GROUP)
    counts(rehearsal, ("Morning Acme", WIRE), ("acme.example", WIRE))
    rehearsal.hand_over()
    (told,) = rehearsal.run([carried("Hill Post", OWN, 9)])
    assert (told.story.counts.outlets, told.story.counts.publishers) == (3, 2)


def test_stories_and_events_of_before_are_still_read() -> None:
    row = StoryRow(
        id="st", number=1, headline="h", opening=1, opened_at=0, updated_at=0, clock=0, sequence=1, previous="",
        articles=1, repeats=0, outlets_unknown=0, outlets={"a": 1}, credits=[], texts={}, told=[],
    )  # fmt: skip
    older = msgspec.msgpack.encode(list(msgspec.structs.astuple(row))[:-1])
    assert msgspec.msgpack.decode(older, type=StoryRow).publishers == {}
    event = b'{"articles": 1, "repeats": 0, "texts": 1, "outlets": 1, "outlets_unknown": 0}'
    assert msgspec.json.decode(event, type=PublishedCounts).publishers is None
