"""Known, cosmetic, changed or new: each sentence of a text against what was told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.alignment import Alignment, Match, align, prepare

OLD = [
    "The ferry Aurora sank off the northern coast early on Monday with 212 people on board.",
    "Rescue boats from three harbours searched the bay for survivors throughout the morning.",
    "The owner said that the ship had been inspected in March and found to be in good order.",
    'The captain told a radio station that the engine "stopped without any warning at all".',
]


def one(new: str, old: list[str] | None = None) -> Match:
    return aligned(new, old).matches[0]


def aligned(new: str, old: list[str] | None = None) -> Alignment:
    return align(prepare(OLD if old is None else old), prepare([new]))


def test_the_same_words_in_another_typography_are_known() -> None:
    assert (
        one("The captain told a radio station that the engine “stopped without any warning at all.”").status == "known"
    )


def test_filler_and_days_are_cosmetic() -> None:
    match = one("The ferry Aurora sank off the northern coast early Tuesday with 212 people reportedly on board.")
    assert match.status == "cosmetic"


def test_a_typing_error_put_right_is_cosmetic() -> None:
    old = ["The minister of transport, Ms Bergstrom, opened the enquiry into the accident on the coast."]
    assert (
        one("The minister of transport, Ms Bergstrom, opened the enquiry into the accidnet.", old).status == "cosmetic"
    )
    assert (
        one("The minister of transport, Ms Bergstron, opened the enquiry into the accident.", old).status == "cosmetic"
    )


def test_another_figure_is_a_change_and_names_both() -> None:
    found = aligned("The ferry Aurora sank off the northern coast early on Monday with 230 people on board.")
    assert found.matches[0].status == "changed"
    assert [(change.was, change.now) for change in found.figure_changes(found.matches[0])] == [("212", "230")]


def test_a_figure_that_counts_twice_is_seen_when_one_of_them_changes() -> None:
    old = ["The committee is made up of 10 senators and 10 representatives of both houses."]
    found = aligned("The committee is made up of 10 senators and 15 representatives of both houses.", old)
    assert [(change.was, change.now) for change in found.figure_changes(found.matches[0])] == [("10", "15")]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("The company will close the plant in Ohio.", "The company will not close the plant in Ohio."),
        ("Russia attacked Ukraine with drones.", "Ukraine attacked Russia with drones."),
        ("The hostages were freed.", "The hostages were killed."),
        ("UK troops left the base before dawn on Friday.", "US troops left the base before dawn on Friday."),
        ("The EU said the vaccine was safe for children.", "The WHO said the vaccine was safe for children."),
        ("Losses were 10 mln dlrs in the quarter.", "Losses were 10 bln dlrs in the quarter."),
        (
            "THE GOVERNMENT OF FRANCE SAID PROFIT TAXES WOULD RISE NEXT YEAR ACROSS ALL SECTORS OF TRADE.",
            "THE GOVERNMENT OF SPAIN SAID PROFIT TAXES WOULD RISE NEXT YEAR ACROSS ALL SECTORS OF TRADE.",
        ),
        (
            "Bundeskanzler Olaf Scholz reiste am Dienstag nach Berlin, um über Preise zu sprechen.",
            "Bundeskanzler Olaf Scholz reiste am Dienstag nach Paris, um über Preise zu sprechen.",
        ),
        (
            "Президент прибыл в Пхеньян во вторник, сообщил Кремль.",
            "Президент прибыл в Пекин во вторник, сообщил Кремль.",
        ),
        (
            "رئيس الوزراء وصل إلى القاهرة يوم الثلاثاء لإجراء محادثات مع الرئيس",
            "رئيس الوزراء وصل إلى بيروت يوم الثلاثاء لإجراء محادثات مع الرئيس",
        ),
        (
            "وصل وفد NATO إلى القاهرة يوم الثلاثاء لإجراء محادثات مع الرئيس",
            "وصل وفد NATO إلى بيروت يوم الثلاثاء لإجراء محادثات مع الرئيس",
        ),
        (
            "据新华社报道，美国总统拜登周二访问了北京，并会见了官员。",
            "据新华社报道，美国总统特朗普周二访问了北京，并会见了官员。",
        ),
        ("นายกรัฐมนตรีเดินทางถึงกรุงเทพพร้อมคณะ 10 คน", "นายกรัฐมนตรีเดินทางถึงกรุงเทพพร้อมคณะ 12 คน"),
        (
            "The inspectors who saw the ship said that it had been found to be in good order in March.",
            "The inspectors who saw the ship said that it had been found to be in good order in May.",
        ),
        (
            "The court of the capital will hear the former minister on 5 May at the earliest, said a judge.",
            "The court of the capital will hear the former minister on 5 March at the earliest, said a judge.",
        ),
        (
            "Le tribunal de la capitale entendra l'ancien ministre des transports en mars au plus tôt, selon un juge.",
            "Le tribunal de la capitale entendra l'ancien ministre des transports en mai au plus tôt, selon un juge.",
        ),
        (
            "El tribunal de la capital examinará el recurso del exministro el 3 de marzo como pronto, dijo un juez.",
            "El tribunal de la capital examinará el recurso del exministro el 3 de abril como pronto, dijo un juez.",
        ),
        (
            "Суд столицы рассмотрит апелляцию бывшего министра транспорта не ранее 3 марта, сообщил судья города.",
            "Суд столицы рассмотрит апелляцию бывшего министра транспорта не ранее 3 апреля, сообщил судья города.",
        ),
        (
            "Prince Harry attended the ceremony with his wife on Friday evening in the old town hall of the city.",
            "Prince Will attended the ceremony with his wife on Friday evening in the old town hall of the city.",
        ),
        (
            "The chief executive of the group, Jack Lin, said that he would step down at the end of the year.",
            "The chief executive of the group, Jack Ma, said that he would step down at the end of the year.",
        ),
        (
            "The minister said the HR department had lost the records of all the passengers of that night.",
            "The minister said the IT department had lost the records of all the passengers of that night.",
        ),
        (
            "The group can pay the fine that the court in the capital has set, a spokesman of the company said.",
            "The group can't pay the fine that the court in the capital has set, a spokesman of the company said.",
        ),
    ],
)
def test_one_word_that_turns_the_meaning_is_a_change(was: str, now: str) -> None:
    assert one(now, [was]).status == "changed"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (
            "据新华社报道，美国总统拜登周二访问了北京，并会见了官员。",
            "据新华社报道，美国总统拜登周二访问北京，并会见了官员。",
        ),
        (
            "Президент Путин прибыл в Пхеньян во вторник, сообщил Кремль.",
            "Во вторник президент Путин прибыл в Пхеньян.",
        ),
        (
            "The court will hear the appeal on March 5, a judge said in the capital on Friday evening.",
            "The court will hear the appeal on 5 March, a judge said in the capital on Friday evening.",
        ),
        (
            "The court will hear the appeal on Mar. 5, a judge said in the capital on Friday evening.",
            "The court will hear the appeal on March 5, a judge said in the capital on Friday evening.",
        ),
        (
            "The report in the Northern Times said that the company had known about the fault for many years.",
            "The report in The Northern Times says the company had known about the fault for many years.",
        ),
        (
            "He won the race in the northern capital by four seconds on Sunday, the organisers of the event said.",
            "He took the race in the northern capital by four seconds on Sunday, the organisers of the event said.",
        ),
        (
            "Senator Anna Berg told reporters that the law would be passed by both houses in the spring.",
            "Sen. Anna Berg told reporters that the law would be passed by both houses in the spring.",
        ),
        (
            "Профессор Иванов сказал журналистам, что закон будет принят обеими палатами весной.",
            "Проф. Иванов сказал журналистам, что закон будет принят обеими палатами весной.",
        ),
        (
            "The duty on juice from the south was last set on Oct. 17 by the department of trade.",
            "The duty on juice from the south was last set on October 17 by the department of trade.",
        ),
        (
            "He did not say who would pay, but officials expect the bank to give most of the money for the road.",
            "Officials expect the bank to give most of the money for the road.",
        ),
        (
            "The officials declined to say whether the companies of the region had paid the charge on time.",
            "The officials would not say whether the companies of the region had paid the charge on time.",
        ),
        (
            "The group cannot pay the fine, a spokesman of the company told the court in the capital on Friday.",
            "The group can't pay the fine, a spokesman of the company told the court in the capital on Friday.",
        ),
    ],
)
def test_a_copy_edit_is_cosmetic(was: str, now: str) -> None:
    assert one(now, [was]).status == "cosmetic"


def test_another_statement_is_new() -> None:
    match = one("Two crew members were arrested in the capital, a prosecutor told reporters on Wednesday evening.")
    assert match.status == "new"
    assert "prosecutor" in match.words


def test_a_name_told_anywhere_is_not_a_new_name() -> None:
    old = [*OLD, "Inspectors of the Seaways Institute in Oslo joined the search."]
    match = one("Rescue boats from three Oslo harbours searched the bay for survivors throughout the morning.", old)
    assert match.names == frozenset()


def test_a_cross_head_is_no_statement() -> None:
    assert one("‘Lonely bromance’").status == "known"


def test_a_sentence_that_the_text_repeats_counts_once() -> None:
    news = "Two crew members were arrested in the capital."
    assert [match.status for match in align(prepare(OLD), prepare([news, news])).matches] == ["new", "known"]


def test_what_is_left_out_is_removed_and_what_moved_is_not() -> None:
    found = align(prepare(OLD), prepare([OLD[3], OLD[0], OLD[1]]))
    assert [sentence.text for sentence in found.removed] == [OLD[2]]


def test_of_two_told_versions_the_one_that_agrees_is_the_partner() -> None:
    old = ["At least 10 people died in the fire at the mill.", "At least 12 people died in the fire at the mill."]
    assert one("At least 12 people have died in the big fire at the mill.", old).partner == 1


@given(st.lists(st.text(), max_size=6), st.lists(st.text(), max_size=6))
def test_any_two_texts_align_and_a_text_tells_itself_nothing(old: list[str], new: list[str]) -> None:
    assert len(align(prepare(old), prepare(new)).matches) == len(new)
    assert not align(prepare(new), prepare(new)).material
