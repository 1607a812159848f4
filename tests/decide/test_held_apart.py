"""Look-alikes through the desk: held against all that a story has told."""

from __future__ import annotations

from ingest.model import Decision, Envelope
from rehearsal import Rehearsal

PERU = (
    "A passenger bus plunged into a ravine near Arequipa in southern Peru on Tuesday, killing at least 24 people and "
    "injuring 18, police in Puno said. Rescue workers pulled survivors from the wreck and took them to hospitals."
)
NEPAL = (
    "A passenger bus fell into a gorge near Jumla in western Nepal on Tuesday, killing at least 17 people and injuring "
    "29, police in Kathmandu said. Rescue workers pulled the injured from the wreck and flew them to hospitals."
)


def run(*texts: tuple[str, str]) -> list[Decision]:
    rehearsal = Rehearsal()
    return rehearsal.run(
        Envelope(key=str(n), source="t", title=title, text=text) for n, (title, text) in enumerate(texts)
    )


def package(number: int, more: str = "") -> tuple[str, str]:
    text = f"The Union on Monday adopted a {number}th package of sanctions. It bans {70 + number} goods.{more}"
    return f"Union adopts {number}th package of sanctions", text


def test_two_accidents_of_one_kind_are_two_stories_and_the_reader_is_told_why() -> None:
    first, second = run(("Bus plunges into ravine, 24 killed", PERU), ("Bus falls into gorge, 17 dead", NEPAL))
    assert (second.type, second.story.continues) == ("story.opened", None)
    assert second.relation.why[0] == (
        "Like “Bus plunges into ravine, 24 killed”, but neither has a name or a figure of the other's."
    )
    assert second.story.id != first.story.id


def test_the_next_of_a_number_continues_the_story_of_the_one_before() -> None:
    told = run(package(12), package(13), package(13, " Diamonds are among them, diplomats said."))
    assert [decision.type for decision in told[:2]] == ["story.opened"] * 2
    assert told[1].story.continues == told[0].story.id
    assert told[2].story.id == told[1].story.id
    assert told[1].relation.why == ("Like “Union adopts 12th package of sanctions”, but another of its number.",)


def test_what_a_story_has_told_later_counts_as_well() -> None:
    later = "The Union speaks of a 13th package of sanctions next, after its 12th package was adopted on Monday."
    told = run(package(12), ("Union speaks of more sanctions after 12th package", later), package(13))
    assert len({decision.story.id for decision in told}) == 1
