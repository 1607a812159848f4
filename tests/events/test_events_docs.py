"""docs/events.md says what the types say. `python tests/events/test_events_docs.py` writes its generated parts anew."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import msgspec
from seed_decisions import DECISIONS

from ingest.events import event as published
from ingest.events.cursor import REASONS
from ingest.events.describe import describe
from ingest.events.filters import TYPES
from ingest.events.schema import reference
from ingest.model import EventType
from ingest.settings import EventSettings
from ingest.stories.delta import MATERIALITY

DOC = Path(__file__).parents[2] / "docs" / "events.md"


def example() -> str:
    event = json.loads(describe(DECISIONS[2], settings=EventSettings()))
    return "```json\n" + json.dumps(event, indent=2, ensure_ascii=False) + "\n```\n"


PARTS = {"example": example, "fields": reference}


def written(doc: str) -> str:
    for name, make in PARTS.items():
        before, begin, rest = doc.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- end of {name} -->")
        doc = before + begin + make() + end + after
    return doc


def test_the_example_and_the_tables_are_those_of_the_types() -> None:
    doc = DOC.read_text(encoding="utf-8")
    assert doc == written(doc)


def test_every_field_of_every_struct_has_a_row_and_no_row_is_of_a_field_that_is_not_there() -> None:
    doc = DOC.read_text(encoding="utf-8").partition("<!-- fields -->")[2]
    rows = {
        name: set(re.findall(r"^\| `(\w+)` \|", body, re.MULTILINE))
        for name, body in re.findall(r"^### (\w+)\n(.*?)(?=^### |\Z)", doc, re.MULTILINE | re.DOTALL)
    }
    structs = {
        name: {field.encode_name for field in msgspec.structs.fields(kind)}
        for name, kind in vars(published).items()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind is not msgspec.Struct
    }
    concrete = {kind.__name__ for kind in published.EVENTS} | {"OtherEvent", "OtherData"}
    structs["Event"] |= {"type"}
    assert rows == {name: fields for name, fields in structs.items() if name not in concrete}


def test_every_type_reason_and_default_is_told() -> None:
    doc = DOC.read_text(encoding="utf-8")
    assert re.findall(r"^\| `((?:story|article)\.\w+)` \|", doc, re.MULTILINE) == list(TYPES)
    assert {kind.__struct_config__.tag for kind in published.EVENTS} == set(TYPES) == set(get_args(EventType))
    for reason in REASONS:
        assert f"| `{reason}` |" in doc
    assert f"kept for {EventSettings().retention_days} days" in doc
    assert f"at most {EventSettings().max_bytes // 1000} kB" in doc


def test_the_formula_of_materiality_is_the_one_that_is_computed() -> None:
    figure, name, scale = MATERIALITY.figure, MATERIALITY.name, MATERIALITY.scale
    formula = f"1 - exp(-(new content words + {figure:g} * figures + {name:g} * new names) / {scale:g})"
    assert formula in DOC.read_text(encoding="utf-8")


if __name__ == "__main__":
    DOC.write_text(written(DOC.read_text(encoding="utf-8")), encoding="utf-8")
