"""How events, stories, articles and verdicts are shown: values in, lines out. Pure; `output.say` prints the lines."""

from __future__ import annotations

from ingest.cli.views.article import article_lines
from ingest.cli.views.event import entry_lines, event_lines
from ingest.cli.views.feeds import feed_line, feed_lines
from ingest.cli.views.stories import story_lines, story_table, timeline_lines
from ingest.cli.views.why import why_lines

__all__ = [
    "article_lines",
    "entry_lines",
    "event_lines",
    "feed_line",
    "feed_lines",
    "story_lines",
    "story_table",
    "timeline_lines",
    "why_lines",
]
