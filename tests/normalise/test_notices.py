from __future__ import annotations

import pytest

from ingest.normalise.notices import is_correction, wire_number


@pytest.mark.parametrize(
    ("title", "sentences"),
    [
        ("CORRECTED-Harbour closed", ["It is."]),
        ("(CORRECTED) - Harbour closed", ["It is."]),
        ("Harbour closed (corrected)", ["It is."]),
        ("Correction: Harbour closed", ["It is."]),
        ("更正：港口关闭", ["它关闭了。"]),
        ("【訂正】港を閉鎖", ["港は閉鎖された。"]),
        ("DÜZELTME - Liman kapandı", ["Liman kapandı."]),
        ("تصحيح: إغلاق الميناء", ["أغلق الميناء."]),
        (None, ["(Corrects paragraph 2 to show it was Monday) It is closed."]),
        (None, ["CORRECTION - LONDON - HARBOUR CLOSED"]),
        (None, ["It is.", "(This story corrects the spelling of Roe)"]),
        (None, ["It is.", "An earlier version of this story misspelt a name."]),
        (None, ["Berichtigung: Im zweiten Absatz steht nun Montag."]),
    ],
)
def test_a_text_that_says_it_corrects_is_a_correction(title: str | None, sentences: list[str]) -> None:
    assert is_correction(title, sentences)


@pytest.mark.parametrize(
    ("title", "sentences"),
    [
        ("Market correction looms", ["Shares fell in what may be a correction: ten per cent."]),
        ("ACME CORRECTS EARNINGS", ["Acme said its net was lower."]),
        ("Correctional officers strike", ["The Department of Corrections closed a prison."]),
        (None, ["The fault has been corrected, the utility said."]),
        (None, []),
    ],
)
def test_news_of_corrections_is_none(title: str | None, sentences: list[str]) -> None:
    assert not is_correction(title, sentences)


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("UPDATE 2-Harbour closed", 2),
        ("REFILE-UPDATE 8-Harbour closed", 8),
        ("CORRECTED-UPDATE 1-Harbour closed", 1),
        ("WRAPUP 3-Harbours closed", 3),
        ("(2nd LEAD) Harbour closed", 2),
        ("(LEAD) Harbour closed", 1),
        ("LEAD 2: Harbour closed", 2),
        ("Harbour closed (Update2)", 2),
        ("Harbour closed, 2nd Ld-Writethru", 2),
        ("ADDS quote", None),
        ("Update on 2 harbours", None),
        ("Doe takes 2nd place", None),
        (None, None),
    ],
)
def test_the_wire_number_of_a_title(title: str | None, number: int | None) -> None:
    assert wire_number(title, ["It is."]) == number
