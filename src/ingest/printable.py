"""Text made safe to print: no byte of a publisher's reaches a terminal or a log as a command."""

from __future__ import annotations

import re

# C0 but tab and newline, DEL, C1 (U+009B is an escape sequence of its own), bidi controls, zero-width and line
# separators, interlinear and tag characters, lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def printable(text: str) -> str:
    """The text with every unsafe character shown as `\\u202e`; tabs and newlines stay."""
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
