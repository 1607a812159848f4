"""The command `ingest`: one module for each group of commands, one place for errors and exit codes.

    0    done            1    some of the input was refused, or something failed on the way
    2    the command, a setting or the store is wrong: the message says what to change
    130  stopped by Ctrl-C; what was accepted is safe
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Annotated, Any

import redis
import typer

from ingest.cli import (
    articles,
    dead,
    doctor,
    events,
    extract,
    feeds,
    fetch,
    process,
    replay,
    serve,
    stories,
    upgrade,
    watch,
    why,
    withdraw,
)
from ingest.cli.output import complain, remark, say
from ingest.errors import IngestError, UsageError
from ingest.versions import versions

app = typer.Typer(
    name="ingest",
    help="Reads news as it is published, and tells when a *story* changes, not when another copy of it appears.",
    epilog="Start with `ingest replay FOLDER`. A store is a folder (default ./var) or a Redis URL: `--store`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
_OFFERING, _LOOKING = (replay, watch, feeds, fetch, serve, process), (events, stories, articles, why, extract)
for group in (*_OFFERING, *_LOOKING, withdraw, dead, doctor, upgrade):
    group.register(app)


def _show_version(asked: bool) -> None:
    if asked:
        stored_by = ", ".join(f"{name} {number}" for name, number in versions().items())
        say(f"storywire {metadata.version('storywire')} ({stored_by})")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option("--version", help="The version, and by what it stores.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """What goes before a command."""


# Newer typers bring a click of their own: whichever it is, what a person typed wrong is the ancestor of this name.
_Misuse: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit code."""
    try:
        result = app(args=list(argv) if argv is not None else None, standalone_mode=False)
        sys.stdout.flush()
        return int(result) if isinstance(result, int) else 0
    except _Misuse as error:
        return _misused(error)
    except (typer.Abort, KeyboardInterrupt):
        remark("stopped")
        return 130
    except UsageError as error:
        complain(str(error))
        return 2
    except IngestError as error:
        complain(str(error))
        return 1
    except redis.RedisError as error:
        complain(f"the store does not answer as it should: {error}")
        return 1
    except BrokenPipeError:
        return _unheard()
    except OSError as error:  # a full disk, a folder without permission
        complain(f"{error.filename or 'input or output'}: {error.strerror}")
        return 1
    except SystemExit as left:
        if isinstance(left.__context__, BrokenPipeError):  # typer has been there first
            return _unheard()
        raise


def _misused(error: Any) -> int:
    message, context = error.format_message(), error.ctx
    if type(error).__name__ == "NoArgsIsHelpError":  # help, and not a complaint
        sys.stderr.write(f"{message}\n" if message else "")
    else:
        complain(f"{message.rstrip('.')}; see `{context.command_path} --help`" if context is not None else message)
    return 2


def _unheard() -> int:
    """The reader of a pipe (`| head`) has had enough; the interpreter's own flush at exit must not complain either."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    if os.path.sameopenfile(1, 2):
        os.dup2(nowhere, 2)
    os.dup2(nowhere, 1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
