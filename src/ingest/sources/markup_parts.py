"""A page taken apart with no parser: its visible text, its controls, its titles, and the rest. Linear, bounded, pure.

For telling what a page is, where a rough reading is enough; what articles say is read in the killable child.
"""

from __future__ import annotations

import html
import re

import msgspec

_MOST = 300_000
"""Characters looked at: interstitials have 5 to 50 thousand."""
_SILENT = re.compile(r"<(script|style|template|svg|noscript|!--)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,5000}>")
_CONTROL = re.compile(
    r"<(?:button|a|input)\b([^<>]{0,1000})>((?:[^<]|<(?!/?(?:button|a|input)\b)){0,300})", re.IGNORECASE
)
_VALUE = re.compile(r"\bvalue=[\"']([^\"'<>]{1,80})", re.IGNORECASE)
_HEADING = re.compile(r"<(?:title|h1)\b[^<>]{0,500}>((?:[^<]|<(?!/?(?:title|h1)\b)){0,600})", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)


class Parts(msgspec.Struct, frozen=True):
    """All folded. `code` are tags and scripts; `unscripted` what is shown without scripts."""

    visible: str
    controls: tuple[str, ...]
    headings: tuple[str, ...]
    code: str
    unscripted: str


def parts_of(body: bytes, content_type: str = "") -> Parts:
    markup = _decoded(body, content_type)[:_MOST]
    shown, code, unscripted = _split(markup)
    tags = "".join(_TAG.findall(shown))
    controls = [found[2] + " " + " ".join(_VALUE.findall(found[1])) for found in _CONTROL.finditer(shown)]
    return Parts(
        visible=_plain(shown),
        controls=tuple(dict.fromkeys(filter(None, map(_plain, controls)))),
        headings=tuple(dict.fromkeys(filter(None, (_plain(found[1]) for found in _HEADING.finditer(shown))))),
        code=f"{tags} {code}".lower(),
        unscripted=_plain(unscripted),
    )


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
    lower, at = markup.lower(), 0
    while found := _SILENT.search(markup, at):
        shown.append(markup[at : found.start()])
        kind = found[1].lower()
        closing = "-->" if kind == "!--" else f"</{kind}"
        end = lower.find(closing, found.end())
        end = len(markup) if end < 0 else end
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
