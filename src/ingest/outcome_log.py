"""What became of what was fetched or delivered, in the log of a process that runs for months."""

from __future__ import annotations

import logging

import structlog

from ingest.sources.port import Fate, Outcome

log = structlog.get_logger()

_LEVELS: dict[Fate, int] = {
    "accepted": logging.INFO,
    "unchanged": logging.INFO,
    "refused": logging.INFO,
    "skipped": logging.INFO,
    "resumed": logging.INFO,
    "waiting": logging.WARNING,
    "warning": logging.WARNING,
}


_COUNTED: dict[Fate, int] = {**_LEVELS, "accepted": logging.DEBUG, "unchanged": logging.DEBUG}
"""Where a line a minute counts those: hundreds of lines would hide the others."""


def logged(line: str, outcome: Outcome, *, counted: bool) -> None:
    """`line` is what the name of each line begins with: `fetch` or `push`."""
    found = {"reason": outcome.reason, "detail": outcome.detail}
    said = {name: value for name, value in found.items() if value}
    log.log((_COUNTED if counted else _LEVELS)[outcome.fate], f"{line}.{outcome.fate}", where=outcome.where, **said)
