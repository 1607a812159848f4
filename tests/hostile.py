"""Text that wants to command a terminal or a log, and what must never come out."""

from __future__ import annotations

import re
import unicodedata

HOSTILE = (
    "\x1b[2J\x1b[31mred\x1b]0;owned\x07\x1b]8;;http://evil.example/\x1b\\link\x1b]8;;\x1b\\\x1b]52;c;ZXZpbA==\x07"
    "\x9b31m\x9d0;t\x9c\x90q\x9c\x85\u202eexe.gpj\u2066\u2069\u200b\u2028\ufeff\x00\x08\x7f\r\nforged"
)
"""C0, C1, OSC 0, 8 and 52, DCS, NEL, bidi, zero width, line separators, NUL, DEL, line breaks."""

_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_BIDI = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}


def commands_in(said: str, *, styled: bool = False) -> list[str]:
    """The characters that a terminal or a log reader obeys, line breaks and tabs aside; `styled`: colours as well."""
    return [char for char in (_STYLE.sub("", said) if styled else said) if _obeyed(char)]


def _obeyed(char: str) -> bool:
    return char not in "\n\t" and (
        unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(char) in _BIDI
        or char in "\u061c\u200b\u200e\u200f\ufeff"
        or 0xE0000 <= ord(char) <= 0xE007F
    )
