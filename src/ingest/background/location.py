"""Where the word table of an installation stands, and making it exactly once."""

from __future__ import annotations

import fcntl
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from ingest.background.build import Message, frequencies, source_version
from ingest.background.lookup import CHARACTER_MARK, STEM_MARK, Background
from ingest.background.table import FORMAT, Table, pack
from ingest.errors import StoreError

RECIPE: Final = 2  # raised when the same words would make other frequencies


def load(path: Path | None = None, *, say: Message = lambda _: None) -> Background:
    """The word table at `path`, or at this installation's own place; built first where there is none (about 5 s).

    Processes that start together build it once: the others wait for the file. `say` hears that it is being built.
    Raises StoreError where no folder can be written.
    """
    target = path or default_path()
    try:
        return Background(Table(target))
    except (OSError, ValueError):
        pass  # absent, or cut short by a full disk: made anew
    try:
        return Background(_build_once(target, say))
    except OSError as error:
        raise StoreError(f"the word table cannot be written to {target}: {error}") from error


def default_path(prefix: Path | None = None) -> Path:
    """In the installation where it can be written (all its users share one), else in the user's cache folder."""
    name = f"words-{source_version()}-{FORMAT}.{RECIPE}.bin"
    shared = (prefix or Path(sys.prefix)) / "share" / "storywire"
    if (shared / name).exists() or _writable(shared):
        return shared / name
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "storywire" / name


def _writable(folder: Path) -> bool:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)


def _build_once(target: Path, say: Message) -> Table:
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / (target.name + ".lock")).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # released by the kernel when its holder dies
        try:
            return Table(target)  # another process has built it meanwhile
        except (OSError, ValueError):
            pass
        found = frequencies(say)
        stems = {STEM_MARK + term: value for term, value in found.stems.items()}
        characters = {CHARACTER_MARK + term: value for term, value in found.characters.items()}
        _replace(target, pack(found.words | stems | characters))
        return Table(target)


def _replace(target: Path, content: bytes) -> None:
    # Written aside and renamed: a reader sees all of the table or none of it.
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=target.name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), 0o644)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
