"""`ingest serve`: hubs deliver here, and whoever watches over the processes asks here how they are."""

from __future__ import annotations

import asyncio
import threading
from typing import Annotated

import typer

from ingest.cli import options
from ingest.cli.output import remark
from ingest.cli.signals import stopped_by_signals
from ingest.errors import UsageError

HELP = """Answer on a port until stopped: WebSub hubs deliver what is new in feeds, and monitoring asks for health.

A feed that names a hub is delivered and seldom polled, once `fetch.callback_url` says where hubs reach this port from
outside, mostly through a proxy that does TLS. Deliveries are signed; what is not is dropped. Monitoring asks
/health/live, /health/ready and /metrics. Needs the extra `web`: pip install 'storywire[web]'.

Examples:

    ingest serve

    INGEST_FETCH__CALLBACK_URL=https://news.example.org ingest serve --host 0.0.0.0 --port 8080
"""


def register(app: typer.Typer) -> None:
    app.command(help=HELP)(serve)


def serve(
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on (setting serve.host).")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to listen on (setting serve.port).")] = None,
    store: options.Store = None,
    partition: options.Partition = None,
    config: options.Config = None,
) -> int:
    settings = options.settings_of(store, config=config, partition=partition)
    try:
        import ingest.serving as serving
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is not installed: pip install 'storywire[web]'") from None
    chosen = settings.serve.model_copy(update={k: v for k, v in (("host", host), ("port", port)) if v is not None})
    stop = threading.Event()
    with stopped_by_signals(stop):
        asyncio.run(serving.serve(settings.model_copy(update={"serve": chosen}), stop, remark))
    remark("stopped")
    return 0
