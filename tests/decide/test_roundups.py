"""A round-up through the desk: no version of what it takes together, and its event names it."""

from __future__ import annotations

from ingest.model import Envelope
from rehearsal import Rehearsal

NEWS = {
    "ferry": "The ferry Aurora sank off the northern coast early on Monday with 212 people aboard, rescuers said. "
    "Rescue boats from three harbours searched the bay for survivors throughout the morning in heavy seas. "
    "The owner said that the ship had been inspected in March and was found to be in good order.",
    "zinc": "Zinc prices fell to their lowest in a decade after smelters in Antwerp cut their orders once more. "
    "Traders in London spoke of empty books, and the exchange raised what it asks of those who borrow. "
    "Two mines in the Andes will close in autumn unless the price recovers, their owners told investors.",
    "vote": "Parliament in Lisbon passed the budget for next year with the votes of three parties after a debate. "
    "The finance minister promised to lower the tax on rents as soon as the deficit is below two percent. "
    "The opposition called the vote a farce and left the chamber before the result was read out.",
}


def article(key: str, text: str, title: str) -> Envelope:
    return Envelope(key=key, source="t", title=title, text=text)


SINGLE = [article(key, text, text.split(" with")[0][:50]) for key, text in NEWS.items()]


def test_a_round_up_names_its_texts_and_is_a_version_of_none() -> None:
    rehearsal = Rehearsal()
    told = rehearsal.run([*SINGLE, article("brief", " ".join(NEWS.values()), "Today's news in brief")])
    assert len({decision.story.id for decision in told[:3]}) == 3
    brief = told[-1]
    assert brief.relation.kind in ("new", "coverage")
    assert brief.relation.to is None
    assert brief.supersedes == ()
    assert set(brief.relation.also) == set(NEWS)
    assert brief.relation.why[-1].startswith("A round-up: ")
    trace = rehearsal.records.body(rehearsal.row(brief)).trace
    assert "round-up of 3 texts" in [step.verdict for step in trace]


def test_the_next_version_of_a_text_of_a_round_up_is_its_version() -> None:
    more = " Divers found the wreck on Tuesday at a depth of 80 metres."
    brief = article("brief", " ".join(NEWS.values()), "Today's news in brief")
    told = Rehearsal().run([*SINGLE, brief, article("ferry2", NEWS["ferry"] + more, SINGLE[0].title or "")])
    assert told[-1].relation.kind == "revision"
    assert told[-1].relation.to is not None
    assert told[-1].relation.to.id == "ferry"


def test_the_same_round_up_elsewhere_is_its_copy() -> None:
    text = " ".join(NEWS.values())
    told = Rehearsal().run([*SINGLE, article("brief", text, "News in brief"), article("brief2", text, "The day")])
    assert told[-1].relation.kind == "copy"
    assert told[-1].relation.to is not None
    assert told[-1].relation.to.id == "brief"
