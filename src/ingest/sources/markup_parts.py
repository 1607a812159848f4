"""A page taken apart with no parser: its visible text, its controls, its titles, and the rest. Linear, bounded, pure.

For telling what a page is, where a rough reading is enough; what articles say is read in the killable child.
"""

from __future__ import annotations

import html
import re
from functools import cached_property

_MOST = 300_000
"""Characters looked at: interstitials have 5 to 50 thousand."""
_SILENT = re.compile(r"<(script|style|template|svg|noscript|!--)", re.IGNORECASE)
_ENDS = {
    kind: re.compile("-->" if kind == "!--" else f"</{kind}", re.IGNORECASE)
    for kind in ("script", "style", "template", "svg", "noscript", "!--")
}
_TAG = re.compile(r"<[^<>]{0,5000}>")
_CONTROL = re.compile(
    r"<(?:button|a|input)\b([^<>]{0,1000})>((?:[^<]|<(?!/?(?:button|a|input)\b)){0,300})", re.IGNORECASE
)
_VALUE = re.compile(r"\bvalue=[\"']([^\"'<>]{1,80})", re.IGNORECASE)
_HEADING = re.compile(r"<(?:title|h1)\b[^<>]{0,500}>((?:[^<]|<(?!/?(?:title|h1)\b)){0,600})", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)


class Parts:
    """Each part folded, and taken when it is first asked for: of most pages that is `code` alone."""

    def __init__(self, body: bytes, content_type: str = "") -> None:
        self._shown, self._code, self._unscripted = _split(_decoded(body, content_type)[:_MOST])

    @cached_property
    def visible(self) -> str:
        return _plain(self._shown)

    @cached_property
    def controls(self) -> tuple[str, ...]:
        """What buttons, links and fields say, each once."""
        found = (found[2] + " " + " ".join(_VALUE.findall(found[1])) for found in _CONTROL.finditer(self._shown))
        return tuple(dict.fromkeys(filter(None, map(_plain, found))))

    @cached_property
    def headings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, (_plain(found[1]) for found in _HEADING.finditer(self._shown)))))

    @cached_property
    def code(self) -> str:
        """Tags and scripts."""
        return f"{''.join(_TAG.findall(self._shown))} {self._code}".lower()

    @cached_property
    def unscripted(self) -> str:
        """What is shown without scripts."""
        return _plain(self._unscripted)


def fold(text: str) -> str:
    """In small letters, one kind of apostrophe, blanks folded."""
    return " ".join(text.replace("\u2019", "'").replace("İ", "i").casefold().split())


def _plain(markup: str) -> str:
    return fold(html.unescape(_TAG.sub(" ", markup)))


def _split(markup: str) -> tuple[str, str, str]:
    """What is shown, what is inside scripts, and inside noscript; whatever is not closed takes all that follows."""
    shown: list[str] = []
    code: list[str] = []
    unscripted: list[str] = []
    at = 0
    while found := _SILENT.search(markup, at):
        shown.append(markup[at : found.start()])
        kind = found[1].lower()
        closing = _ENDS[kind].search(markup, found.end())
        end = closing.start() if closing else len(markup)
        inside = markup[found.start() : end]
        if kind == "script":
            code.append(inside)
        elif kind == "noscript":
            unscripted.append(inside)
        shut = markup.find(">", end)
        at = len(markup) if shut < 0 else shut + 1
    shown.append(markup[at:])
    return " ".join(shown), " ".join(code), " ".join(unscripted)


def _decoded(body: bytes, content_type: str) -> str:
    cut = body[: 4 * _MOST]
    try:
        return cut.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > len(cut) - 4:  # a letter that was cut in two
            return cut.decode("utf-8", "replace")
    found = _CHARSET.search(content_type.encode("ascii", "ignore")) or _CHARSET.search(body[:4096])
    try:
        return cut.decode(found[1].decode("ascii") if found else "cp1252", "replace")
    except LookupError:
        return cut.decode("cp1252", "replace")
