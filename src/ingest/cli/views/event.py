"""One event in a few lines: what happened, to which story, who said so, and what is new. Pure."""

from __future__ import annotations

from ingest.cli.lines import Line
from ingest.cli.output import safe
from ingest.cli.views.shapes import Entry, entry_of
from ingest.cli.views.words import TYPE_STYLE, listed, named, news, relation, weight, word
from ingest.events.cursor import REASONS, Gap
from ingest.events.event import Event

_COLUMN = 10  # the longest common word is `withdrawn`
_INDENT = " " * _COLUMN


def event_lines(event: Event | Gap) -> list[Line]:
    """A gap is one line."""
    if isinstance(event, Gap):
        return [Line((("gap".ljust(_COLUMN), "bold red"),), f"{REASONS[event.reason]} ({event.since} to {event.to})")]
    return entry_lines(entry_of(event))


def entry_lines(entry: Entry) -> list[Line]:
    style = TYPE_STYLE.get(entry.type, "bold")
    quiet = "dim" if entry.type == "story.repeated" else ""
    said = listed(
        [
            relation(entry),
            weight(entry.materiality),
            f"{entry.words:,} words" if entry.type == "story.opened" and entry.words else None,
            f"{entry.story} #{entry.sequence}",
        ]
    )
    who = named(entry.who)
    return [
        Line(((word(entry.type).ljust(_COLUMN), style),), safe(entry.headline), quiet or "bold"),
        Line(((_INDENT, ""), (f"{who} · " if who else "", quiet)), said, "dim", most=2, hang=_COLUMN),
        *news(entry, _INDENT),
    ]
