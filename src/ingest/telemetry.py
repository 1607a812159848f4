"""One disposition per article: a counter and a log line, in the words of `model.DISPOSITIONS`.

Logs go to standard error, never to standard output, which belongs to events. Whatever a publisher wrote is made
printable first: a title may carry terminal escapes.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog
from prometheus_client import Counter

from ingest.model import Disposition
from ingest.printable import printable
from ingest.settings import LogSettings

ARTICLES = Counter("storywire_articles", "Accepted versions by disposition", ("partition", "disposition"))

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
    logging.basicConfig(level=max(level, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(message)s")


def _made_printable(_: Any, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: printable(value) if isinstance(value, str) else value for name, value in fields.items()}


def dispose(partition: str, dispositions: Iterable[tuple[str, Disposition]]) -> None:
    """Count and log what became of each article (key, disposition), once its commit stands."""
    for key, disposition in dispositions:
        ARTICLES.labels(partition, disposition).inc()
        log.debug("article." + disposition, partition=partition, key=key)
