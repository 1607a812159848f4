"""Options that many commands share, and from them the settings and the store."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from ingest import telemetry, wiring
from ingest.cli.output import remark, say
from ingest.cli.replays import numbers_in
from ingest.errors import NoStore, SettingsError, UsageError
from ingest.settings import Settings
from ingest.sources.patterns import anything_matches, is_pattern
from ingest.sources.replay import STDIN
from ingest.wiring import Installation

Store = Annotated[
    str | None, typer.Option("--store", "-s", help="A folder, or a Redis URL (default ./var).", metavar="STORE")
]
Last = Annotated[bool, typer.Option("--last", help="The store of the newest `ingest replay`.")]
Partition = Annotated[str | None, typer.Option("--partition", help="The partition (default main).", metavar="NAME")]
Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file (default config/ingest.toml).", metavar="FILE")
]
Json = Annotated[bool, typer.Option("--json", help="JSON for machines.")]

DEFAULT_FOLDER = Path("var")


def settings_of(
    store: str | None = None,
    *,
    last: bool = False,
    config: Path | None = None,
    partition: str | None = None,
    clock: str | None = None,
    ordered: bool = False,
) -> Settings:
    """The settings of a command; logging is set up as they say. Raises UsageError."""
    if last and store is not None:
        raise UsageError("--last and --store name two stores: give one of them")
    name = str(newest_replay(wiring.read_settings(config))) if last else store
    given: dict[str, Any] = {"name": partition, "clock": clock, "ordered": ordered or None}
    of_partition = {field: value for field, value in given.items() if value is not None}
    settings = wiring.read_settings(config, store=name, partition=of_partition or None)
    telemetry.configure(settings.log)
    return settings


def replays(settings: Settings) -> Path:
    """Where replays have their stores: beside the default store."""
    return (DEFAULT_FOLDER if "://" in settings.store else Path(settings.store)) / "replays"


def newest_replay(settings: Settings) -> Path:
    numbers = numbers_in(replays(settings))
    if not numbers:
        raise UsageError(f"no replay in {replays(settings)} yet: run `ingest replay PATH` first")
    return replays(settings) / str(numbers[-1])


@contextmanager
def looking(settings: Settings, *, json: bool = False, feeds: bool = False) -> Iterator[Installation | None]:
    """An installation to read from; None, and a word about it, where nothing was ever put: articles, or `feeds`. Makes
    no store and no partition: raises NoStore. With `json` the word goes to standard error: what a machine reads stays
    JSON."""
    with _found(settings, feeds) as installation:
        if isinstance(installation, str):
            (remark if json else say)(installation)
            yield None
        else:
            yield installation


@contextmanager
def holding(settings: Settings, *, feeds: bool = False) -> Iterator[Installation]:
    """As `looking`, for what names one thing in there. Raises UsageError also where nothing was ever put."""
    with _found(settings, feeds) as installation:
        if isinstance(installation, str):
            raise UsageError(installation)
        yield installation


@contextmanager
def waiting(settings: Settings, stop: threading.Event) -> Iterator[Installation | None]:
    """An installation as soon as anything was put there, for who follows what comes; None when told to stop before.
    Whoever follows may be started before who makes the store, and makes none either."""
    with ExitStack() as held:
        installation = _once_made(settings, stop, held)
        if installation is None:
            yield None
            return
        if not installation.exists:
            remark(f"nothing in {installation.store.name} yet: waiting for the first article")
        while not installation.exists:
            if stop.wait(WAIT_S):
                yield None
                return
        yield installation


WAIT_S = 0.5
"""Between looks for a store or a partition that is not there yet."""


def _once_made(settings: Settings, stop: threading.Event, held: ExitStack) -> Installation | None:
    told = False
    while True:
        try:
            return held.enter_context(wiring.opened(settings, make=False))
        except NoStore as missing:
            if not told:
                remark(f"{missing}; waiting for it")
            told = True
        if stop.wait(WAIT_S):
            return None


@contextmanager
def _found(settings: Settings, feeds: bool) -> Iterator[Installation | str]:
    with ExitStack() as held:
        try:
            installation = held.enter_context(wiring.opened(settings, make=False))
        except NoStore:
            if not feeds:
                raise
            name = str(Path(settings.store).expanduser())
            raise NoStore(f"there is no store in {name}: {no_feed(settings, name)}") from None
        name = installation.store.name
        nothing = f"nothing in {name}: no article was ever offered to partition {settings.partition.name}"
        yield installation if installation.exists else no_feed(settings, name) if feeds else nothing


def no_feed(settings: Settings, name: str) -> str:
    return f"no feed is subscribed; `ingest feeds add URL{again(settings, name)}` adds one"


def again(settings: Settings, name: str) -> str:
    """The options by which another command finds the same store and partition, for advice; nothing where it does so
    without. `name` is the store's, which has no password."""
    try:
        plain = wiring.read_settings()
    except SettingsError:  # those of --config are good, and the usual ones are not
        plain = Settings.model_construct()
    store = f" --store {shlex.quote(name)}" if settings.store != plain.store else ""
    same = settings.partition.name == plain.partition.name
    return store if same else f"{store} --partition {settings.partition.name}"


def check_paths(paths: Sequence[str]) -> None:
    """Raises UsageError for a file or folder that is not there, or a pattern that nothing matches: a slip of the hand,
    not an article that was refused."""
    for path in paths:
        if is_pattern(path):
            if not anything_matches(path):
                raise UsageError(f"{path}: no file matches")
            continue
        if path != STDIN and not os.path.lexists(path):
            raise UsageError(f"{path}: no such file or folder")


def check_access(settings: Settings, name: str | None) -> None:
    """Raises UsageError for credentials that the settings do not name."""
    if name and name not in settings.access:
        known = ", ".join(sorted(settings.access)) or "none"
        raise UsageError(f"--access {name}: the settings have no [access.{name}] (there is: {known})")


def command_name() -> str:
    """How to call this program again from here: `ingest` where that finds it, else the path it was called by."""
    called = Path(sys.argv[0])
    found = shutil.which("ingest")
    if found and called.exists() and Path(found).samefile(called):
        return "ingest"
    return shlex.quote(str(called)) if called.name == "ingest" else f"{shlex.quote(sys.executable)} -m ingest.cli.main"
