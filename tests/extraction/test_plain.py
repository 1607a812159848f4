from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from ingest.errors import Refused
from ingest.extraction.plain import decode, read_plain

SEEDS = Path(__file__).parents[1] / "fixtures" / "seeds"
BODY = "The harbour of the northern town was closed on Monday after a storm damaged both of its piers."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"Harbour closed after storm\n\n{BODY}", "Harbour closed after storm"),
        (f"Harbour closed after storm\n{BODY}", "Harbour closed after storm"),
        (f"\n\n# Harbour closed\n\n{BODY}", "Harbour closed"),
        (f"# **Harbour** [closed](https://example.com)\n{BODY}", "Harbour closed"),
        (f"Harbour closed\n======\n\n{BODY}", "Harbour closed"),
        (f"\ufeffHarbour closed?\r\n\r\n{BODY}", "Harbour closed?"),
        (f"“Weeks, not days”\n\n{BODY}", "“Weeks, not days”"),
        ("风暴过后港口关闭\n该市港口周一在风暴过后关闭，两座码头受损，渔民称修复需要数周时间。", "风暴过后港口关闭"),
        ("嵐で港が閉鎖\n\n市の港は月曜日、嵐の後に閉鎖された。", "嵐で港が閉鎖"),
    ],
)
def test_a_headline_becomes_the_title(text: str, title: str) -> None:
    assert read_plain(text).title == title


@pytest.mark.parametrize(
    "text",
    [
        f"{BODY}\nFishermen said that the repair would take weeks.",
        f"{BODY}",
        "Harbour closed",
        f"By Jane Doe\n\n{BODY}",
        f"https://example.com/a\n\n{BODY}",
        f"The harbour is closed.\n\n{BODY}",
        "The harbour of the northern town was\nclosed on Monday after a storm of\nstanding force.",
        "该市港口周一关闭。\n渔民称修复需要数周时间，大部分渔船已转移到南方。",
        f"OSLO, June 18:\n\n{BODY}",
        "",
        " \n \n",
    ],
)
def test_a_first_sentence_is_no_title(text: str) -> None:
    assert read_plain(text).title is None


def test_every_line_stays_in_the_text() -> None:
    text = f"# Harbour closed\n\nBy Jane Doe\n\n{BODY}\nAFP"
    assert read_plain(text).text == text


def test_the_seeds_have_four_titles() -> None:
    titles = [read_plain(decode(path.read_bytes())).title for path in sorted(SEEDS.glob("*.txt"))]
    assert [title is not None for title in titles] == [True, True, True, False, True]


@pytest.mark.parametrize(
    "data",
    [
        "Größe “x” 中".encode(),
        codecs.BOM_UTF8 + "Größe “x” 中".encode(),
        codecs.BOM_UTF16_LE + "Größe “x” 中".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "Größe “x” 中".encode("utf-16-be"),
        codecs.BOM_UTF32_LE + "Größe “x” 中".encode("utf-32-le"),
    ],
)
def test_unicode_is_read_with_and_without_its_mark(data: bytes) -> None:
    assert decode(data) == "Größe “x” 中"


def test_a_declared_encoding_is_used_where_utf8_does_not_fit() -> None:
    assert decode("Größe".encode("cp1252"), "cp1252") == "Größe"
    assert decode("港口关闭".encode("gb18030"), "gb18030") == "港口关闭"


def test_an_undeclared_encoding_is_found() -> None:
    text = "Der Hafen der Stadt wurde am Montag geschlossen, weil ein Sturm die Mole beschädigt hat. Schön für Möwen. "
    assert decode((text * 5).encode("cp1252")) == text * 5
    russian = "Порт города был закрыт в понедельник после шторма, который повредил оба причала. "
    assert decode((russian * 5).encode("cp1251")) == russian * 5


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"PK\x03\x04" + bytes(40), bytes(range(1, 32)) * 4])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        decode(data)
    assert refused.value.reason == "binary"
