"""The five seeds as a source offers them, with publication times on the story's two days where a test wants them."""

from __future__ import annotations

from pathlib import Path

from ingest.extraction.plain import read_plain
from ingest.model import Envelope
from ingest.stamps import parse_stamp

FOLDER = Path(__file__).parent / "fixtures" / "seeds"
FILES = sorted(FOLDER.glob("*.txt"))
# 000 and 001 before the landing, 002 and 003 after it, 004 on the next day.
TIMES = (
    "2024-06-18T08:00:00Z",
    "2024-06-18T12:00:00Z",
    "2024-06-18T20:00:00Z",
    "2024-06-18T20:30:00Z",
    "2024-06-19T10:00:00Z",
)


def seed(number: int, *, dated: bool = False) -> Envelope:
    file = FILES[number]
    found = read_plain(file.read_text())
    published = parse_stamp(TIMES[number], zoneless_is_utc=True) if dated else None
    return Envelope(
        key=file.name, source="replay", text=found.text, title=found.title, url=found.url, published=published
    )


def number_of(key: str) -> int:
    return int(key[:3])
