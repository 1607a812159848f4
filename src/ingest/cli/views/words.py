"""The words and colours that every view uses, so that a thing is called the same everywhere. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from ingest.cli.lines import Line, Span, shorten
from ingest.cli.output import safe
from ingest.cli.views.shapes import Entry, TakenBack, withdrawn_note
from ingest.cli.when import clock

TYPE_STYLE = {
    "story.opened": "bold green",
    "story.updated": "bold yellow",
    "story.repeated": "dim",
    "story.merged": "bold magenta",
    "article.withdrawn": "bold red",
}
SHOWN = 3
"""Sentences shown of each kind: what is new must be seen at a glance, `--json` and `ingest article` have all of it."""

_NAME = 40  # columns
_LINES = 2  # a sentence of 30 words fits in two lines of 80 columns, mostly
_COPY = {"whole": "copy", "trim": "trimmed copy", "excerpt": "excerpt"}


def word(type_: str) -> str:
    """`updated` of `story.updated`."""
    return safe(type_.partition(".")[2] or type_)


def relation(entry: Entry) -> str:
    """What it is to what was seen, and whether that tells anything: `revision of The Moscow Times`."""
    if entry.note is not None:
        return safe(entry.note)
    said = "first of its story" if entry.kind == "new" else entry.kind or ""
    if entry.kind == "copy":
        said = _COPY.get(entry.extent or "whole", "copy")
    if entry.own:
        said = f"new version of its own text ({entry.version})"
    elif entry.to:
        said += f" of {named(entry.to)}"
    marks = [mark for mark, is_so in (("correction", entry.correction), ("late", entry.late)) if is_so]
    said = ", ".join([said, *marks])
    return f"{said}: nothing new" if entry.type == "story.repeated" else said


def named(who: str) -> str:
    """An outlet's name, no longer than one is."""
    return shorten(safe(who), _NAME)


def weight(materiality: float | None) -> str:
    """`materiality 0.53`; nothing for an opening or a repeat."""
    return f"materiality {materiality:.2f}" if materiality else ""


def news(entry: Entry, indent: str, most: int = SHOWN) -> list[Line]:
    """What is new: changed figures first, then sentences told, sentences taken back, and the headline."""
    figures = ", ".join(_changed(entry)[: SHOWN * 2])
    out = [_marked(indent, "~ ", "yellow", figures)] if figures else []
    out += [_marked(indent, "+ ", "green", safe(entry.added[index])) for index in _newest(entry, most)]
    out += _more(indent, len(entry.added) - most, "added")
    out += [_marked(indent, "- ", "red", safe(text)) for text in entry.removed[:most]]
    out += _more(indent, len(entry.removed) - most, "taken back")
    if entry.names:
        shown = ", ".join(map(safe, entry.names[: SHOWN * 2])) + (" ..." if len(entry.names) > SHOWN * 2 else "")
        out.append(_marked(indent, "+ ", "green", f"named for the first time: {shown}"))
    if entry.headline_now and entry.headline_was and entry.own:
        out.append(_marked(indent, "~ ", "yellow", f"headline was: {safe(entry.headline_was)}"))
    return out


def taken_back(taken: TakenBack, column: int) -> Line:
    """`withdrawn  2026-03-02 10:00 UTC: Kill`."""
    said = f"{clock(taken.at)} UTC: {withdrawn_note(taken.by, taken.reason)}"
    return Line((("withdrawn".ljust(column - 1) + " ", TYPE_STYLE["article.withdrawn"]),), safe(said), most=2)


def _changed(entry: Entry) -> list[str]:
    """`10 → 12 (people died)`; entries of older stores do not say what is counted."""
    pairs = zip_longest(entry.figures, entry.counted[: len(entry.figures)])
    return [f"{safe(was)} → {safe(now)}" + (f" ({safe(what)})" if what else "") for (was, now), what in pairs]


def _newest(entry: Entry, most: int) -> list[int]:
    """Which of the added sentences to show, in the article's order: what re-tells something only where room is left."""
    fresh_first = sorted(range(len(entry.added)), key=lambda index: (index in entry.retold, index))
    return sorted(fresh_first[:most])


def _marked(indent: str, mark: str, style: str, text: str) -> Line:
    return Line(((indent, ""), (mark, f"bold {style}")), text, most=_LINES)


def _more(indent: str, count: int, what: str) -> list[Line]:
    return [Line(((indent + "  ", ""),), f"and {count} more {what}", "dim")] if count > 0 else []


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 repeat`, `2 repeats`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: Iterable[str | None]) -> str:
    """Those that there are, with dots between."""
    return " · ".join(part for part in parts if part)


def dim(text: str) -> Span:
    return (text, "dim")
