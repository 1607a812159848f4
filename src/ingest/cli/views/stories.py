"""Stories: a table of them, and one from its beginning to now. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ingest.cli.lines import Line
from ingest.cli.output import safe
from ingest.cli.views.shapes import Entry, StoryRow, Timeline
from ingest.cli.views.words import TYPE_STYLE, counted, listed, named, news, relation, weight, word
from ingest.cli.when import hour, short, span

_DAY_MS = 86_400_000
RUN = 3
"""So many repeats in a row are one line: fifty copies of a wire text must not bury what it told."""
_NAMED = 4  # of those in a run


def story_table(stories: Iterable[StoryRow]) -> list[Line]:
    """Two lines a story: when it last moved and what it is; its id, and how often it was told."""
    return [line for story in stories for line in _row(story)]


def _row(story: StoryRow) -> list[Line]:
    at = f"{short(story.updated_at)}  "
    facts = listed([story.id, *_facts(story)])
    return [
        Line(((at, "dim"),), safe(story.headline), "bold"),
        Line(((" " * len(at), ""),), facts, "dim", most=2),
    ]


def timeline_lines(timeline: Timeline) -> list[Line]:
    """The story in three lines, then who carried what when, what it was to the others, and what it told."""
    return [*story_lines(timeline.story, timeline.entries), Line(), *_entries(timeline.entries)]


def story_lines(story: StoryRow, entries: Sequence[Entry] = ()) -> list[Line]:
    updates = sum(entry.type == "story.updated" for entry in entries)
    lines = [
        Line(body=safe(story.headline), style="bold", most=2),
        Line(body=listed([counted(updates, "update") if entries else None, *_facts(story)]), most=2),
        Line(body=f"{span(story.opened_at, story.updated_at)} UTC · {story.id}", style="dim"),
    ]
    if story.continues:
        lines.append(Line(body=f"continues {story.continues}", style="dim"))
    return lines


def _facts(story: StoryRow) -> list[str]:
    unknown = f"{story.outlets_unknown} unknown" if story.outlets_unknown else ""
    outlets = counted(story.outlets, "outlet") if story.outlets or not unknown else ""
    if outlets and story.publishers is not None and story.publishers < story.outlets:
        outlets += f" of {counted(story.publishers, 'publisher')}"
    return [
        counted(story.articles, "article"),
        counted(story.repeats, "repeat"),
        counted(story.texts, "text"),
        f"{story.withdrawn} withdrawn" if story.withdrawn else "",
        ", ".join(part for part in (outlets, unknown + " outlets" if unknown and not outlets else unknown) if part),
        ", ".join(map(safe, story.credits)),
    ]


def _entries(entries: Sequence[Entry]) -> Iterator[Line]:
    """Clock times where all happened within a day of each other, else days with them."""
    long = bool(entries) and entries[-1].time - entries[0].time >= _DAY_MS
    for repeated, group in groupby(entries, key=lambda entry: entry.type == "story.repeated"):
        run = list(group)
        if repeated and len(run) >= RUN:
            yield _run(run, long=long)
        else:
            for entry in run:
                yield from _entry(entry, long=long)


def _at(ms: int, *, long: bool) -> str:
    return f"{short(ms) if long else hour(ms)}  "


def _entry(entry: Entry, *, long: bool) -> list[Line]:
    at = _at(entry.time, long=long)
    quiet = "dim" if entry.type == "story.repeated" else ""
    who = named(entry.who)
    head = ((at, "dim"), (f"{word(entry.type):<10}", TYPE_STYLE.get(entry.type, "bold")), (who, quiet or "bold"))
    indent = " " * (len(at) + 10)
    said = " · " * bool(who) + listed([relation(entry), weight(entry.materiality)])
    lines = [Line(head, said, "dim", most=2, hang=len(indent))]
    if entry.title and entry.type != "story.repeated":
        lines.append(Line(((indent, ""),), safe(entry.title)))
    return lines + news(entry, indent)


def _run(run: Sequence[Entry], *, long: bool) -> Line:
    names = list(dict.fromkeys(named(entry.who) for entry in run))
    others = len(names) - _NAMED
    by = ", ".join(names[:_NAMED]) + (f" and {others} more" if others > 0 else "")
    head = ((_at(run[0].time, long=long), "dim"), (f"{'repeated':<10}", "dim"))
    return Line(head, f"{len(run)} times, until {_at(run[-1].time, long=long).strip()}: {by}", "dim", most=2)
