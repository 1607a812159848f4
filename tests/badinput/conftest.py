"""The helpers of other folders: a command in a process of its own, and a web server."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path += [str(Path(__file__).parents[1] / folder) for folder in ("integration", "sources")]
