"""What this program stores by: workers of other numbers share no partition with it."""

from __future__ import annotations

import hashlib

from ingest import dedupe
from ingest.alignment import ALIGNMENT
from ingest.background.location import RECIPE
from ingest.background.lookup import FLOORS
from ingest.background.scripts import LENGTHS
from ingest.ledger import rows
from ingest.meaning import Meaning
from ingest.normalise import NORMALISER
from ingest.stories.thresholds import MEANING, THRESHOLDS


def judgement() -> str:
    """Digest of every threshold and of the word table's making: workers that judge differently share no partition."""
    of_dedupe = (dedupe.SKETCH, dedupe.CANDIDATES, dedupe.RELATION, dedupe.SHORT, dedupe.SERIES, dedupe.ROUNDUP)
    tables = (*of_dedupe, dedupe.STANDING, ALIGNMENT, THRESHOLDS, RECIPE, FLOORS, LENGTHS)
    return hashlib.blake2b(repr(tables).encode(), digest_size=6).hexdigest()


def versions(meaning: Meaning | None = None) -> dict[str, str]:
    """What a partition made now is made by; `ledger.partition` holds a partition to it. A model of meaning is named
    where there is one: partitions without one stay as they were made."""
    sketch = hashlib.blake2b(repr((dedupe.SKETCHES, dedupe.SKETCH, dedupe.SHORT)).encode(), digest_size=3).hexdigest()
    made = {"schema": str(rows.SCHEMA), "normaliser": str(NORMALISER), "sketch": sketch, "judgement": judgement()}
    if meaning is not None:
        weight = hashlib.blake2b(repr(MEANING).encode(), digest_size=3).hexdigest()
        made["meaning"] = f"{meaning.fingerprint}-{weight}"
    return made
