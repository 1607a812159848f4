"""`ingest dead`: the dead letters of a partition."""

from __future__ import annotations

from typing import Annotated

import typer

from ingest.cli import options
from ingest.cli.output import emit_json, remark, say
from ingest.errors import UsageError
from ingest.events.times import rfc3339
from ingest.inbox.dead import DeadLetters, Letter
from ingest.inbox.envelope import Undecodable

group = typer.Typer(
    no_args_is_help=True,
    help="Articles that could not be handled: looked at, tried again, or dropped.",
    epilog="Examples: `ingest dead list`, `ingest dead retry --all`.",
)

Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="Ids, as `ingest dead list` shows them.")]
Every = Annotated[bool, typer.Option("--all", help="Every dead letter.")]


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="dead")


@group.command("list")
def list_letters(
    store: options.Store = None,
    last: options.Last = False,
    partition: options.Partition = None,
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    """What died, and of what.

    Example: ingest dead list --json
    """
    settings = options.settings_of(store, last=last, config=config, partition=partition)
    with options.looking(settings, json=json) as installation:
        if installation is None:
            return 0
        found = _every(DeadLetters(installation.client, installation.keys))
        for letter in found:
            if json:
                emit_json(_fields(letter))
            else:
                say(f"{letter.id}  {rfc3339(letter.at)}  {_name(letter)}  {letter.error} ({letter.attempts} attempts)")
        if not found and not json:
            say(f"no dead letters in {installation.store.name}")
    return 0


@group.command()
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="As `ingest dead list` shows it.")],
    store: options.Store = None,
    last: options.Last = False,
    partition: options.Partition = None,
    config: options.Config = None,
    json: options.Json = False,
) -> int:
    """One dead letter, with its text.

    Example: ingest dead show 1760000000000-0
    """
    settings = options.settings_of(store, last=last, config=config, partition=partition)
    with options.holding(settings) as installation:
        letter = DeadLetters(installation.client, installation.keys).show(_checked(id))
        if letter is None:
            raise UsageError(f"no dead letter {id} in {installation.store.name}")
        if json:
            emit_json(_fields(letter))
            return 0
        say(f"{letter.id}, dead since {rfc3339(letter.at)} after {letter.attempts} attempts: {letter.error}")
        try:
            article = letter.envelope()
        except Undecodable as error:
            say(f"its payload is no article: {error.detail}; {len(letter.payload)} bytes begin {letter.payload[:60]!r}")
            return 0
        say(f"{article.key}  from {article.source}")
        if article.withdraws is not None:
            say(f"takes the article back, by {article.withdraws.by}: {article.withdraws.reason or 'no reason given'}")
            return 0
        say(article.title or "(no title)")
        say(article.text)
    return 0


@group.command()
def retry(
    ids: Ids = None,
    every: Every = False,
    store: options.Store = None,
    last: options.Last = False,
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    """Put dead letters back into the inbox, at the end of the order.

    Example: ingest dead retry 1760000000000-0
    """
    settings = options.settings_of(store, last=last, config=config, partition=partition)
    with options.holding(settings) as installation:
        letters = DeadLetters(installation.client, installation.keys)
        answers = letters.retry(_chosen(letters, ids, every))
        installation.ring()
        for id_, entry in answers.items():
            remark(f"{id_} is in the inbox again as {entry}" if entry else f"{id_}: no such dead letter")
    return 0 if all(answers.values()) else 1


@group.command()
def drop(
    ids: Ids = None,
    every: Every = False,
    store: options.Store = None,
    last: options.Last = False,
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    """Remove dead letters with their texts. They stay counted as dead.

    Example: ingest dead drop --all
    """
    settings = options.settings_of(store, last=last, config=config, partition=partition)
    with options.holding(settings) as installation:
        letters = DeadLetters(installation.client, installation.keys)
        chosen = _chosen(letters, ids, every)
        dropped = letters.drop(chosen)
        remark(f"{dropped} dropped")
    return 0 if dropped == len(chosen) else 1


def _chosen(letters: DeadLetters, ids: list[str] | None, every: bool) -> list[str]:
    if bool(ids) == every:
        raise UsageError("name dead letters by their ids, or all of them with --all")
    return [letter.id for letter in _every(letters)] if every else [_checked(id_) for id_ in ids or ()]


def _checked(id_: str) -> str:
    first, dash, second = id_.partition("-")
    if not (first.isdecimal() and dash and second.isdecimal()):
        raise UsageError(f"{id_}: an id looks like 1760000000000-0; `ingest dead list` shows them")
    return id_


def _every(letters: DeadLetters) -> list[Letter]:
    found: list[Letter] = []
    while page := letters.list(after=found[-1].id if found else ""):
        found += page
    return found


def _name(letter: Letter) -> str:
    try:
        return letter.envelope().key
    except Undecodable:
        return f"{len(letter.payload)} bytes"


def _fields(letter: Letter) -> dict[str, object]:
    try:
        article: object = letter.envelope()
    except Undecodable as error:
        article = {"undecodable": error.detail, "bytes": letter.payload.hex()[:2000]}
    return {
        "id": letter.id,
        "entry": letter.entry,
        "at": rfc3339(letter.at),
        "attempts": letter.attempts,
        "error": letter.error,
        "article": article,
    }
