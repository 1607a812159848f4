"""Storywire: tells its subscribers when a news story changes, not when another copy of it appears."""

from ingest.subscribing import Gap, subscribe

__all__ = ["Gap", "subscribe"]
