"""`ingest extract`: what would be seen of a file or page; nothing is stored."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from msgspec import to_builtins

from ingest import wiring
from ingest.cli import options
from ingest.cli.output import emit_json, remark, say
from ingest.errors import Refused
from ingest.events.times import published_at, rfc3339
from ingest.model import Accepted, Envelope, Normalised
from ingest.normalise import normalise
from ingest.normalise.boilerplate import MARKS
from ingest.sources.replay import STDIN, read_paths

HELP = """Show what would be seen of a file or page: title, text, date, language, credit, and what was marked as not the
article, and why. Nothing is stored, no server is started.

Examples:

    ingest extract page.html

    ingest extract tests/fixtures/seeds/002_cae04e5c9d74d822.txt --json
"""


def register(app: typer.Typer) -> None:
    app.command(help=HELP)(extract)


def extract(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files, folders, or - for stdin.")],
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    options.check_paths(files)
    settings = options.settings_of(config=config)
    stdin = sys.stdin.buffer if STDIN in files else None
    refused = 0
    with wiring.readers(settings) as readers:
        found = read_paths(files, readers=readers, settings=settings.sources, stdin=stdin)
        for where, item in found:
            if not isinstance(item, Envelope):
                refused += isinstance(item, Refused)
                remark(str(item) if isinstance(item, Refused) else f"{where}: {item.detail}")
                continue
            article = normalise(Accepted("0-0", 0, item))
            if json:
                emit_json({"where": where, **_fields(article, item)})
            else:
                _show(where, article, item)
    return 1 if refused else 0


def _fields(article: Normalised, envelope: Envelope) -> dict[str, object]:
    return {
        "key": article.key,
        "version": article.version,
        "title": article.title,
        "text": "\n".join(article.sentences),
        "published_at": published_at(article.published),
        "language": article.language,
        "credit": article.credit,
        "byline": article.byline,
        "dateline": article.dateline,
        "url": article.url,
        "outlet": article.outlet,
        "words": article.words,
        "correction": article.correction,
        "completeness": article.completeness,
        "rights": article.rights,
        "embargo_until": _time(article.embargo_until),
        "follows": article.follows,
        "withdraws": to_builtins(envelope.withdraws),
        "marked": [{"text": line.text, "mark": line.mark, "why": MARKS[line.mark]} for line in article.marked],
        "extra": envelope.extra,
    }


def _time(at: int | None) -> str | None:
    return rfc3339(at) if at is not None else None


def _show(where: str, article: Normalised, envelope: Envelope) -> None:
    say(where)
    if envelope.withdraws is not None:
        reason = envelope.withdraws.reason
        say(f"  takes back {article.key}" + (f": {reason}" if reason else ""))
        return
    outlet = article.outlet.name if article.outlet else None
    about = (
        ("title", article.title),
        ("published", published_at(article.published)),
        ("outlet", outlet),
        ("url", article.url),
        ("byline", article.byline),
        ("credit", article.credit),
        ("dateline", article.dateline),
        ("language", article.language),
        ("rights", article.rights),
        ("embargo", _time(article.embargo_until)),
        ("corrects", "an earlier version" if article.correction else None),
        ("follows", ", ".join(article.follows) or None),
    )
    for name, value in about:
        if value is not None:
            say(f"  {name:<10}{value}")
    say(f"  {'text':<10}{article.words} words, {len(article.sentences)} sentences")
    for sentence in article.sentences:
        say(f"    {sentence}")
    for line in article.marked:
        say(f"  not the article: {line.text}")
        say(f"    {line.mark}: {MARKS[line.mark]}")
