"""Where a message of IPTC 7901 begins, and that none of a file vanishes: each is read, or told as what cannot be."""

from __future__ import annotations

import pytest

from ingest.extraction.wire import read_wire
from ingest.sources.wire import kind_of

FIRST = "ska0124 3 i 93\nVardo/\nShips leave Vardo =\n\nTwo ships left.\n{}162101 GMT Jun 24\n"
SECOND = "{}ska0125 3 i 80\nVardo/\nShips return =\n\nTwo ships came.\n{}162110 GMT Jun 24\n{}"
BOTH = [("ska0124-20240616", "Two ships left."), ("ska0125-20240616", "Two ships came.")]


def told(text: str) -> list[tuple[str | None, str | None]]:
    """The id and the text of each message, or the word of the refusal and its reason."""
    return [
        (item.refused, item.reason) if item.refused else (item.id, item.text)
        for item in read_wire(text.encode(), "iptc7901").items
    ]


@pytest.mark.parametrize(
    "text",
    [
        FIRST.format("") + SECOND.format("\x01", "\x03", "\x04"),
        "\x01" + FIRST.format("\x03") + SECOND.format("", "", ""),
        "\x01" + FIRST.format("\x03") + SECOND.format("\x04", "\x03", "\x04"),
    ],
    ids=["before the first", "after an end of text", "after an end of transmission"],
)
def test_a_message_that_has_lost_its_control_characters_stands_beside_one_that_has_not(text: str) -> None:
    assert told(text) == BOTH


@pytest.mark.parametrize("header", ["ska0125 3 poli 93", "ska125 3 i 93", "ska0125 i 93", f"ska0125 {'x' * 300}"])
def test_what_begins_as_a_message_and_has_no_header_is_refused_by_its_first_line(header: str) -> None:
    kill = f"\x01\r\n{header}\r\nKILL ska0124 =\r\n\x03162110 GMT Jun 24\x04"
    found = told("\x01" + FIRST.format("\x03") + "\x04" + kill)
    assert found == [BOTH[0], ("unknown-format", f"no header of a message: {header[:60]}")]


def test_control_characters_and_signs_alone_are_no_message() -> None:
    assert told("\x01\x01" + FIRST.format("\x03") + "\x04\x01 ---- 17\n\x04") == [BOTH[0]]


@pytest.mark.parametrize("line", ["May 2024 7 of 10 voters said so.", "Mai 2024 3 von 10 Befragten sagten das.",
                                  "OKT 1999 5 am 12 people left."])  # fmt: skip
def test_a_line_of_text_that_begins_with_a_month_and_a_year_begins_no_message(line: str) -> None:
    lost = FIRST.format("").replace("Two ships left.", f"It was so: in\n{line}")
    assert told(lost) == [("ska0124-20240616", f"It was so: in {line}")]
    assert told(lost + SECOND.format("", "", ""))[1:] == BOTH[1:]
    assert kind_of(f"{line}\n".encode()) is None


@pytest.mark.parametrize("header", ["mai0124 3 i 93", "mai 0124 3 i 93", "MAG2024 3 i 93", "ska 2024 3 i 93"])
def test_a_source_may_be_called_as_a_month_is(header: str) -> None:
    text = FIRST.format("").replace("ska0124 3 i 93", header)
    assert [name for name, _ in told(text)] == [f"{header[:-7].replace(' ', '').lower()}-20240616"]
    assert kind_of(text.encode()) == "iptc7901"
