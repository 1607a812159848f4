"""Builds trouble.c: a slow disk, and clocks that are wrong."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def build_trouble(folder: Path) -> Path | None:
    """The library that slows fdatasync and sets clocks wrong; None where there is no C compiler or no LD_PRELOAD."""
    compiler = shutil.which("cc")
    if not compiler or sys.platform != "linux":
        return None
    made = folder / "trouble.so"
    command: list[str | Path] = [compiler, "-O1", "-shared", "-fPIC", "-o", made, HERE / "trouble.c", "-ldl"]
    return made if subprocess.run(command, check=False).returncode == 0 else None
