"""One disposition per article: a log line, in the words of `model.DISPOSITIONS`; the commit has counted it.

Logs go to standard error, never to standard output, which belongs to events. Whatever a publisher wrote is made
printable first: a title may carry terminal escapes. A key may begin with a feed's address, and that hold a password.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog

from ingest.model import Disposition
from ingest.printable import printable, without_secrets
from ingest.settings import LogSettings

log = structlog.get_logger()


def configure(settings: LogSettings) -> None:
    """Set up logging for this process."""
    level = getattr(logging, settings.level.upper())
    renderer: Any = structlog.processors.JSONRenderer() if settings.json_lines else structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _made_printable,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    libraries = logging.StreamHandler(sys.stderr)
    libraries.setFormatter(_Printable("%(levelname)s %(message)s"))
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[libraries])


def _made_printable(_: Any, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {_one_line(name): _shown(value) for name, value in fields.items()}


def _shown(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {_shown(name): _shown(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(inner) for inner in value]
    return _one_line(str(value))


def _one_line(text: str) -> str:
    """A line break in a title or a key would let a publisher write log lines of his own."""
    return printable(text).replace("\n", "\\n")


class _Printable(logging.Formatter):
    """The same for what libraries log: a message may quote what it stumbled over."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return _one_line(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        return printable(super().formatException(ei))


def dispose(partition: str, dispositions: Iterable[tuple[str, Disposition]]) -> None:
    """Log what became of each article (key, disposition), once its commit stands."""
    for key, disposition in dispositions:
        log.debug("article." + disposition, partition=partition, key=without_secrets(key))
