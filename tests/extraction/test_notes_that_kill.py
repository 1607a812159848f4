"""A kill by a note to editors or by a signal, in every format that has them, whatever the status."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ingest.delivery import WireItem
from ingest.extraction.wire import read_wire
from ingest.extraction.wire_fields import takes_back

NAMED = "<Identification><NewsIdentifier><PublicIdentifier>a</PublicIdentifier></NewsIdentifier></Identification>"
TOLD = "Two ships left Vardo."


def ninjs(note: str, signal: str = "", **fields: object) -> WireItem:
    item = {"uri": "a", "version": "2", "pubstatus": "usable", "ednote": note, "body_text": TOLD, **fields}
    return read_wire(json.dumps({**item, "signals": [signal] if signal else []}).encode(), "ninjs").items[0]


def g2(note: str, signal: str = "", more: str = "", named: str = "guid='a'") -> WireItem:
    said = signal and f"<signal qcode='sig:{signal}'/>"
    about = f"<edNote>{note}</edNote>{said}{more}"
    text = f"<contentSet><inlineData>{TOLD}</inlineData></contentSet>"
    return read_wire(f"<newsItem {named}><itemMeta>{about}</itemMeta>{text}</newsItem>".encode(), "xml").items[0]


def newsml1(note: str, managed: str = "", named: str = NAMED) -> WireItem:
    about = f"<Comment>{note}</Comment><NewsManagement><Status FormalName='Usable'/>{managed}</NewsManagement>"
    text = f"<NewsComponent><ContentItem><DataContent>{TOLD}</DataContent></ContentItem></NewsComponent>"
    return read_wire(f"<NewsML><NewsItem>{named}{about}{text}</NewsItem></NewsML>".encode(), "xml").items[0]


def nitf(note: str, named: str = "<doc-id id-string='a'/>") -> WireItem:
    head = f"<head><docdata>{named}<ed-msg info='{note}'/></docdata></head>"
    body = f"<body><body.content><p>{TOLD}</p></body.content></body>"
    return read_wire(f"<nitf>{head}{body}</nitf>".encode(), "xml").items[0]


FORMATS = pytest.mark.parametrize("told", [ninjs, g2, newsml1, nitf])
SIGNALLED = pytest.mark.parametrize("told", [ninjs, g2])
Told = Callable[..., WireItem]


@FORMATS
@pytest.mark.parametrize("note", ["Eds: MANDATORY KILL. He is not the suspect.", "WITHDRAWN: sent by mistake"])
def test_a_note_kills_by_its_first_words_in_every_format(told: Told, note: str) -> None:
    item = told(note)
    assert (item.status, item.withdraws, item.reason) == ("canceled", ("a",), note)


@FORMATS
@pytest.mark.parametrize("note", ["Eds: kill last graf", "Three killed", "Cancel embargo", "UPDATES with police"])
def test_a_note_that_only_speaks_of_it_kills_in_no_format(told: Told, note: str) -> None:
    item = told(note)
    assert (item.status, item.withdraws, item.text) == ("usable", (), TOLD)


@SIGNALLED
@pytest.mark.parametrize("signal", ["kill", "cancel", "retraction", "withdrawn", "withdrawal", "Retract", "killed"])
def test_a_signal_kills_by_any_word_that_takes_back(told: Told, signal: str) -> None:
    item = told("Eds: see below", signal)
    assert (item.status, item.withdraws) == ("canceled", ("a",))


@SIGNALLED
@pytest.mark.parametrize("signal", ["update", "correction", "cancel embargo", "skill"])
def test_another_signal_kills_nothing(told: Told, signal: str) -> None:
    item = told("Eds: see below", signal)
    assert (item.status, item.withdraws, item.text) == ("usable", (), TOLD)


@pytest.mark.parametrize("item", [g2("KILL", named=""), newsml1("KILL", named=""), nitf("KILL", named="")])
def test_a_kill_of_an_item_without_a_name_is_no_article(item: WireItem) -> None:
    assert (item.status, item.withdraws) == ("canceled", ())


@pytest.mark.parametrize(
    "item",
    [g2("", more="<pubStatus qcode='stat:canceled'/><embargoed/>"), ninjs("", pubstatus="canceled", embargoed="soon"),
     g2("", "kill", "<embargoed/>"), ninjs("KILL", embargoed="soon")],
)  # fmt: skip
def test_a_kill_is_one_under_an_embargo_too(item: WireItem) -> None:
    assert (item.status, item.withdraws) == ("canceled", ("a",))


def test_what_an_instruction_says_of_other_revisions_takes_no_item_back() -> None:
    other = "<RevisionStatus Revision='1'><Status FormalName='Canceled'/></RevisionStatus><Comment>KILL of 1</Comment>"
    item = newsml1("", f"<Instruction FormalName='Update'>{other}</Instruction>")
    assert (item.status, item.withdraws, item.text) == ("usable", (), TOLD)


@pytest.mark.parametrize("note", ["KILL: incorrect name", "MANDATORY KILL. In fact he is free", "KILL: Lastrup denies",
                                  "Kill - information was false", "KILL: first reports were wrong"])  # fmt: skip
def test_what_follows_a_kill_as_a_sentence_is_no_part_of_the_story(note: str) -> None:
    assert takes_back(note)


@pytest.mark.parametrize("note", ["Kill photographs", "Kill (last graf)", "KILL the headlines", "Cancel the embargo",
                                  "kill 'in Vardo'", "Withdraw paragraph 3"])  # fmt: skip
def test_a_part_of_the_story_is_killed_alone(note: str) -> None:
    assert not takes_back(note)


def test_of_several_notes_the_one_that_kills_counts() -> None:
    notes = [{"role": "mediaplanning", "value": "Photos will follow"}, {"value": "KILL: sent by mistake"}]
    item = ninjs("", ednotes=notes)
    assert (item.withdraws, item.reason) == (("a",), "KILL: sent by mistake")
    assert ninjs("Photos will follow", ednotes=["Corrects the name"]).correction
    assert g2("Photos will follow", more="<edNote>KILL: sent by mistake</edNote>").withdraws == ("a",)
    photos = "<Instruction FormalName='Update'><Comment>Photos to follow</Comment></Instruction>"
    assert newsml1("", photos).text == TOLD
    assert newsml1("KILL", photos).withdraws == ("a",)
    assert nitf("Photos will follow'/><ed-msg info='KILL: sent by mistake").withdraws == ("a",)


@pytest.mark.parametrize(
    "lines",
    [("Photos a suivre", "MANDATORY KILL"), ("", "MANDATORY KILL"), ("MANDATORY KILL", "Photos a suivre")],
)
def test_of_several_advisory_lines_the_one_that_kills_counts(lines: tuple[str, ...]) -> None:
    said = "".join(
        f"<NewsLine><NewsLineType FormalName='AdvisoryLine'/><NewsLineText>{text}</NewsLineText></NewsLine>"
        for text in lines
    )
    part = f"<NewsComponent><NewsLines>{said}</NewsLines></NewsComponent>"
    item = newsml1("", named=NAMED + part)
    assert (item.withdraws, item.reason) == (("a",), "MANDATORY KILL")


def test_a_kill_of_the_item_counts_beside_the_same_words_of_another_revision() -> None:
    other = "<RevisionStatus Revision='1'><Status FormalName='Canceled'/></RevisionStatus><Comment>KILL</Comment>"
    assert newsml1("KILL", f"<Instruction FormalName='Update'>{other}</Instruction>").withdraws == ("a",)
