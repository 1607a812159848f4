from __future__ import annotations

import pytest

from ingest.normalise.language import detect, primary


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en-GB", "en"),
        ("EN_us", "en"),
        ("eng", "en"),
        ("zh-Hans-CN", "zh"),
        ("und", None),
        ("x", None),
        ("english", None),
        (None, None),
    ],
)
def test_a_given_tag_is_reduced_to_its_primary_subtag(tag: str | None, code: str | None) -> None:
    assert primary(tag) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The harbour of the town was closed on Monday after a storm.", "en"),
        ("Oper shr 34 cts vs 21 cts Net 807,000 vs 285,000 Revs 12.1 mln vs 9.6 mln Avg shrs 7.4 mln", "en"),
        ("Der Hafen der Stadt wurde am Montag nach einem Sturm geschlossen.", "de"),
        ("Le port de la ville a été fermé lundi après une tempête.", "fr"),
        ("El puerto de la ciudad fue cerrado el lunes después de una tormenta.", "es"),
        ("Порт города был закрыт в понедельник после шторма.", "ru"),
        ("风暴过后，该市港口周一关闭。", "zh"),
        ("嵐の後、市の港は月曜日に閉鎖された。", "ja"),
        ("폭풍 후 도시의 항구가 월요일에 폐쇄되었다.", "ko"),
        ("ท่าเรือของเมืองถูกปิดในวันจันทร์", "th"),
        ("Bandari ya mji huo ilifungwa siku ya Jumatatu baada ya dhoruba kubwa.", "sw"),
        ("OK", None),
        ("12 345 678 90", None),
    ],
)
def test_a_language_is_told_by_its_first_sentence(text: str, code: str | None) -> None:
    assert detect(text) == code
