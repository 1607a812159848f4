"""Storywire: tells its subscribers when a news story changes, not when another copy of it appears."""

from ingest.subscribing import subscribe

__all__ = ["subscribe"]
