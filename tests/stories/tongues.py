"""Made-up news in eight languages: two outlets on a ferry fire, each in its own words, and a third text on a bank's
interest rate. What a reader of the language tells apart at a glance must be told apart without any setting."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Text(msgspec.Struct, frozen=True):
    title: str
    sentences: tuple[str, ...]


class News(msgspec.Struct, frozen=True):
    """Two texts of one event and one of another."""

    first: Text
    second: Text
    other: Text


NEWS: dict[str, News] = msgspec.json.decode(
    Path(__file__).parents[1].joinpath("fixtures", "tongues.json").read_bytes(), type=dict[str, News]
)
