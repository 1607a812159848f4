"""What an accepted text says in canonical form, apart from what only stands around it. Pure functions."""

from ingest.normalise.normalise import NORMALISER, normalise

__all__ = ["NORMALISER", "normalise"]
