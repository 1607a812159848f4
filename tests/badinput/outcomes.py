"""What a source said of each kind, told from its own lines, and held against the table."""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from kinds import Kind

SECONDS = 6.0
"""Longest that one kind may take, extraction's 5 s included."""

_SAID = re.compile(r"(accepted|refused|warning|unchanged|waiting) (\S.*)")
_REASON = re.compile(r" \(([a-z]+(?:-[a-z]+)*)(?:: .*)?\)$")


def slug(kind: Kind) -> str:
    """A folder's name for it: names that differ by a quote are two."""
    words = re.sub(r"[^a-z0-9]+", "-", kind.name.lower())[:60].strip("-")
    return f"{words}-{zlib.crc32(kind.name.encode()) & 0xFFFF:04x}-k"


def make(kinds: Iterable[Kind], folder: Path) -> None:
    for kind in kinds:
        own = folder / slug(kind)
        own.mkdir(parents=True)
        kind.made(own)


def told(said: str, root: str) -> dict[str, Counter[str]]:
    """For each slug, its outcomes: the fate, and the reason where there is one. `root` is what stands before slugs."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    place = re.compile(re.escape(root) + r"/?([a-z0-9-]+-k)(?![a-z0-9-])")
    for line in said.splitlines():
        outcome, where = _SAID.fullmatch(line), place.search(line)
        if outcome and where:
            reason = _REASON.search(line)
            words = outcome[1] + (f" {reason[1]}" if reason and outcome[1] in ("refused", "warning") else "")
            found[where[1]][words] += 1
    return found


def wrong(kinds: Iterable[Kind], found: dict[str, Counter[str]]) -> list[str]:
    """Every kind that became something else, as `name: what it became`."""
    return [f"{kind.name}: {dict(found[slug(kind)])}" for kind in kinds if not _fits(kind, found[slug(kind)])]


def _fits(kind: Kind, became: Counter[str]) -> bool:
    """`refused a|b` is met by either reason, `accepted|refused a` by either outcome."""
    left = Counter(became)
    for words, times in kind.becomes.items():
        met = [seen for seen in left if seen in _alternatives(words)]
        if sum(left.pop(seen) for seen in met) != times:
            return False
    return not left


def _alternatives(words: str) -> set[str]:
    fate, found = "", set()
    for part in words.split("|"):
        if part.partition(" ")[0] in ("accepted", "refused", "warning", "unchanged"):
            fate = part.partition(" ")[0]
            found.add(part)
        else:
            found.add(f"{fate} {part}")
    return found
