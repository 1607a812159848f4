from __future__ import annotations

import pytest

from ingest.encodings import xml_text

GERMAN = "Grüße aus München, “schön” und größer, sagte die Bürgermeisterin."
RUSSIAN = "Паром снова ходит на остров, сообщили в министерстве транспорта."
TRADITIONAL = "市政府宣布渡輪週一恢復通航，比原計劃提前兩天。"
CHINESE = "市政府宣布渡轮周一恢复通航，比原计划提前两天。"


@pytest.mark.parametrize(
    ("text", "encoding", "prolog", "header"),
    [(GERMAN, "utf-8", "utf-8", "text/xml; charset=ISO-8859-1"), (GERMAN, "utf-8", "iso-8859-1", "text/xml"),
     (GERMAN, "cp1252", "iso-8859-1", ""), (GERMAN, "cp1252", "utf-8", "text/xml; charset=iso-8859-1"),
     (GERMAN, "cp1252", "utf-8", "text/xml"), (RUSSIAN, "cp1251", "windows-1251", "text/xml; charset=utf-8"),
     (RUSSIAN, "cp1251", "utf-8", 'text/xml; charset="windows-1251"'), (RUSSIAN, "cp1251", "utf-8", ""),
     (RUSSIAN, "cp1251", "windows-1251", "text/xml; charset=iso-8859-1"), (RUSSIAN, "koi8-r", "koi8-r", ""),
     (CHINESE, "gb18030", "gb2312", ""), (TRADITIONAL, "big5", "Big5", ""), (CHINESE, "utf-8", "gb2312", ""),
     (CHINESE, "utf-16", "utf-8", "text/xml; charset=utf-8"), (CHINESE, "utf-16-be", "utf-16", ""),
     ("通航", "iso-2022-jp", "iso-2022-jp", "text/xml; charset=utf-8"), (GERMAN, "cp1252", "nonsense", ""),
     (RUSSIAN, "cp1251", "punycode", "text/xml; charset=rot13")],
)  # fmt: skip
def test_bytes_are_read_whatever_prolog_and_header_claim(text: str, encoding: str, prolog: str, header: str) -> None:
    document = f'<?xml version="1.0" encoding="{prolog}"?><a>{text}</a>'
    assert xml_text(document.encode(encoding), header).endswith(f"<a>{text}</a>")


def test_a_few_bytes_pasted_or_cut_off_do_not_turn_the_rest_into_another_encoding() -> None:
    pasted = f"<a>{GERMAN * 3}".encode() + b"\x93caf\xe9\x94" + RUSSIAN.encode() + RUSSIAN.encode()[:-2]
    text = xml_text(pasted, "text/xml; charset=iso-8859-1")
    assert "“café”" in text
    assert text.startswith(f"<a>{GERMAN}")
    assert RUSSIAN in text
