"""Text made safe to print and to parse: no byte of a publisher's reaches a terminal or a log as a command, and no
control character an XML library that would break on it; no secret of an address a log."""

from __future__ import annotations

import re
from urllib.parse import unquote

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


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_C0 = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_REFERENCE = re.compile("&#(?:([0-9]+)|x([0-9a-f]+));?", re.IGNORECASE)


def without_controls(markup: str) -> str:
    """HTML or XML without control characters, written or referred to (`&#27;`), or whatever else XML does not know.

    Parsers read them and take none back: one vertical tab, pasted from a word processor, costs the whole article.
    """
    text = markup if _has_none(markup) else _CONTROL.sub(_gap, markup)
    if "&#" not in text or all(_is_kept(*digits) for digits in set(_REFERENCE.findall(text))):
        return text
    return _REFERENCE.sub(_reference, text)


def _has_none(markup: str) -> bool:
    """Whether `_CONTROL` finds nothing: in a third of its time, since nearly every page has none."""
    try:
        data = markup.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    return len(data.translate(None, _C0)) == len(data) and "\ufffe" not in markup and "\uffff" not in markup


def _gap(found: re.Match[str]) -> str:
    return " " if found[0] in "\v\f" else ""


def _is_kept(decimal: str, hexadecimal: str) -> bool:
    code = _code(decimal, hexadecimal)
    return code < 0x110000 and not _CONTROL.match(chr(code))


def _reference(found: re.Match[str]) -> str:
    code = _code(found[1], found[2])
    if code >= 0x110000:
        return ""
    return _CONTROL.sub(_gap, chr(code)) if _CONTROL.match(chr(code)) else found[0]


def _code(decimal: str | None, hexadecimal: str | None) -> int:
    """What a reference stands for; 0 where it has more digits than any character."""
    digits = (decimal or hexadecimal or "").lstrip("0") or "0"
    return int(digits, 10 if decimal else 16) if len(digits) < 8 else 0


_PARAMETER = re.compile(r"(?<=[?&;#])([^?&;#=]+)=")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRETS = frozenset(
    "key apikey accesskey secretkey authkey token accesstoken authtoken auth authorization password passwd passphrase "
    "pwd pass secret clientsecret credential credentials sig signature hmac jwt sid session sessionid".split()
)
"""Words of the names of parameters whose values open a door: `api_key`, `X-Amz-Signature`, `accessToken`."""


def without_secrets(url: str) -> str:
    """An address, or a key that begins with one, without the values of parameters that are called secret."""
    kept, at = [], 0
    for found in _PARAMETER.finditer(url) if "=" in url else ():
        if found.start() >= at and _is_secret(found[1]):
            kept += [url[at : found.end()], "***"]
            at = next((i for i in range(found.end(), len(url)) if url[i] in "&#"), len(url))
    return "".join([*kept, url[at:]])


def _is_secret(name: str) -> bool:
    return any(word.lower() in _SECRETS for word in _WORD.findall(unquote(name)))
