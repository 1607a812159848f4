from __future__ import annotations

import pytest

from ingest.model import Accepted, Envelope
from ingest.normalise import normalise
from ingest.normalise.attribution import attributed
from ingest.normalise.credit import named
from ingest.normalise.signatures import byline, is_credit

BODY = "The harbour of the northern town was closed on Monday after a storm damaged both of its piers."


def credit_of(text: str) -> str | None:
    return normalise(Accepted("1-0", 0, Envelope(key="k", source="s", text=text))).credit


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("AFP", "AFP"),
        ("(Reuters)", "Reuters"),
        ("REUTER", "Reuters"),
        ("– dpa", "dpa"),
        ("Source: Xinhua", "Xinhua"),
        ("来源：新华社", "Xinhua"),
        ("ТАСС", "TASS"),
        ("Associated Press", "AP"),
        ("AFP/dpa", "AFP"),
    ],
)
def test_a_line_that_is_an_agency_credits_it(line: str, name: str) -> None:
    assert is_credit(line)
    assert named(line) == name


@pytest.mark.parametrize("line", ["ap", "pa", "The AP is wrong", "Grand PA", "AFPX", "tt", "Reuters reported that"])
def test_words_that_only_spell_like_an_agency_do_not(line: str) -> None:
    assert not is_credit(line)


def test_a_credit_line_goes_before_a_dateline_and_both_before_attribution() -> None:
    assert credit_of(f"OSLO (Reuters) - {BODY} “Yes,” the mayor told AFP.\n\nAP") == "AP"
    assert credit_of(f"OSLO (Reuters) - {BODY} “Yes,” the mayor told AFP.") == "Reuters"
    assert credit_of(f"{BODY} “Yes,” the mayor told AFP.") == "AFP"
    assert credit_of(BODY) is None


def test_interviews_weigh_more_than_reports() -> None:
    assert (
        attributed(["Reuters reported a storm.", "According to Reuters it was the third.", "He told AFP so."]) == "AFP"
    )
    assert attributed(["TASS reported it."]) is None  # quoted far more often than carried


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("Von dpa\n\nDer Hafen wurde am Montag geschlossen.", "dpa"),
        ("Der Hafen wurde am Montag geschlossen. (dpa/lno)", "dpa"),
        ("Der Hafen wurde am Montag geschlossen.\n\nQuelle: example.de, als/AFP", "AFP"),
        ("Der Hafen wurde am Montag geschlossen.\n\nMit Material von dpa", "dpa"),
        ("Der Hafen sei zu, sagte der Bürgermeister der Deutschen Presse-Agentur.", "dpa"),
        ("La Gazette avec AFP\n\nLe port a été fermé lundi.", "AFP"),
        ("Le port est fermé, a déclaré le maire de la ville à l'AFP.", "AFP"),
        ("El puerto fue cerrado el lunes. EFE", "EFE"),
        ("MADRID, 18 Jun. (EUROPA PRESS) - El puerto fue cerrado el lunes.", "Europa Press"),
        ("El puerto fue cerrado el lunes.\n\n(Con información de AFP)", "AFP"),
        ("МОСКВА, 18 июн — РИА Новости. Порт закрыт в понедельник.", "RIA Novosti"),
        ("МОСКВА, 18 июня. /ТАСС/. Порт закрыт в понедельник.", "TASS"),
        ("Порт закрыт в понедельник, сообщает агентство Рейтер.", "Reuters"),
        ("港口星期一关闭。（新华社）", "Xinhua"),
        ("据法新社报道，港口星期一关闭。", "AFP"),
        ("来源：央视新闻客户端\n\n港口星期一关闭。", "CCTV"),
        ("【ソウル共同】港は月曜、閉鎖された。", "Kyodo"),
        ("［東京　１８日　ロイター］ - 港は月曜、閉鎖された。", "Reuters"),
        ("港は月曜、閉鎖された。（時事）", "Jiji"),
        ("القاهرة (رويترز) - أغلق الميناء يوم الاثنين.", "Reuters"),
        ("القاهرة - أ ف ب: أغلق الميناء يوم الاثنين.", "AFP"),
        ("برلين (د ب أ) - أغلق الميناء يوم الاثنين.", "dpa"),
        ("أغلق الميناء يوم الاثنين، حسبما ذكرت وكالة فرانس برس.", "AFP"),
        ("إسطنبول/ الأناضول\n\nأغلق الميناء يوم الاثنين.", "Anadolu"),
        ("Liman pazartesi günü kapatıldı.\n\nKaynak: AA", "Anadolu"),
        ("Liman pazartesi günü kapatıldı. (DHA)", "DHA"),
        ("ወደቡ ሰኞ ዕለት ተዘግቷል።\n\nምንጭ፦ ሮይተርስ", "Reuters"),
        ("ท่าเรือปิดเมื่อวันจันทร์\n\nที่มา: รอยเตอร์", "Reuters"),
        ("Port zamknięto w poniedziałek. (PAP)", "PAP"),
    ],
)
def test_agencies_are_credited_as_each_language_does_it(text: str, agency: str) -> None:
    assert credit_of(text) == agency


@pytest.mark.parametrize(
    "text",
    [
        "The harbour is run by the People's Action Party (PAP).",
        "في تاسع أيام المعرض أغلق الميناء.",
        "共同声明は月曜に出された。",
        "Der Hafen wurde mit Material von der Küste verfüllt.",
        "Le maire a parlé à l'AFPX.",
        "He met the AP and left. Nothing else happened there, ap",
    ],
)
def test_words_that_only_look_like_an_agency_credit_nobody(text: str) -> None:
    assert credit_of(text) is None


def test_who_signs_the_last_sentence_is_no_part_of_it() -> None:
    article = normalise(Accepted("1-0", 0, Envelope(key="k", source="s", text=f"{BODY} (dpa/lno)\n\nShare this")))
    assert article.sentences == (BODY,)
    assert ("(dpa/lno)", "credit") in [(line.text, line.mark) for line in article.marked]


def test_bylines_give_author_and_agency() -> None:
    for line, name, agency in [
        ("By Cat Barton for AFP", "Cat Barton", "AFP"),
        ("By JANE DOE and RICHARD ROE", "JANE DOE and RICHARD ROE", None),
        ("Jane Doe, Associated Press", "Jane Doe", "AP"),
        ("By Jane Doe in Oslo | Reuters", "Jane Doe", "Reuters"),
        ("作者：李四", "李四", None),
        ("By the AP", None, "AP"),
    ]:
        signed = byline(line)
        assert signed is not None
        assert (signed.byline, signed.credit) == (name, agency)
    for line in ["By Monday evening the army", "BY THE NUMBERS", "By 2030", "By and large, no"]:
        assert byline(line) is None
