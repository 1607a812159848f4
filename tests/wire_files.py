"""The example files of the wire formats (tests/fixtures/wire), read as a folder drop reads them but without a child.

`python tests/wire_files.py` writes what they are now in the place of what is expected of them: read the difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from ingest.errors import Refused
from ingest.extraction.plain import decode, read_plain
from ingest.extraction.wire import read_wire
from ingest.model import Envelope
from ingest.normalise.urls import canonical
from ingest.settings import SourceSettings
from ingest.sources.offering import Item
from ingest.sources.port import Readers
from ingest.sources.replay import read_paths

FIXTURES = Path(__file__).resolve().parent / "fixtures" / "wire"
FORMATS = ("ninjs", "newsml-g2", "newsml-1.2", "nitf", "iptc7901")


def unused(*arguments: object) -> Any:
    raise AssertionError("no wire format is a page or a feed")


READERS = Readers(
    html=unused, feed=unused, plain=read_plain, decode=decode, canonical=canonical, domain=unused, wire=read_wire
)


def items(*paths: Path) -> Iterator[Item]:
    """Where each item of some files or folders stands, and what it is."""
    yield from read_paths([str(path) for path in paths], readers=READERS, settings=SourceSettings(), source="wire")


def envelopes(*names: str) -> list[Envelope]:
    """The articles and notices of some example files, in their order."""
    return [item for _, item in items(*(FIXTURES / name for name in names)) if isinstance(item, Envelope)]


def told(name: str) -> list[dict[str, Any]]:
    """What each file of a format is, in the order of their names."""
    found = []
    for where, item in items(FIXTURES / name):
        file = where.removeprefix(f"{FIXTURES / name}/")
        if isinstance(item, Refused):
            found.append({"file": file, "refused": item.reason, "detail": item.detail})
        else:
            found.append({"file": file, **json.loads(msgspec.json.encode(item))})
    return found


def golden(name: str) -> Path:
    return FIXTURES / f"{name}.golden.json"


if __name__ == "__main__":
    for each in FORMATS:
        golden(each).write_text(json.dumps(told(each), ensure_ascii=False, indent=1) + "\n", "utf-8")
