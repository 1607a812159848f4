"""`ingest feeds import` and `export`: subscription lists, as every feed reader reads and writes them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from ingest.cli import options
from ingest.cli.output import complain, remark, safe
from ingest.errors import Refused, UsageError
from ingest.sources.catalogue import Row
from ingest.sources.opml import Listed, Opml, read_opml, write_opml
from ingest.sources.subscriptions import Pages, Subscription
from ingest.subscribed import catalogue_of

MAX_LIST_BYTES = 20_000_000
"""A list of 5,000 feeds has about 1 MB."""
_PLAIN = Subscription()
_OPERATORS = {"robots", "access"}
"""What only the operator's own list may say."""


def register(group: typer.Typer) -> None:
    group.command("import")(import_list)
    group.command("export")(export_list)


def import_list(
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="An OPML file; every feed reader exports one.")],
    mine: Annotated[
        bool,
        typer.Option("--mine", help="It is an export of yours: take over its words on robots.txt and credentials too."),
    ] = False,
    store: options.Store = None,
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    """Subscribe to the feeds of a list. Those that are there already stay as they are.

    Example: ingest feeds import config/feeds.opml
    """
    listed = _read(file)
    settings = options.settings_of(store, config=config, partition=partition)
    with catalogue_of(settings) as catalogue:
        wrong = catalogue.add({feed.url: _subscription(feed, mine) for feed in listed.feeds})
    there = sum(found.there for found in wrong.values())
    refused = [*listed.unusable, *((url, found.why) for url, found in wrong.items() if not found.there)]
    for what, why in refused:
        complain(f"{what or 'an outline without a name'}: {why}")
    parts = [f"{len(listed.feeds) - len(wrong)} added"]
    parts += [f"{there} there already"] if there else []
    parts += [f"{len(listed.repeated)} named twice"] if listed.repeated else []
    parts += [f"{len(refused)} left out"] if refused else []
    barred = 0 if mine else sum(bool(_OPERATORS & feed.also.keys()) for feed in listed.feeds)
    parts += [f"what {barred} say of robots.txt or credentials not taken over (--mine does)"] if barred else []
    remark(", ".join(parts))
    return 1 if refused else 0


def export_list(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Standard output if none is named.")] = None,
    store: options.Store = None,
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    """Write the subscriptions as OPML, for other readers and for `import`; of an index of sitemaps the index alone.

    Example: ingest feeds export subscriptions.opml
    """
    settings = options.settings_of(store, config=config, partition=partition)
    with options.holding(settings, feeds=True) as installation, catalogue_of(settings, installation) as catalogue:
        # What is a feed on an index's account comes and goes with that: by itself it would stay for good.
        rows = [row for row in catalogue.rows() if row.feed is None or not row.feed.part_of]
    for row in rows:
        if row.feed is None:
            complain(f"{row.name}: written without what was said of it, since that cannot be read")
    written = write_opml([_listed(row) for row in rows], "Storywire")
    if file is None:
        sys.stdout.write(written.decode())
        sys.stdout.flush()
    else:
        file.write_bytes(written)
        remark(f"{len(rows)} feed(s) written to {file}")
    return 0


def _read(file: Path) -> Opml:
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_LIST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    if len(data) > MAX_LIST_BYTES:
        raise UsageError(f"{file}: more than {MAX_LIST_BYTES // 1_000_000} MB, which is no list of feeds")
    try:
        return read_opml(data)
    except Refused as refused:
        raise UsageError(f"{file}: {refused.detail or refused.reason}; it should be an OPML file") from None


def _subscription(feed: Listed, mine: bool) -> Subscription:
    """What a list says of a feed. Others' lists open no door: whom to ask in spite of robots.txt, and with which
    credentials, is the operator's word alone."""
    also = feed.also
    pages = also.get("pages", "")
    shortest, longest = _seconds(also.get("shortest")), _seconds(also.get("longest"))
    if shortest and longest and shortest > longest:
        shortest = longest = None
    return Subscription(
        title=feed.title,
        folder=feed.folder,
        outlet=also.get("outlet", ""),
        pages=cast(Pages, pages) if pages in get_args(Pages) else _PLAIN.pages,
        ignore_robots=mine and also.get("robots") == "ignore",
        access=also.get("access", "") if mine else "",
        muted=also.get("muted", ""),
        shortest=shortest or min(_PLAIN.shortest, longest or _PLAIN.shortest),
        longest=longest or max(_PLAIN.longest, shortest or _PLAIN.longest),
    )


def _seconds(minutes: str | None) -> float | None:
    """Of a bound in minutes; None where there is none that makes sense."""
    try:
        found = float(minutes or "")
    except ValueError:
        return None
    return found * 60 if 1 <= found <= 1_000_000 else None


def _listed(row: Row) -> Listed:
    if row.feed is None:
        return Listed(url=row.name)
    about = row.feed.about
    said = {
        "outlet": about.outlet,
        "pages": about.pages if about.pages != _PLAIN.pages else "",
        "robots": "ignore" if about.ignore_robots else "",
        "access": about.access,
        "muted": about.muted,
        "shortest": f"{about.shortest / 60:g}" if about.shortest != _PLAIN.shortest else "",
        "longest": f"{about.longest / 60:g}" if about.longest != _PLAIN.longest else "",
    }
    also = {name: value for name, value in said.items() if value}
    title = safe(about.title or row.feed.title)  # it may go to a terminal
    return Listed(url=row.name, title=title, folder=about.folder, site=row.feed.site, also=also)
