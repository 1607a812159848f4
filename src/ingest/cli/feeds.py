"""`ingest feeds`: the subscriptions of `ingest fetch`; OPML is in `feed_lists`, `discover` in `feed_finder`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, cast, get_args

import msgspec
import typer

from ingest.cli import feed_finder, feed_lists, feeds_read, options
from ingest.cli.output import complain, emit_json, remark, say
from ingest.cli.views import feed_line, feed_lines
from ingest.cli.views.feeds import HEAD, fields_of, waiting_fields
from ingest.errors import UsageError
from ingest.settings import Settings
from ingest.sources.catalogue import Catalogue, Row
from ingest.sources.subscriptions import Pages, Subscription
from ingest.subscribed import catalogue_of, now_of

HELP = """The feeds that `ingest fetch` polls: added, listed, changed, muted, removed; also while it runs.

Examples:

    ingest feeds add https://www.example.org/feed.xml --folder World --title "Example Daily"

    ingest feeds list --failing

    ingest feeds mute https://www.example.org/feed.xml --for "sends tests this week"
"""

group = typer.Typer(no_args_is_help=True, help=HELP)

Url = Annotated[str, typer.Argument(metavar="URL", help="The address it was subscribed under.")]
Urls = Annotated[list[str], typer.Argument(metavar="URL...", help="Addresses of feeds.")]
Title = Annotated[str | None, typer.Option("--title", help="What to call it, instead of what it calls itself.")]
Folder = Annotated[str | None, typer.Option("--folder", help="Where it stands in the list: `World/Asia`.")]
OutletName = Annotated[str | None, typer.Option("--outlet", help="Who publishes, where the feed does not say it.")]
PagesOption = Annotated[
    str | None, typer.Option("--pages", help="Fetch its entries' pages: auto (where it brings teasers), always, never.")
]
Robots = Annotated[
    bool | None, typer.Option("--ignore-robots/--heed-robots", help="Your word that its pages may be fetched anyhow.")
]
Access = Annotated[str | None, typer.Option("--access", metavar="NAME", help="The credentials for it, by their name.")]
Shortest = Annotated[float | None, typer.Option("--shortest", metavar="MIN", min=1, help="Least between two polls.")]
Longest = Annotated[float | None, typer.Option("--longest", metavar="MIN", min=1, help="Most between two polls.")]


def register(app: typer.Typer) -> None:
    feeds_read.register(group)
    feed_lists.register(group)
    feed_finder.register(group)
    app.add_typer(group, name="feeds")


@group.command()
def add(
    urls: Urls,
    title: Title = None,
    folder: Folder = None,
    outlet: OutletName = None,
    pages: PagesOption = None,
    ignore_robots: Robots = None,
    access: Access = None,
    shortest: Shortest = None,
    longest: Longest = None,
    store: options.Store = None,
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    """Subscribe; a fetcher that runs polls it within a second.

    Example: ingest feeds add https://www.example.org/feed.xml --folder World --pages always
    """
    if title and len(urls) > 1:
        raise UsageError("--title is of one feed: add them one by one")
    edit = _edit(title, folder, outlet, pages, ignore_robots, access, shortest, longest)
    about = edit(Subscription())
    settings = options.settings_of(store, config=config, partition=partition)
    options.check_access(settings, access)
    with catalogue_of(settings) as catalogue:
        wrong = catalogue.add(dict.fromkeys(urls, about))
    for url in dict.fromkeys(urls):
        if url in wrong:
            complain(f"{url}: {wrong[url].why}")
        else:
            remark(f"added {url}")
    return 1 if wrong else 0


@group.command()
def change(
    urls: Urls,
    title: Title = None,
    folder: Folder = None,
    outlet: OutletName = None,
    pages: PagesOption = None,
    ignore_robots: Robots = None,
    access: Access = None,
    shortest: Shortest = None,
    longest: Longest = None,
    store: options.Store = None,
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    """Say something else of feeds; what is not named stays, and an empty text takes back.

    Example: ingest feeds change https://www.example.org/feed.xml --shortest 5 --folder ""
    """
    edit = _edit(title, folder, outlet, pages, ignore_robots, access, shortest, longest)
    settings = options.settings_of(store, config=config, partition=partition)
    options.check_access(settings, access)
    return _each(settings, urls, lambda catalogue, url: f"changed {catalogue.change(url, edit)}")


@group.command()
def remove(
    urls: Urls,
    store: options.Store = None,
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    """Unsubscribe. What it brought stays; added again, it starts anew.

    Example: ingest feeds remove https://www.example.org/feed.xml
    """
    settings = options.settings_of(store, config=config, partition=partition)
    return _each(settings, urls, lambda catalogue, url: f"removed {catalogue.remove(url)}")


@group.command()
def mute(
    urls: Urls,
    why: Annotated[str, typer.Option("--for", metavar="REASON", help="Shown in the list.")] = "by the operator",
    store: options.Store = None,
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    """Poll feeds no more, until `unmute`.

    Example: ingest feeds mute https://www.example.org/feed.xml --for "sends tests this week"
    """
    if not why.strip():
        raise UsageError("--for: an empty reason; leave it out, or name one")
    settings = options.settings_of(store, config=config, partition=partition)
    return _each(settings, urls, lambda catalogue, url: f"muted {catalogue.mute(url, why)}")


@group.command()
def unmute(
    urls: Urls,
    store: options.Store = None,
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    """Poll muted feeds again, at once; also failing ones, whose next poll is far off.

    Example: ingest feeds unmute https://www.example.org/feed.xml
    """
    settings = options.settings_of(store, config=config, partition=partition)
    return _each(settings, urls, lambda catalogue, url: f"polled again: {catalogue.unmute(url)}")


@group.command("list")
def list_feeds(
    failing: Annotated[bool, typer.Option("--failing", help="Those whose last poll failed.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Those gone quiet against their habit.")] = False,
    muted: Annotated[bool, typer.Option("--muted", help="Those that are not polled.")] = False,
    folder: Annotated[str | None, typer.Option("--folder", help="Those in a folder and the folders in it.")] = None,
    store: options.Store = None,
    partition: options.Partition = None,
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    """Every feed: its state, last success, next poll, learned interval, items a day, and what is wrong in words.

    Example: ingest feeds list --failing --quiet
    """
    wanted = {"failing": failing, "unreadable": failing, "quiet": quiet, "muted": muted}
    states = {state for state, asked in wanted.items() if asked}
    settings = options.settings_of(store, config=config, partition=partition)
    with options.looking(settings, json=json, feeds=True) as installation:
        if installation is None:
            return 0
        with catalogue_of(settings, installation) as catalogue:
            rows = catalogue.rows()
        found = [row for row in rows if (not states or row.state in states) and _within(row, folder)]
        if json:
            for row in found:
                emit_json(fields_of(row))
            return 0
        now = round(now_of(installation) * 1000)
        if found and sys.stdout.isatty():
            say(HEAD)
        for row in found:
            say(feed_line(row, now))
        if not found:
            none = options.no_feed(settings, installation.store.name)
            say(f"none of {len(rows)} feed(s)" if rows else none)
    return 0


@group.command()
def show(
    url: Url,
    store: options.Store = None,
    partition: options.Partition = None,
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    """Everything that is known of one feed.

    Example: ingest feeds show https://www.example.org/feed.xml
    """
    settings = options.settings_of(store, config=config, partition=partition)
    with options.holding(settings, feeds=True) as installation, catalogue_of(settings, installation) as catalogue:
        row = catalogue.look(url)
        waiting = catalogue.waiting(row.name)
        if json:
            emit_json({**fields_of(row), "waiting": [waiting_fields(page) for page in waiting]})
            return 0
        for line in feed_lines(row, round(now_of(installation) * 1000), waiting):
            say(line)
    return 0


def _each(settings: Settings, urls: list[str], act: Callable[[Catalogue, str], str]) -> int:
    """Do it with every one that can be found; those that cannot are named, and the code is that of a wrong command, as
    of `show`."""
    failed = False
    with options.holding(settings, feeds=True) as installation, catalogue_of(settings, installation) as catalogue:
        for url in dict.fromkeys(urls):
            try:
                remark(act(catalogue, url))
            except UsageError as error:
                complain(str(error))
                failed = True
    return 2 if failed else 0


def _within(row: Row, folder: str | None) -> bool:
    if folder is None:
        return True
    stands = row.feed.about.folder if row.feed else ""
    return f"{stands}/".startswith(f"{folder.strip('/')}/")


def _edit(
    title: str | None,
    folder: str | None,
    outlet: str | None,
    pages: str | None,
    ignore_robots: bool | None,
    access: str | None,
    shortest: float | None,
    longest: float | None,
) -> Callable[[Subscription], Subscription]:
    """What these options do to a subscription. Raises UsageError, also where it is called."""
    if pages is not None and pages not in get_args(Pages):
        raise UsageError(f"--pages {pages}: there is auto, always and never")
    given = {
        "title": title,
        "folder": folder.strip("/") if folder is not None else None,
        "outlet": outlet,
        "pages": cast(Pages | None, pages),
        "ignore_robots": ignore_robots,
        "access": access,
        "shortest": shortest * 60 if shortest else None,
        "longest": longest * 60 if longest else None,
    }
    said = {name: value for name, value in given.items() if value is not None}

    def edit(about: Subscription) -> Subscription:
        found = msgspec.structs.replace(about, **said)
        if found.shortest > found.longest:
            least, most = found.shortest / 60, found.longest / 60
            raise UsageError(f"at least {least:g} minutes and at most {most:g} between polls: --shortest, --longest")
        return found

    return edit
