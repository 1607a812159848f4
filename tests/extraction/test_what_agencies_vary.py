"""Forms of one thing that the specifications allow and agencies send: embargoes, kills, codings, parts, telex lines."""

from __future__ import annotations

import base64
import json

import pytest

from ingest.delivery import WireItem
from ingest.extraction.wire import read_wire
from ingest.sources.wire import kind_of

TOLD = "Two ships left Vardo."
PACKED = base64.b64encode(f"<p>{TOLD}</p>".encode()).decode()


def g2(about: str = "", content: str = "", inside: str = f"<inlineData>{TOLD}</inlineData>") -> WireItem:
    parts = f"<itemMeta>{about}</itemMeta><contentMeta>{content}</contentMeta><contentSet>{inside}</contentSet>"
    return read_wire(f"<newsItem guid='urn:a'>{parts}</newsItem>".encode(), "xml").items[0]


def newsml1(managed: str = "", inside: str = f"<DataContent>{TOLD}</DataContent>") -> WireItem:
    named = "<Identification><NewsIdentifier><PublicIdentifier>a</PublicIdentifier></NewsIdentifier></Identification>"
    text = f"<NewsComponent><ContentItem>{inside}</ContentItem></NewsComponent>"
    item = f"<NewsItem>{named}<NewsManagement>{managed}</NewsManagement>{text}</NewsItem>"
    return read_wire(f"<NewsML>{item}</NewsML>".encode(), "xml").items[0]


def nitf(status: str, more: str = "") -> WireItem:
    head = f"<head><docdata management-status='{status}'><doc-id id-string='a'/>{more}</docdata></head>"
    return read_wire(
        f"<nitf>{head}<body><body.content><p>{TOLD}</p></body.content></body></nitf>".encode(), "xml"
    ).items[0]


def ninjs(**fields: object) -> WireItem:
    return read_wire(json.dumps({"uri": "a", "body_text": TOLD, **fields}).encode(), "ninjs").items[0]


def message(*lines: str, date: str = "162101 GMT Jun 24") -> WireItem:
    text = "\n".join(("ska0124 3 i 93", "Vardo/ships/", *lines, "", date, ""))
    return read_wire(text.encode(), "iptc7901").items[0]


HEAD = ("Ships leave Vardo =", "", TOLD)


def test_embargoed_without_an_end_withholds_in_every_format() -> None:
    endless = [
        g2('<pubStatus qcode="stat:embargoed"/>'),
        newsml1("<Status FormalName='Embargoed'/>"),
        nitf("embargoed"),
        nitf("embargoed", "<date.release norm='soon'/>"),
        ninjs(pubstatus="embargoed"),
        message("SPERRFRIST: 16. Juni, 18.00 Uhr", *HEAD),
        message("EMBARGO UNTIL 1800 GMT", *HEAD),
        message("*** Sperrfrist ***", *HEAD),
    ]
    assert [item.status for item in endless] == ["withheld"] * len(endless)


def test_embargoed_with_an_end_is_an_article_that_says_until_when() -> None:
    will = "<FutureStatus FormalName='Usable'/><DateAndTime>20300616T101600Z</DateAndTime>"
    ending = [
        g2('<pubStatus qcode="stat:embargoed"/><embargoed>2030-06-16T10:16:00Z</embargoed>'),
        newsml1(f"<Status FormalName='Embargoed'/><StatusWillChange>{will}</StatusWillChange>"),
        nitf("embargoed", "<date.release norm='20300616T101600Z'/>"),
        ninjs(pubstatus="embargoed", embargoed="2030-06-16T10:16:00Z"),
    ]
    assert [(item.status, item.embargo) for item in ending] == [("usable", 1_907_835_360_000)] * 4


@pytest.mark.parametrize(
    "headline", ["EMBARGO AGAINST ARDAL LIFTED =", "Embargo: Hollin stops trade =", "Embargo in 3 ports ="]
)
def test_a_headline_of_an_embargo_is_none(headline: str) -> None:
    item = message(headline, "", TOLD)
    assert (item.status, item.title) == ("usable", headline.rstrip(" ="))


@pytest.mark.parametrize(
    "lines",
    [("SPERRFRIST FÜR AGRARBERICHT", "FÄLLT WEG ="), ("EMBARGO: 12 SHIPS HELD", "OFF VARDO ="),
     ("EMBARGO: 12 MARINES, 1.5 MILLION", "BARRELS AND 2 SHIPS HELD", "OFF VARDO, SAYS", "THE NAVY ON 16 JUNE =")],
)  # fmt: skip
def test_a_headline_of_several_lines_that_begins_with_the_word_is_no_embargo(lines: tuple[str, ...]) -> None:
    item = message(*lines, "", TOLD)
    assert (item.status, item.title, item.text) == ("usable", " ".join(lines).rstrip(" ="), TOLD)


@pytest.mark.parametrize(
    "line",
    ["SPERRFRIST", "SPERRFRIST 18 UHR", "SPERRFRIST 1800", "SPERRFRIST: Redebeginn", "SPERRFRIST BIS REDEBEGINN",
     "SPERRFRIST GILT BIS ZUR REDE", "SPERRFRIST FÜR ALLE 16. JUNI", "SPERRFRIST HEUTE ABEND", "EMBARGO", "EMBARGO!",
     "EMBARGO UNTIL 1800", "EMBARGO: JUNE 16, NOON", "EMBARGO: 6 p.m. Sunday", "EMBARGO 16/06 1800 LOCAL",
     "SPERRFRIST ENTFÄLLT AB 18 UHR", "SPERRFRIST NICHT AUFGEHOBEN BIS 18 UHR", "EMBARGO: 2024-06-16"],
)  # fmt: skip
def test_an_embargo_right_before_the_headline_withholds(line: str) -> None:
    item = message(line, *HEAD)
    assert (item.status, item.title) == ("withheld", "Ships leave Vardo")


@pytest.mark.parametrize("between", ["", "16. Juni 18 Uhr", "EIL", "(Zusammenfassung)"])
def test_an_embargo_of_words_alone_withholds_where_it_begins_no_headline(between: str) -> None:
    assert message("SPERRFRIST FÜR ZEITUNGEN", between, *HEAD).status == "withheld"


@pytest.mark.parametrize(
    "line",
    ["SPERRFRIST AUFGEHOBEN", "Sperrfrist ist aufgehoben.", "SPERRFRIST ENTFÄLLT", "* SPERRFRIST: ENTFAELLT *",
     "SPERRFRIST AUFGEHOBEN - TEXT IST FREI", "EMBARGO LIFTED", "EMBARGO HAS BEEN LIFTED", "EMBARGO LEVÉ",
     "Embargo: a été levé"],
)  # fmt: skip
def test_an_embargo_that_is_lifted_withholds_nothing(line: str) -> None:
    for lines in ((line,), ("SPERRFRIST 18 UHR", line)):
        item = message(*lines, *HEAD)
        assert (item.status, item.title, item.details["signals"]) == ("usable", "Ships leave Vardo", lines)
    assert message(line, "SPERRFRIST 18 UHR", *HEAD).status == "withheld"


@pytest.mark.parametrize("word", ["Kill", "kill", "Instr:Withdraw", "Mandatory Kill", "Cancelled", "Kill story"])
def test_an_instruction_of_newsml_kills(word: str) -> None:
    assert newsml1(f"<Status FormalName='Usable'/><Instruction FormalName='{word}'/>").withdraws == ("a",)


@pytest.mark.parametrize("word", ["Cancel embargo", "Cancel subscription", "Kill last graf", "Withdraw photo"])
def test_an_instruction_to_cancel_something_else_takes_no_item_back(word: str) -> None:
    item = newsml1(f"<Status FormalName='Usable'/><Instruction FormalName='{word}'/>")
    assert (item.status, item.withdraws, item.text) == ("usable", (), TOLD)


@pytest.mark.parametrize("revision", ["", " Revision='1'"])
def test_an_instruction_on_other_revisions_takes_no_item_back(revision: str) -> None:
    other = f"<RevisionStatus{revision}><Status FormalName='Canceled'/></RevisionStatus>"
    for word in ("Kill", "Correction"):
        item = newsml1(f"<Status FormalName='Usable'/><Instruction FormalName='{word}'>{other}</Instruction>")
        assert (item.status, item.withdraws, item.text) == ("usable", (), TOLD)
        assert item.correction == (word == "Correction")


def test_an_instruction_that_corrects_is_told_also_where_it_is_not_the_first() -> None:
    item = newsml1("<Instruction FormalName='Update'/><Instruction FormalName='Correction'/>")
    assert (item.correction, item.withdraws) == (True, ())


def test_a_text_within_an_encoding_is_read() -> None:
    inside = "<Encoding Notation='none'><DataContent>{}</DataContent></Encoding>"
    assert newsml1(inside=inside.format(TOLD)).text == TOLD
    assert newsml1(inside=inside.replace("none", "Base64").format(PACKED)).text == TOLD
    assert newsml1(inside=inside.replace("none", "uuencode").format(PACKED)).refused == "no-text"


@pytest.mark.parametrize(("coding", "text"), [("encd:b64", TOLD), ("encd:base64", TOLD), ("encd:zip", "")])
def test_data_in_another_coding_is_unpacked_or_no_text(coding: str, text: str) -> None:
    assert g2(inside=f'<inlineData encoding="{coding}" contenttype="text/html">{PACKED}</inlineData>').text == text


def test_base64_that_is_none_is_no_text() -> None:
    assert g2(inside='<inlineData encoding="encd:b64">Two ships!</inlineData>').text == ""


def test_the_main_body_goes_before_a_box_in_markup() -> None:
    box = {"role": "factbox", "contenttype": "text/html", "value": "<p>Vardo has 2,000 people.</p>"}
    main = {"role": "main", "contenttype": "text/plain", "value": TOLD}
    assert ninjs(bodies=[box, main]).text == TOLD
    assert (
        ninjs(bodies=[main, main | {"contenttype": "text/html", "value": f"<p>{TOLD}</p><p>B</p>"}]).text
        == f"{TOLD}\nB"
    )


def test_the_main_headline_goes_before_one_with_a_role_of_its_own() -> None:
    assert g2(content='<headline role="hl:sub">Sub</headline><headline>Main</headline>').title == "Main"
    assert g2(content='<headline role="hl:sub">Sub</headline><headline role="hl:main">Main</headline>').title == "Main"
    assert g2(content='<headline role="hl:sub">Sub</headline>').title == "Sub"


@pytest.mark.parametrize("date", ["162101 GMT Jun 2024", "162101Z JUN 24", "162101 GMT Jun 24", "162101GMT Jun 2024"])
def test_a_message_is_of_the_day_that_it_says(date: str) -> None:
    assert message(*HEAD, date=date).id == "ska0124-20240616"


def test_a_line_in_brackets_before_the_headline_is_to_editors() -> None:
    told = message("(Zusammenfassung 1400 - Neu: Zahl)", *HEAD)
    assert (told.title, told.text, told.correction) == ("Ships leave Vardo", TOLD, False)
    assert message("(Berichtigung: im ersten Absatz)", *HEAD).correction
    assert message("(Photo follows.)", "", TOLD).title == "(Photo follows.)"  # no headline follows it


def test_lines_of_a_telex_around_messages_are_none_of_theirs() -> None:
    lines = ("ZCZC 1", "\x01ska0124 3 i 93", "Vardo/", "\x02Ships leave Vardo =", "", TOLD, "\x03162101 GMT Jun 24\x04")
    one = "\r\n".join((*lines, "NNNN", ""))
    for data in (one * 2, "".join(c for c in one * 2 if c not in "\x01\x02\x03\x04")):
        assert kind_of(data.encode()) == "iptc7901"
        items = read_wire(data.encode(), "iptc7901").items
        assert [(item.id, item.text) for item in items] == [("ska0124-20240616", TOLD)] * 2


def test_a_line_of_the_text_that_begins_as_a_telex_line_ends_keeps_its_letters() -> None:
    item = message("Ships leave Vardo =", "", "The code was", "NNNN-4, then", "NNNNN.", "NNNN \t", TOLD)
    assert item.text == f"The code was NNNN-4, then NNNNN. {TOLD}"
    one = f"\x01ska0124 3 i 93\nVardo/\nShips leave Vardo =\n\n{TOLD}\n162101 GMT Jun 24\nNNNN"
    assert [item.text for item in read_wire((one * 2).encode(), "iptc7901").items] == [TOLD] * 2


def test_where_the_item_has_no_headline_that_of_its_text_is_its_title() -> None:
    body = "<body><body.head><hedline><hl1>Ferry back</hl1></hedline></body.head>"
    inside = f"<inlineXML><nitf>{body}<body.content><p>{TOLD}</p></body.content></body></nitf></inlineXML>"
    assert g2(content="<headline/>", inside=inside).title == "Ferry back"
    assert g2(content="<headline>Ships</headline>", inside=inside).title == "Ships"
