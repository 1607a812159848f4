"""The JSON Schema of events and the tables of docs/events.md, both out of the types.

The schema describes `data`, which is what `dataschema` names; `#/$defs/Event` in it describes the whole event.
`python -m ingest.events.schema` writes it where it is published.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from ingest.events.event import DATA, SCHEMA_URI, Known

FILE = Path(__file__).with_name("schema") / "v1.json"


ADDED_LATER: frozenset[str] = frozenset(
    {"StoryCounts.publishers", "StoryCounts.withdrawn", "Withdrawal.source", "Withdrawal.language"}
)
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


def reference() -> str:
    """Every field, its type and meaning, as Markdown: one table for each object, in the order of an event."""
    _, named = msgspec.json.schema_components([Known], ref_template="{name}")
    events = {name: part for name, part in named.items() if "datacontenttype" in part["properties"]}
    envelope = dict(next(iter(events.values())))
    envelope["description"] = "CloudEvents 1.0; the same for every type."
    types = [part["properties"]["type"]["enum"][0] for part in events.values()]
    envelope["properties"] = envelope["properties"] | {
        "type": {"enum": types, "description": "what happened: see the table above"},
        "data": {"type": "object", "description": "`StoryChange`, `StoryMerge` or `Withdrawal`, by type"},
    }
    parts = {"Event": envelope} | {name: part for name, part in named.items() if name not in events}
    return "\n".join(_table(name, part) for name, part in parts.items())


def _table(name: str, part: dict[str, Any]) -> str:
    rows = [f"| `{field}` | {_type(kind)} | {kind['description']} |" for field, kind in part["properties"].items()]
    head = [f"### {name}", "", part["description"], "", "| field | type | meaning |", "|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def _type(kind: dict[str, Any]) -> str:
    """A JSON type in a few words: `list of Added`, `string or null`."""
    if "$ref" in kind:
        return f"[{kind['$ref']}](#{kind['$ref'].lower()})"
    if "anyOf" in kind:
        return " or ".join(_type(one) for one in kind["anyOf"])
    if "enum" in kind:
        return ", ".join(f"`{word}`" for word in kind["enum"])
    if kind.get("type") == "array":
        return f"list of {_type(kind['items'])}"
    return "time" if kind.get("format") == "date-time" else str(kind["type"])


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
