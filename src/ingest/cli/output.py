"""The one way to print. Whatever a publisher wrote is made safe before it reaches a terminal, a pipe or JSON.

    say        a line of the answer, to standard output
    emit_json  the same for machines
    remark     what a person may like to know on the way, to standard error
    complain   what went wrong, to standard error

In a pipe there is no colour, no folding and no shortening, so that a line stays the same whoever reads it.
"""

from __future__ import annotations

import io
import re
import sys
from functools import lru_cache
from typing import IO, Any

import msgspec
from rich.console import Console
from rich.text import Text

from ingest.cli.lines import Line
from ingest.printable import printable

# Invisible characters that reorder what stands around them or hide text. Right-to-left titles hold some honestly, so
# they go without a trace. The joiners U+200C and U+200D stay: Persian, Hindi and emoji need them and they move nothing.
_INVISIBLE_SET = "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_INVISIBLE = re.compile(f"[{_INVISIBLE_SET}]")
_JSON_UNSAFE = re.compile(f"[\x7f-\x9f\u2028\u2029{_INVISIBLE_SET}]")
_UNSAFE = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_INVISIBLE_SET}]")
_BREAKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_JOINERS = re.compile("([\u200c\u200d])")


def safe(text: str, *, lines: bool = False) -> str:
    """`text` without a character that a terminal obeys: C0, C1, DEL and lone surrogates shown as `\\x1b`, line breaks
    and tabs as a blank (kept with `lines`), bidi controls and other invisible ones left out."""
    if not _UNSAFE.search(text):
        return text
    if lines:
        kept = text.replace("\r\n", "\n").split("\n")
        return "\n".join("\t".join(safe(part) for part in line.split("\t")) for line in kept)
    parts = _JOINERS.split(_INVISIBLE.sub("", _BREAKS.sub(" ", text)))
    return "".join(part if index % 2 else printable(part) for index, part in enumerate(parts))


def json_line(value: Any) -> str:
    """One line of JSON, from a struct or finished bytes. What a terminal would obey is escaped; nothing is lost."""
    raw = value if isinstance(value, bytes) else _encoded(value)
    return _JSON_UNSAFE.sub(_escaped, raw.decode("utf-8", "replace"))


def _encoded(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # a file name that is not UTF-8, or half of an emoji
        return msgspec.json.encode(_mended(msgspec.to_builtins(value)))


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_mended(name): _mended(item) for name, item in value.items()}
    return [_mended(item) for item in value] if isinstance(value, list | tuple) else value


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"\\u{unit:04x}" for unit in memoryview(match[0].encode("utf-16-le")).cast("H"))


def emit_json(value: Any, out: IO[str] | None = None) -> None:
    """Write one line of JSON, and let a reader at the other end of a pipe have it at once."""
    stream = out or sys.stdout
    stream.write(json_line(value) + "\n")
    stream.flush()


def say(line: str | Line, out: IO[str] | None = None) -> None:
    """Write to standard output: a plain text as it is, a line of a view fitted to the terminal."""
    _print([Text(line)] if isinstance(line, str) else line, out or sys.stdout)


def remark(text: str, out: IO[str] | None = None) -> None:
    """A word on the way, where it disturbs nobody who reads the answer."""
    _print([Text(text, style="dim")], out or sys.stderr)


def complain(text: str, out: IO[str] | None = None) -> None:
    """What went wrong."""
    _print([Text.assemble(("ingest: ", "bold red"), text)], out or sys.stderr)


def _print(rows: Line | list[Text], out: IO[str]) -> None:
    screen = console(out)
    for row in rows.rendered(width_of(screen)) if isinstance(rows, Line) else rows:
        checked = _checked(row)
        if screen.is_terminal:
            screen.print(checked)
        else:
            out.write(checked.plain + "\n")
    out.flush()


@lru_cache(maxsize=4)  # of the few streams that a process has: making a console takes longer than printing ten lines
def console(out: IO[str]) -> Console:
    """A console on `out`. Colour only on a terminal; rich itself honours NO_COLOR, FORCE_COLOR and COLUMNS."""
    if isinstance(out, io.TextIOWrapper) and out.errors == "strict":
        out.reconfigure(errors="backslashreplace")  # another encoding gets escapes, not a traceback
    return Console(file=out, highlight=False, markup=False, emoji=False, soft_wrap=True)


def width_of(screen: Console) -> int | None:
    """Columns to fold and shorten to; None in a pipe, where nothing is."""
    return screen.width if screen.is_terminal else None


def _checked(row: Text) -> Text:
    """A view makes its text safe; this looks once more, and gives up the colours of a row that is not."""
    seen = safe(row.plain, lines=True)
    return row if seen == row.plain else Text(seen)
