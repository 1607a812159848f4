"""Where the labelled data lies. It is not part of the project: a gate that does not find it says so and skips."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def data_folder() -> Path:
    """INGEST_EVAL_DATA, default ../shared/data beside the project."""
    folder = ROOT / os.environ.get("INGEST_EVAL_DATA", "../shared/data")
    if not folder.is_dir():
        pytest.skip(f"no labelled data in {folder}: INGEST_EVAL_DATA names the folder")
    return folder
