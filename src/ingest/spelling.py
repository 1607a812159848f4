"""Which setting is meant by a name that is none, in a file or in the environment; which variable cannot be read.

A name has parts, `("fetch", "proxy")`: `fetch.proxy` in a file, INGEST_FETCH__PROXY in the environment. Table and
setting are compared each with its own kind: of whole names a well-spelt table would win, whatever is set in it.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence

from pydantic.fields import FieldInfo

from ingest.settings import PREFIX, AccessSettings, Settings, Table

NEAR = 0.8
"""Likeness from which a table or a whole name is a slip of the hand; below, a variable may be some other program's."""
LIKE = 0.6
"""The same of a setting whose table is ours: something of ours is meant. difflib's own default."""


def misspelt(variables: Iterable[str]) -> list[str]:
    """What to say of environment variables that would be settings but for their spelling or their table. A wrong
    name inside a table is refused when the table is read; at the top it would be passed over."""
    found = []
    for variable in sorted(variables):
        parts = _parts(variable)
        if not any(parts) or parts[0] in Settings.model_fields:
            continue
        whole = _whole(variable.upper())
        table = len(parts) > 1 and _close(parts[0], _tables(), NEAR)
        if table or (len(parts) == 1 and _meant(parts)):
            found.append(unknown(parts, variable=variable))
        elif whole:
            found.append(f"unknown setting {variable} in the environment; did you mean {whole}?")
    return found


def unknown(parts: Sequence[str], *, variable: str = "", file: str = "") -> str:
    """What to say of a name that is no setting: where it stands, and what is meant or what there is."""
    said = f"{variable} in the environment" if variable else f"{'.'.join(parts)} in {file or 'the environment'}"
    spelt = [PREFIX + "__".join(each).upper() if variable else ".".join(each) for each in _meant(parts)]
    if spelt:
        return f"unknown setting {said}; did you mean {' or '.join(spelt)}?"
    table = _close(parts[0], _tables(), NEAR) if len(parts) > 1 else ""
    names = _settings([table, *parts[1:-1]]) if table else Settings.model_fields
    near = f"did you mean a setting of {table}? " if table and table != parts[0] else ""
    return f"unknown setting {said}; {near}there is {', '.join(names)}"


def unreadable(variables: Mapping[str, str]) -> str:
    """The first variable that is to hold a list or a table and is not JSON, and what is wanted; empty without one."""
    for variable, value in sorted(variables.items()):
        parts = _parts(variable)
        field = _field(parts) if parts else None
        if field is None or isinstance(field.default, str | int | float):
            continue
        try:
            json.loads(value)
        except ValueError:
            names = f" (one of its settings is {variable}__NAME)" if isinstance(field.default, Table | dict) else ""
            said = f": {field.description}" if field.description else ""
            return f"{variable} is not JSON, as lists and tables are given{names}{said}"
    return ""


def _parts(variable: str) -> list[str]:
    """Of a variable's name; none where it does not begin as ours do."""
    name = variable.upper()
    return name.removeprefix(PREFIX).lower().split("__") if name.startswith(PREFIX) else []


def _field(parts: Sequence[str]) -> FieldInfo | None:
    """The setting of this name; None where it is none, or a name that somebody gave: an access, a header."""
    *path, name = parts
    if not path:
        return Settings.model_fields.get(name)
    depth = 2 if path[0] == "access" else 1
    return _settings(path).get(name) if path[0] in _tables() and len(path) == depth else None


def _meant(parts: Sequence[str]) -> list[tuple[str, ...]]:
    """The settings that are most like the name; none where nothing is like it."""
    key = parts[-1]
    elsewhere: list[tuple[str, ...]] = [(table, key) for table in _tables() if key in _settings([table])]
    if len(parts) == 1:
        top = _close(key, Settings.model_fields, NEAR)
        return [(top,)] if top and not elsewhere else elsewhere
    table = _close(parts[0], _tables(), NEAR)
    path = [table, *parts[1:-1]]
    found = _close(key, _settings(path), LIKE) if table else ""
    return [(*path, found)] if found else elsewhere


def _tables() -> list[str]:
    return [name for name, field in Settings.model_fields.items() if isinstance(field.default, Table | dict)]


def _settings(path: Sequence[str]) -> Mapping[str, FieldInfo]:
    """What is in a table; of `access` each name that somebody gave is a table."""
    if path[0] == "access":
        return AccessSettings.model_fields if len(path) > 1 else {}
    default = Settings.model_fields[path[0]].default
    return type(default).model_fields if isinstance(default, Table) else {}


def _close(name: str, known: Iterable[str], likeness: float) -> str:
    return next(iter(difflib.get_close_matches(name, sorted(known), 1, likeness)), "")


def _whole(variable: str) -> str:
    """The variable that is most like it as a whole: one underscore where two are wanted."""
    inner = [f"{table}__{name}" for table in _tables() for name in _settings([table])]
    return _close(variable, [PREFIX + name.upper() for name in (*Settings.model_fields, *inner)], NEAR)
