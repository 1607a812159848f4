"""A line of a view, before anybody knows how wide it may be. Pure."""

from __future__ import annotations

import msgspec
from rich.cells import cell_len, chop_cells
from rich.text import Text

Span = tuple[str, str]
"""A piece of text and its style; `` is plain."""


class Line(msgspec.Struct, frozen=True):
    """`head` stands as it is; `body` takes the room that is left, on at most `most` lines that hang under its start, or
    under column `hang`.

    `most` 0 leaves the body whole, for what is to be copied. In a pipe all are left whole: one line is one line.
    """

    head: tuple[Span, ...] = ()
    body: str = ""
    style: str = ""
    most: int = 1
    hang: int | None = None

    def __str__(self) -> str:
        return "".join(text for text, _ in self.head) + self.body

    def rendered(self, width: int | None) -> list[Text]:
        head = Text.assemble(*self.head)
        room = None if width is None else max(width - head.cell_len, 8)
        first, *rest = fold(self.body, room, self.most) or [""]
        hang = " " * (head.cell_len if self.hang is None else self.hang)
        rows = [head.append(first, self.style), *(Text(hang).append(text, self.style) for text in rest)]
        for row in rows:
            row.rstrip()
        return rows


def shorten(text: str, width: int | None) -> str:
    """At most `width` columns (a Chinese character takes two), cut between words where that costs little, with `…`."""
    if width is None or cell_len(text) <= width:
        return text
    cut = chop_cells(text, max(width - 1, 1))[0]
    at = cut.rfind(" ")
    return (cut[:at] if at > len(cut) * 2 // 3 else cut).rstrip(" ,;:–—-·") + "…"


def fold(text: str, width: int | None, most: int) -> list[str]:
    """`text` on at most `most` lines of `width` columns, the last one shortened; whole where either is missing."""
    if width is None or not most:
        return [text]
    folded: list[str] = []
    words = text.split(" ")
    while words and len(folded) < most - 1:
        line = words.pop(0)
        while words and cell_len(line) + 1 + cell_len(words[0]) <= width:
            line += " " + words.pop(0)
        if cell_len(line) > width:  # Chinese, Japanese, Thai, or an address: no blanks to fold at
            line, *rest = chop_cells(line, width)
            words.insert(0, "".join(rest))
        folded.append(line)
    return [*folded, shorten(" ".join(words), width)] if words else folded
