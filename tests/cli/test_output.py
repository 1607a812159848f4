from __future__ import annotations

import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ingest.cli import lines, output, when
from ingest.cli.lines import Line

ANY = st.text(st.characters(codec=None, exclude_categories=()))
HOSTILE = st.text(
    st.sampled_from(
        "\x00\x07\x08\x1b\x7f\x85\x90\x9b\x9c\x9d\u061c\u202e\u2066\u2028\ufeff\ud800\udfff\U000e0041[]0;m\n\r\ta 文"
    )
)
BIDI = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def obeyed(char: str) -> bool:
    """Whether a terminal may take it for a command, or it cannot be written at all."""
    return (
        unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(char) in BIDI
        or char in "\u061c\u200e\u200f\ufeff"
        or 0xE0000 <= ord(char) <= 0xE007F
    )


@given(ANY | HOSTILE)
def test_no_character_that_a_terminal_obeys_passes(text: str) -> None:
    assert not [char for char in output.safe(text) if obeyed(char)]
    assert not [char for char in output.safe(text, lines=True) if obeyed(char) and char not in "\n\t"]


@given(ANY | HOSTILE)
def test_what_is_safe_stays_as_it_is(text: str) -> None:
    once = output.safe(text)
    assert output.safe(once) == once
    assert output.safe(text, lines=True) == output.safe(output.safe(text, lines=True), lines=True)


@pytest.mark.parametrize(
    "text", ["Putin’s “visit” – 18 %", "北朝鮮 文", "می‌خواهم", "क्‍ष", "👩‍👩‍👧 family", "a\u00a0b", "é e\u0301"]
)
def test_what_people_write_is_not_touched(text: str) -> None:
    assert output.safe(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("two\r\nlines\tand\u2028more", "two lines and more"),
        ("\udcff", "\\udcff"),
    ],
)
def test_what_a_terminal_would_obey_is_shown_or_left_out(text: str, shown: str) -> None:
    assert output.safe(text) == shown


def test_lines_are_kept_where_they_are_wanted() -> None:
    assert output.safe("a\r\nb\tc\x1b", lines=True) == "a\nb\tc\\x1b"


@given(st.dictionaries(ANY.filter(lambda t: t.isprintable()), st.text(st.characters(codec="utf-8"))))
def test_json_loses_nothing_and_holds_nothing_that_a_terminal_obeys(value: dict[str, str]) -> None:
    line = output.json_line(value)
    assert json.loads(line) == value
    assert not [char for char in line if obeyed(char)]


def test_finished_bytes_are_emitted_as_one_line_of_the_same_json() -> None:
    out = io.StringIO()
    output.emit_json('{"a": "\x9b31m \u202e \U000e0041"}'.encode(), out)
    assert out.getvalue() == '{"a": "\\u009b31m \\u202e \\udb40\\udc41"}\n'
    assert json.loads(out.getvalue()) == {"a": "\x9b31m \u202e \U000e0041"}


def test_a_lone_surrogate_in_a_value_for_machines_is_replaced() -> None:
    assert json.loads(output.json_line({"name": ["a\udcff"]})) == {"name": ["a?"]}


def test_a_pipe_gets_whole_lines_without_colour() -> None:
    out = io.StringIO()
    output.say(Line((("updated ", "bold red"),), "long " * 100 + "[red]:smile: end", "green"), out)
    assert out.getvalue() == "updated " + "long " * 100 + "[red]:smile: end\n"


def test_a_terminal_gets_lines_that_fit_under_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    out = Terminal()
    output.say(Line((("+ ", ""),), "one two three four five six seven eight nine", most=2), out)
    assert out.getvalue().splitlines() == ["+ one two three four", "  five six seven…"]


@given(ANY | HOSTILE)
def test_nothing_that_a_terminal_obeys_is_printed_though_a_view_forgot_it(text: str) -> None:
    out = io.StringIO()
    for said in (text, Line(((text, "bold"),), text)):
        output.say(said, out)
    output.remark(text, out)
    output.complain(text, out)
    assert not [char for char in out.getvalue() if obeyed(char) and char not in "\n\t"]


def test_an_encoding_that_lacks_a_character_gets_an_escape_and_no_traceback() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    output.say("10 → 12", out)
    out.flush()
    assert raw.getvalue() == b"10 \\u2192 12\n"


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"])), st.integers(2, 60))
def test_shortened_text_fits_whatever_its_script(text: str, width: int) -> None:
    assert cell_len(lines.shorten(text, width)) <= width
    assert lines.shorten(text, None) == text


@given(st.text(st.sampled_from("ab 文字。")), st.integers(4, 40), st.integers(1, 4))
def test_folded_text_fits_its_lines_and_loses_only_its_end(text: str, width: int, most: int) -> None:
    folded = lines.fold(text, width, most)
    assert len(folded) <= most
    assert all(cell_len(line) <= width for line in folded)
    if folded and not folded[-1].endswith("…"):
        assert "".join(folded).replace(" ", "") == text.replace(" ", "")


def test_a_sentence_is_shortened_between_words() -> None:
    assert lines.shorten("Russian President Vladimir Putin landed", 30) == "Russian President Vladimir…"
    assert lines.shorten("北朝鮮を訪問した", 9) == "北朝鮮を…"


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (0, "now"),
        (-999, "now"),
        (-59_000, "59 s ago"),
        (-3_599_000, "59 min ago"),
        (-86_400_000, "1 d ago"),
        (7_200_000, "in 2 h"),
    ],
)
def test_times_are_told_in_the_largest_unit_that_fits(ms: int, said: str) -> None:
    assert when.ago(10**12 + ms, 10**12) == said


def test_a_time_is_written_in_utc_and_english() -> None:
    assert when.clock(1_718_712_245_000) == "18 Jun 2024, 12:04"
    assert when.clock(10**18) == "31 Dec 9999, 23:59"
