"""What moved between two quality runs: figures, and the articles whose story is another one."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from floors import Figure, shown

HEAD = 2
LISTED = 12
"""Articles shown of each set, the dearest first."""

Became = Mapping[str, tuple[str, str, str]]
"""Article -> its event, its story, its title."""


def figures(folder: Path) -> list[Figure]:
    """The figures of a run. Raises FileNotFoundError where it measured none."""
    return [Figure(*row) for row in json.loads((folder / "figures.json").read_text("utf-8"))]


def moved(before: Path, now: Path) -> list[str]:
    old = {(each.table, each.name): each for each in figures(before)}
    lines = ["", f"{'set':18}  {'figure':22} {before.name:>9} {now.name:>9}"]
    for each in figures(now):
        was = old.pop((each.table, each.name), None)
        if was is None or was.value != each.value:
            change = "" if was is None else f"{each.value - was.value:+.3f}"
            value = "-" if was is None else shown(was.value)
            lines.append(f"{each.table:18}  {each.name:22} {value:>9} {shown(each.value):>9}  {change}")
    lines += [f"{table:18}  {name:22} {shown(each.value):>9} {'-':>9}" for (table, name), each in old.items()]
    for path in sorted(now.glob("stories-*.json")):
        if (before / path.name).exists():
            name = path.stem.removeprefix("stories-")
            lines += changed(name, read(before / path.name), read(path))
    return lines if len(lines) > HEAD else [*lines, "nothing moved"]


def read(path: Path) -> dict[str, tuple[str, str, str]]:
    return {key: (row[0], row[1], row[2]) for key, row in json.loads(path.read_text("utf-8")).items()}


def changed(name: str, before: Became, now: Became) -> list[str]:
    """Articles that have other companions than before, by what it is worth to each (its own BCubed F1)."""
    old, new = companions(before), companions(now)
    shared = [key for key in now if key in before and old[key] != new[key]]
    if not shared:
        return []
    gains = {key: worth(key, now, new[key]) - worth(key, before, old[key]) for key in shared}
    better, worse = sum(gain > 0 for gain in gains.values()), sum(gain < 0 for gain in gains.values())
    lines = ["", f"{name}: {len(shared)} articles in other company, {better} better, {worse} worse"]
    for key in sorted(shared, key=lambda key: (-abs(gains[key]), key))[:LISTED]:
        lines.append(f"  {gains[key]:+.2f}  {key}  {now[key][2][:90]}")
        lines += [f"         {line}" for line in _difference(now, old[key], new[key])]
    return lines


def companions(became: Became) -> dict[str, frozenset[str]]:
    """Article -> all articles of its story."""
    members: defaultdict[str, set[str]] = defaultdict(set)
    for key, (_, story, _) in became.items():
        members[story].add(key)
    whole = {story: frozenset(keys) for story, keys in members.items()}
    return {key: whole[story] for key, (_, story, _) in became.items()}


def worth(key: str, became: Became, company: frozenset[str]) -> float:
    """An article's own BCubed F1."""
    event = became[key][0]
    own = sum(became[other][0] == event for other in company)
    all_ = sum(row[0] == event for row in became.values())
    precision, recall = own / len(company), own / all_
    return 2 * precision * recall / (precision + recall)


def _difference(became: Became, old: frozenset[str], new: frozenset[str]) -> Iterator[str]:
    for sign, keys in (("-", old - new), ("+", new - old)):
        for key in sorted(keys)[:2]:
            if key in became:
                yield f"{sign} {key}  {became[key][2][:80]}"
        if len(keys) > 2:
            yield f"{sign} {len(keys) - 2} more"
