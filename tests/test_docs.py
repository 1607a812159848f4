"""What the documents promise, held against the code.

`make reference` runs this file, which then writes the generated parts anew.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ingest.ledger.keys import FAMILIES
from ingest.model import REFUSALS
from ingest.settings import Settings
from ingest.sources.port import Fate

ROOT = Path(__file__).resolve().parents[1]
CONFIG = ROOT / "config" / "ingest.toml"
KEYS = ROOT / "docs" / "redis-keys.md"
BAD_INPUT = ROOT / "docs" / "bad-input.md"

CONFIG_HEAD = """\
# A deployment's settings: one table per stage, each setting with its meaning and, commented out, its default.
# The environment goes before it: INGEST_INBOX__MAX_ENTRIES=1000 is max_entries of [inbox], INGEST_STORE is store.
# `make reference` writes it from src/ingest/settings.py: change meanings and defaults there, and a deployment's values
# in a copy of its own (`--config`).
"""
KEYS_BEGIN, KEYS_END = "<!-- families: written by `make reference` -->", "<!-- families end -->"
LABELS_BEGIN, LABELS_END = "<!-- labels: written by `make reference` -->", "<!-- labels end -->"


def _is_table(field: FieldInfo) -> bool:
    return isinstance(field.default, BaseModel)


def _tables() -> dict[str, type[BaseModel]]:
    """Name and class of each table, the top level (named "") first."""
    return {"": Settings} | {name: type(f.default) for name, f in Settings.model_fields.items() if _is_table(f)}


def _settings(table: type[BaseModel]) -> dict[str, FieldInfo]:
    return {name: field for name, field in table.model_fields.items() if not _is_table(field)}


def _toml(value: Any) -> str:
    """A default as TOML writes it; JSON's strings, numbers, booleans and lists are TOML's."""
    if isinstance(value, int) and value >= 10_000:
        return f"{value:_}"
    return json.dumps(value, ensure_ascii=False)


def config_reference() -> str:
    """config/ingest.toml as the settings have it: every setting commented out under its meaning."""
    blocks = [CONFIG_HEAD]
    for name, table in _tables().items():
        head = [f"[{name}]"] if name else []
        lines = [f"# {field.description}\n# {key} = {_toml(field.default)}" for key, field in _settings(table).items()]
        blocks.append("\n".join(head + lines) + "\n")
    return "\n".join(blocks)


def key_table() -> str:
    """The table of docs/redis-keys.md as `FAMILIES` has it."""
    rows = [f"| `{f.pattern}` | {f.type} | {f.ttl} | {f.writer} | {f.holds} |" for f in FAMILIES]
    return "\n".join(["| key | type | kept | written by | holds |", "|---|---|---|---|---|", *rows])


def label_table() -> str:
    """The labels of docs/bad-input.md as `REFUSALS` has them."""
    return "\n".join(["| label | meaning |", "|---|---|", *(f"| `{word}` | {why} |" for word, why in REFUSALS.items())])


def test_the_page_on_bad_input_has_every_label_and_every_fate() -> None:
    text = BAD_INPUT.read_text("utf-8")
    assert text.split(LABELS_BEGIN)[1].split(LABELS_END)[0].strip() == label_table(), "run `make reference`"
    assert [fate for fate in get_args(Fate) if f"| `{fate}` |" not in text] == []


def _uncommented(text: str) -> str:
    """The reference with its defaults switched on."""
    lines = text.removeprefix(CONFIG_HEAD).splitlines()
    return "\n".join(line.removeprefix("# ") if " = " in line and line.startswith("# ") else line for line in lines)


def test_every_setting_says_what_it_means() -> None:
    silent = [
        f"{table.__name__}.{name}"
        for table in _tables().values()
        for name, field in _settings(table).items()
        if not field.description
    ]
    assert silent == []


def test_the_configuration_file_names_every_setting_with_its_meaning_and_default() -> None:
    assert CONFIG.read_text("utf-8") == config_reference(), "run `make reference`"


def test_the_configuration_file_changes_nothing_as_it_is_and_is_valid_when_uncommented() -> None:
    assert not any(tomllib.loads(CONFIG.read_text("utf-8")).values())
    defaults = Settings.model_validate(tomllib.loads(_uncommented(CONFIG.read_text("utf-8"))))
    assert defaults == Settings.model_construct()


def test_the_key_reference_lists_every_family() -> None:
    text = KEYS.read_text("utf-8")
    assert text.split(KEYS_BEGIN)[1].split(KEYS_END)[0].strip() == key_table(), "run `make reference`"


def test_the_readme_names_every_command() -> None:
    from typer.main import get_command

    from ingest.cli.main import app

    readme = (ROOT / "README.md").read_text("utf-8")
    commands = getattr(get_command(app), "commands", {})
    visible = [name for name, command in commands.items() if not command.hidden]
    assert [name for name in visible if f"ingest {name}" not in readme] == []


def _write_reference() -> None:
    CONFIG.write_text(config_reference(), "utf-8")
    _write_table(KEYS, KEYS_BEGIN, key_table(), KEYS_END)
    _write_table(BAD_INPUT, LABELS_BEGIN, label_table(), LABELS_END)


def _write_table(page: Path, begin: str, table: str, end: str) -> None:
    before, rest = page.read_text("utf-8").split(begin)
    page.write_text(f"{before}{begin}\n\n{table}\n\n{end}{rest.split(end)[1]}", "utf-8")


if __name__ == "__main__":
    _write_reference()
