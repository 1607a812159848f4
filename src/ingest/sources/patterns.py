"""Patterns that the shell left to us: `'in/*.jsonl.gz'`, `'in/**/*.html'`.

Links are not followed and hidden names not met, as in a folder that is read as a whole.
`*`, `?` and `[abc]` stand for parts of a name, `**` for any folders, none included.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from .files import MAX_LEVELS, Found, open_root, walk

_MAGIC = re.compile(r"[*?\[]")


def is_pattern(path: str) -> bool:
    """Whether it has to be looked for: a file that is really called `a[1].txt` goes before its pattern."""
    return _MAGIC.search(path) is not None and not os.path.lexists(path)


def split(pattern: str) -> tuple[str, str]:
    """The folder that holds everything it can match, and the rest."""
    parts = pattern.split("/")
    first = next((at for at, part in enumerate(parts) if _MAGIC.search(part)), len(parts) - 1)
    return "/".join(parts[:first]) or ("/" if pattern.startswith("/") else "."), "/".join(parts[first:])


def matches(root: int, rest: str) -> Iterator[str]:
    """The paths below the open folder `root` that match `rest`, in the order of a walk."""
    parts = [part for part in rest.split("/") if part]
    wanted = re.compile(_expression(parts), re.DOTALL)
    levels = MAX_LEVELS if "**" in parts else len(parts) - 1
    for found in walk(root, levels=levels):
        if isinstance(found, Found) and wanted.fullmatch(found.path):
            yield found.path


def anything_matches(pattern: str) -> bool:
    folder, rest = split(pattern)
    try:
        root = open_root(os.path.abspath(folder))
    except OSError:
        return False
    try:
        return next(matches(root, rest), None) is not None
    finally:
        os.close(root)


def _expression(parts: list[str]) -> str:
    *above, last = parts or [""]
    folders = "".join("(?:[^/]+/)*" if part == "**" else f"{_name(part)}/" for part in above)
    return folders + (".*" if last == "**" else _name(last))


def _name(part: str) -> str:
    """One name. A bracket that is not closed stands for itself."""
    out: list[str] = []
    at = 0
    while at < len(part):
        c, at = part[at], at + 1
        end = part.find("]", at + 2 if part[at : at + 1] in "!^" else at + 1)
        if c == "*":
            out.append("[^/]*")
        elif c == "?":
            out.append("[^/]")
        elif c == "[" and end > 0:
            inner, at = part[at:end], end + 1
            negated = "^" if inner[0] in "!^" else ""
            chosen = re.sub(r"([\\\[\]^&~|])", r"\\\1", inner[len(negated) :])
            out.append(f"[{negated}{chosen}]")
        else:
            out.append(re.escape(c))
    return "".join(out)
