"""The farm's tests use the virtual time of the sources' tests."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "sources"))
