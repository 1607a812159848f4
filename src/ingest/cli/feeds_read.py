"""`ingest feeds read`: what would be taken from a feed; nothing is stored, no server is started."""

from __future__ import annotations

import asyncio
import gzip
import sys
import time
import zlib
from typing import Annotated, Any

import typer

from ingest import wiring
from ingest.cli import options
from ingest.cli.output import emit_json, remark, say
from ingest.errors import Refused
from ingest.events.times import published_at
from ingest.model import Accepted, Envelope
from ingest.normalise import normalise
from ingest.settings import Settings
from ingest.sources.access import Access
from ingest.sources.articles import is_web_address
from ingest.sources.entries import INDEX, Parsed, found_in, hint_of
from ingest.sources.feeds import site_of
from ingest.sources.http import Http
from ingest.sources.polling import Poller, no_feed
from ingest.sources.port import Readers
from ingest.sources.replay import STDIN
from ingest.sources.review import Review, reviews
from ingest.sources.streams import Joined, unzipped
from ingest.sources.subscriptions import Visit

HELP = """Show what would be taken from a feed: its kind, title and language, how often it wants to be asked, where its
changes can be subscribed to, and each entry with the key it would get, its date, length and completeness; or why it is
refused. Nothing is stored, no server is started. Of a page, which is refused, the feeds are shown that it names, of an
index of sitemaps those that would be read as feeds.

Examples:

    ingest feeds read https://www.example.org/feed.xml

    ingest feeds read kept.xml --url https://www.example.org/feed.xml --json
"""
_GZIP = b"\x1f\x8b"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def register(group: typer.Typer) -> None:
    group.command(name="read", help=HELP)(read)


def read(
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help="A file, a web address, or - for stdin.")],
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="Of a file: the address it is from, for keys and links.")
    ] = "",
    access: Annotated[str, typer.Option("--access", metavar="NAME", help="The credentials for it, by name.")] = "",
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    settings = options.settings_of(config=config)
    options.check_access(settings, access)
    with wiring.readers(settings) as readers:
        try:
            if is_web_address(source):
                name, found_at, parsed = source, *asyncio.run(_fetched(source, access, settings, readers))
            else:
                options.check_paths([source])
                name, found_at = url or source, url
                parsed = readers.feed(_data(source, settings.fetch.max_bytes), hint_of(settings.fetch.max_entries, ""))
        except Refused as refused:
            remark(f"refused {source} ({refused.reason}: {refused.detail or 'no feed'})")
            return 1
        found = reviews(parsed, name, found_at, readers, settings.sources)
    if json:
        emit_json(_feed_fields(source, found_at, parsed, found))
    else:
        _show(source, found_at, parsed, found)
    if why := no_feed(parsed, found_at):
        remark(f"refused {source} (unknown-format: {why}); {_instead(parsed, found_at)}")
        return 1
    if parsed.kind == INDEX:
        todo = "`ingest feeds add` takes its address, and its news sitemaps are read as feeds"
        remark(f"{source}: an index of sitemaps; {todo}")
    return 1 if any(isinstance(each.article, Refused) for each in found) else 0


def _instead(parsed: Parsed, found_at: str) -> str:
    """What to do with what is no feed."""
    if found_in(parsed, found_at):
        return "`ingest feeds add` takes the address of one that it names"
    return "`ingest feeds discover` looks for the feeds of its site"


async def _fetched(url: str, access: str, settings: Settings, readers: Readers) -> tuple[str, Parsed]:
    """Where it was found, and what it is. Raises Refused."""
    async with Http(settings.fetch, access=Access(settings.access)) as http:
        poller = Poller(http, readers, settings.fetch, time.time)
        poll = await poller.ask(url, Visit(), access)
        if poll.response is None:
            raise Refused(poll.polled.reason, url, poll.polled.error)
        return poll.response.url, await poller.look(poll.response)


def _data(path: str, limit: int) -> bytes:
    """A file, also gzipped, or standard input. Raises Refused, OSError."""
    if path == STDIN:
        return Joined(b"", sys.stdin.buffer).all(limit)
    with open(path, "rb") as file:
        head = file.read(2)
        try:
            return Joined(b"", unzipped(file, limit)).all(limit) if head == _GZIP else Joined(head, file).all(limit)
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise Refused("unreadable", path, f"broken gzip: {error}") from error


def _feed_fields(where: str, found_at: str, feed: Parsed, found: tuple[Review, ...]) -> dict[str, Any]:
    return {
        "where": where,
        "kind": feed.kind,
        "title": feed.title,
        "language": feed.language,
        "site": site_of(feed, found_at) or None,
        "seconds_between_polls": feed.wishes.floor or None,
        "skip_hours": feed.skip_hours,
        "skip_days": [_DAYS[day] for day in feed.skip_days],
        "hub": feed.hub or None,
        "topic": feed.topic or None,
        "expired": feed.expired,
        "mended": feed.mended or None,
        "left_out": feed.left_out,
        "feeds": [{"url": linked.href, "declared": linked.declared} for linked in found_in(feed, found_at)],
        "sitemaps": feed.sitemaps,
        "entries": [_entry_fields(each) for each in found],
    }


def _entry_fields(review: Review) -> dict[str, Any]:
    article, entry = review.article, review.entry
    if isinstance(article, Refused):
        return {
            "id": entry.id or None,
            "title": entry.title,
            "refused": article.reason,
            "why": article.detail or None,
            "enclosure": entry.enclosure or None,
        }
    return {
        "key": article.key,
        "same_as": review.same_as or None,
        "id": article.id,
        "permalink": entry.permalink,
        "title": article.title,
        "url": article.url,
        "outlet": article.outlet,
        "author": article.author,
        "language": article.language,
        "published_at": published_at(article.published),
        "updated_at": published_at(entry.updated),
        "completeness": article.completeness,
        "words": _words(article),
        "enclosure": entry.enclosure or None,
    }


def _words(article: Envelope) -> int:
    return normalise(Accepted("0-0", 0, article)).words


def _show(where: str, found_at: str, feed: Parsed, found: tuple[Review, ...]) -> None:
    refused = sum(isinstance(each.article, Refused) for each in found)
    about = (
        ("kind", feed.kind),
        ("title", feed.title),
        ("language", feed.language),
        ("site", site_of(feed, found_at)),
        ("asks for", _asked(feed)),
        ("hub", f"{feed.hub}, for {feed.topic or 'its own address'}" if feed.hub else ""),
        ("mended", feed.mended),
        ("feeds", ", ".join(linked.href for linked in found_in(feed, found_at))),
        ("sitemaps", ", ".join(feed.sitemaps)),
        ("entries", f"{len(found)}" + (f", {refused} refused" if refused else "") + _beyond(feed)),
    )
    say(where)
    for name, value in about:
        if value:
            say(f"  {name:<10}{value}")
    for number, review in enumerate(found, 1):
        _show_entry(number, review)


def _beyond(feed: Parsed) -> str:
    return f", {feed.left_out} more not looked at" if feed.left_out else ""


def _asked(feed: Parsed) -> str:
    """How often and when it wants to be polled, in words."""
    wishes = feed.wishes
    parts = [f"{wishes.floor / 60:g} min between polls"] if wishes.floor else []
    parts += [f"none at {', '.join(f'{hour}' for hour in wishes.skip_hours)} o'clock GMT"] if wishes.skip_hours else []
    parts += [f"none on {', '.join(_DAYS[day] for day in wishes.skip_days)}"] if wishes.skip_days else []
    return "; ".join([*parts, *(["it says that it is finished"] if feed.expired else [])])


def _show_entry(number: int, review: Review) -> None:
    article, entry = review.article, review.entry
    if isinstance(article, Refused):
        say(f"{number:4}  refused: {article.reason} ({article.detail})")
        say(f"      {entry.title or entry.id or entry.link or entry.enclosure or 'nothing at all'}")
        return
    say(f"{number:4}  {article.title or '(no title)'}")
    when = published_at(article.published) or "no date"
    said = [when, article.completeness, f"{_words(article)} words", article.outlet or "no outlet"]
    say(f"      {', '.join(said)}" + (f"; the same article as {review.same_as}" if review.same_as else ""))
    say(f"      {article.key}")
