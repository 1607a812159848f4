"""Labels of a version stand before a headline and are no part of it."""

from __future__ import annotations

import pytest

from ingest.alignment.labels import bare


@pytest.mark.parametrize(
    ("headline", "said"),
    [
        ("CORRECTED: Harbour closed", "Harbour closed"),
        ("CORRECTED-UPDATE 2-Harbour closed", "Harbour closed"),
        ("(CORRECTED) - Harbour closed", "Harbour closed"),
        ("REFILE-Harbour closed", "Harbour closed"),
        ("Correction: Harbour closed", "Harbour closed"),
        ("Update 2: Harbour closed", "Harbour closed"),
        ("(LEAD) Harbour closed", "Harbour closed"),
        ("Harbour closed (2nd LEAD)", "Harbour closed"),
        ("Harbour closed (corrected)", "Harbour closed"),
        ("BERICHTIGUNG: Hafen gesperrt", "Hafen gesperrt"),
        ("Hafen gesperrt (Zusammenfassung 2)", "Hafen gesperrt"),
        ("RECTIFICATIF-Le port est fermé", "Le port est fermé"),
        ("Исправление: Порт закрыт", "Порт закрыт"),
        ("更正：港口关闭", "港口关闭"),
        ("【訂正】港を閉鎖", "港を閉鎖"),
        ("[정정] 항구 폐쇄", "항구 폐쇄"),
        ("تصحيح: إغلاق الميناء", "إغلاق الميناء"),
    ],
)
def test_a_label_is_taken_off(headline: str, said: str) -> None:
    assert bare(headline) == said


@pytest.mark.parametrize(
    "headline",
    [
        "Correction in grain prices seen",
        "Correctional officers strike: prison closed",
        "Update-Pflicht für Geräte kommt",
        "Lead-free petrol to be sold from May",
        "Update 3 patients now, clinics are told",
        "5: the number of the day",
        "CORRECTED:",
        "Harbour closed",
    ],
)
def test_the_word_in_a_headline_is_no_label(headline: str) -> None:
    assert bare(headline) == headline
