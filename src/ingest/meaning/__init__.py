"""What a title says, as a vector: headlines of one event that share few words are near each other.

    load()    the model that the setting `stories.semantic` names: a package, or a folder
    Meaning   what a model is to the others: a text in, a vector of bytes out

Optional: without the setting nothing here is loaded (decision 0122).
"""

from __future__ import annotations

from ingest.meaning.loading import load
from ingest.meaning.port import LONGEST, Meaning, quantised

__all__ = ["LONGEST", "Meaning", "load", "quantised"]
