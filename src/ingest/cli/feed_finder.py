"""`ingest feeds discover`: which feeds a site has."""

from __future__ import annotations

import asyncio
import threading
from typing import Annotated

import typer

from ingest import fetching, wiring
from ingest.cli import options
from ingest.cli.output import complain, emit_json, remark, safe, say
from ingest.cli.signals import stopped_by_signals
from ingest.cli.when import day
from ingest.errors import Refused
from ingest.settings import Settings
from ingest.sources.discovery import Discovered, Found
from ingest.sources.offering import Stopped


def register(group: typer.Typer) -> None:
    group.command("discover")(discover)


def discover(
    url: Annotated[str, typer.Argument(metavar="URL", help="Any address of the site.")],
    access: Annotated[str, typer.Option("--access", metavar="NAME", help="The credentials for it, by name.")] = "",
    store: options.Store = None,
    partition: options.Partition = None,
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    """Find the feeds of a site; each was read. A dozen requests at most, one a second. `add` subscribes to one.

    Example: ingest feeds discover https://www.example.org/
    """
    settings = options.settings_of(store, config=config, partition=partition)
    options.check_access(settings, access)
    stop = threading.Event()
    with stopped_by_signals(stop):
        try:
            discovered = asyncio.run(_discover(settings, url, access, stop))
        except Refused as refused:
            complain(f"{url}: {refused.detail or refused.reason}")
            return 1
        except Stopped:
            remark("stopped")
            return 130
    for found in discovered.found:
        if json:
            emit_json(found)
        else:
            say(_line(found))
    if not discovered.found:
        complain(f"{url}: no feed was found")
    for address, why in discovered.tried if not discovered.found else ():
        remark(f"no feed: {address}: {why}")
    if discovered.left:
        remark(f"not looked at: {', '.join(discovered.left)}")
    return 0 if discovered.found else 1


async def _discover(settings: Settings, url: str, access: str, stop: threading.Event) -> Discovered:
    with wiring.opened(settings) as installation, wiring.readers(settings) as readers:
        async with fetching.fetching(installation, readers, stop, lambda outcome: None) as built:
            return await built.discovery.find(url, access)


def _line(found: Found) -> str:
    newest = f", newest {day(found.newest.at)}" if found.newest else ""
    said = f"{found.kind}, {found.how}, {found.entries} entries{newest}"
    return f"{safe(found.url)}  {safe(found.title) or 'without a title'}  ({said})"
