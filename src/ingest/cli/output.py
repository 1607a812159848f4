"""The one way to print. Whatever a publisher wrote is made safe before it reaches a terminal, a pipe or JSON.

`safe` for a piece of text, `json_line` for machines, `emit` for lines of a view; `console` knows whether anybody looks:
in a pipe there is no colour, no folding and no shortening, so that a line stays the same whoever reads it.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable
from typing import IO, Any

import msgspec
from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.text import Text

from ingest.events.times import moment
from ingest.printable import printable

# Invisible characters that reorder what stands around them or hide text. Right-to-left titles hold some honestly, so
# they go without a trace. The joiners U+200C and U+200D stay: Persian, Hindi and emoji need them, and they move nothing.
_INVISIBLE = re.compile(
    "[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_BREAKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_JSON_UNSAFE = re.compile(
    "[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def safe(text: str, *, lines: bool = False) -> str:
    """`text` without a character that a terminal obeys: C0, C1, DEL and lone surrogates shown as `\\x1b`, line breaks
    and tabs as a blank (kept with `lines`), bidi controls and other invisible ones left out."""
    if text.isascii() and text.isprintable():
        return text
    if lines:
        kept = text.replace("\r\n", "\n").split("\n")
        return "\n".join("\t".join(safe(part) for part in line.split("\t")) for line in kept)
    text = _INVISIBLE.sub("", _BREAKS.sub(" ", text))
    # `printable` would show the joiners as escapes; cut there, and put them back.
    return "".join(part if part in "\u200c\u200d" else printable(part) for part in re.split("([\u200c\u200d])", text))


def json_line(value: Any) -> str:
    """One line of JSON, from a struct or from finished bytes. What a terminal would obey is escaped: nothing is lost."""
    raw = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return _JSON_UNSAFE.sub(_escaped, raw.decode("utf-8", "replace"))


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"\\u{unit:04x}" for unit in memoryview(match[0].encode("utf-16-le")).cast("H"))


def emit_json(value: Any, out: IO[str] | None = None) -> None:
    """Write it, and let a reader at the other end of a pipe have it at once."""
    stream = out or sys.stdout
    stream.write(json_line(value) + "\n")
    stream.flush()


def console(out: IO[str] | None = None, *, width: int | None = None) -> Console:
    """A console on `out` (standard output). Colour and folding only on a terminal; rich itself honours NO_COLOR."""
    stream = out or sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")  # a terminal in another encoding gets escapes, not a traceback
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False, soft_wrap=True)


def width_of(screen: Console) -> int | None:
    """Columns to fold and shorten to; None in a pipe, where nothing is."""
    return screen.width if screen.is_terminal else None


def emit(lines: Iterable[Text], screen: Console) -> None:
    """Print the lines of a view. A view makes its text safe; this looks once more."""
    for line in lines:
        checked = line if safe(line.plain) == line.plain else Text(safe(line.plain))
        screen.print(checked, soft_wrap=True, end="\n")


def shorten(text: str, width: int | None) -> str:
    """At most `width` columns (a Chinese character takes two), cut between words where that costs little, with `…`."""
    if width is None or cell_len(text) <= width:
        return text
    cut = chop_cells(text, max(width - 1, 1))[0]
    at = cut.rfind(" ")
    return (cut[:at] if at > len(cut) * 2 // 3 else cut).rstrip(" ,;:–—-") + "…"


def fold(text: str, width: int | None, most: int) -> list[str]:
    """`text` on at most `most` lines of `width` columns; the last one is shortened. One line where there is no width."""
    if width is None:
        return [text]
    folded: list[str] = []
    words = text.split(" ")
    while words and len(folded) < most - 1:
        line = words.pop(0)
        while words and cell_len(line) + 1 + cell_len(words[0]) <= width:
            line += " " + words.pop(0)
        if cell_len(line) > width:
            head, *rest = chop_cells(line, width)
            line, words = head, ["".join(rest), *words]
        folded.append(line)
    return [*folded, shorten(" ".join(words), width)] if words else folded


def clock(ms: int) -> str:
    """`18 Jun 2024, 12:04`, in UTC."""
    return f"{day(ms)}, {hour(ms)}"


def day(ms: int) -> str:
    """`18 Jun 2024`, in UTC, in English whatever the locale."""
    at = moment(ms)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def hour(ms: int) -> str:
    """`12:04`, in UTC."""
    return f"{moment(ms):%H:%M}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"))


def ago(ms: int, now: int) -> str:
    """`3 min ago`, `in 2 h`, `now`: the largest unit that fits."""
    apart = abs(now - ms)
    for size, unit in _UNITS:
        if apart >= size:
            return f"{apart // size} {unit} ago" if ms <= now else f"in {apart // size} {unit}"
    return "now"


def after(ms: int, first: int) -> str:
    """`+3 min`, `+2 h`: how long after the first; `` where it is less than a second."""
    for size, unit in _UNITS:
        if ms - first >= size:
            return f"+{(ms - first) // size} {unit}"
    return ""
