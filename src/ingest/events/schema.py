"""The JSON Schema of events, out of their types. `python -m ingest.events.schema` writes it where it is published.

The schema describes `data`, which is what `dataschema` names; `#/$defs/Event` in it describes the whole event.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from ingest.events.event import DATA, SCHEMA_URI, Known

FILE = Path(__file__).with_name("schema") / "v1.json"


ADDED_LATER: frozenset[str] = frozenset()
"""`Struct.field` added after the first release: older events lack them. All others are in every event."""


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12. Unknown fields are allowed everywhere: they are how the contract grows."""
    (event, *data), named = msgspec.json.schema_components([Known, *DATA], ref_template="#/$defs/{name}")
    for name, part in named.items():
        part["required"] = [field for field in part["properties"] if f"{name}.{field}" not in ADDED_LATER]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_URI,
        "title": "Storywire events, v1",
        "description": "The `data` of an event. The whole event is `#/$defs/Event`.",
        "anyOf": list(data),
        "$defs": {"Event": event, **dict(sorted(named.items()))},
    }


def written() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
