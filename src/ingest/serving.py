"""The server of `ingest serve`, built: its routes, on a real store."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn

from ingest import wiring
from ingest.errors import StoreError, TransientError, UsageError
from ingest.fetching import fetching
from ingest.metrics import exposition
from ingest.outcome_log import logged
from ingest.settings import ServeSettings, Settings
from ingest.sources.clerk import Clerk
from ingest.sources.tally import Tally
from ingest.web.app import application
from ingest.wiring import Installation

_LOOK = 0.1  # seconds between two looks at the stop flag
_LEAVING = 5  # seconds that requests under way have at the end
_MEASURED = 5.0  # seconds that what was measured is good for
_IDLE = 15  # seconds that a connection may be kept without a request


async def serve(settings: Settings, stop: threading.Event, say: Callable[[str], object]) -> None:
    """Until stopped; then what is under way is answered. Raises UsageError where the port cannot be had."""
    listening = _listen(settings.serve)
    with listening, wiring.opened(settings) as installation, wiring.readers(settings) as readers:
        async with fetching(installation, readers, stop, partial(logged, "push", counted=False)) as built:
            app = application(
                built.pushes,
                lambda: _wrong(built.clerk, installation),
                _Measured(built.clerk, installation, built.tally).now,
                max_bytes=settings.fetch.max_bytes,
                seconds=settings.fetch.deadline_seconds,
            )
            server = _Server(_config(app, settings.serve))
            host, port = listening.getsockname()[:2]
            say(f"serving on http://{f'[{host}]' if ':' in host else host}:{port}; Ctrl-C ends it")
            watching = asyncio.create_task(_watch(stop, server))
            try:
                await server.serve(sockets=[listening])
            finally:
                watching.cancel()


class _Measured:
    """What `/metrics` shows, made anew every few seconds: it reads every subscription, and anybody may ask."""

    def __init__(self, clerk: Clerk, installation: Installation, tally: Tally) -> None:
        self._clerk, self._installation, self._tally = clerk, installation, tally
        self._found, self._until, self._one = b"", 0.0, asyncio.Lock()

    async def now(self) -> bytes:
        """Raises TransientError, StoreError."""
        async with self._one:
            if time.monotonic() >= self._until:
                await self._tally.write()
                self._found = await self._clerk.call(partial(exposition, self._installation))
                self._until = time.monotonic() + _MEASURED
        return self._found


class _Server(uvicorn.Server):
    """Signals are the command's business: this one would raise them again at its end."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(app: object, settings: ServeSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # Starlette is typed by another name of the same protocol
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        lifespan="off",
        limit_concurrency=settings.requests,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_LEAVING,
    )


def _listen(settings: ServeSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except (OSError, OverflowError) as error:
        where, why = f"{settings.host}:{settings.port}", str(getattr(error, "strerror", "") or error)
        why = why.partition(" (while")[0]  # Python says the address once more
        raise UsageError(f"cannot listen on {where}: {why} (settings serve.host, serve.port)") from None


async def _watch(stop: threading.Event, server: uvicorn.Server) -> None:
    while not stop.is_set():
        await asyncio.sleep(_LOOK)
    server.should_exit = True


async def _wrong(clerk: Clerk, installation: Installation) -> str:
    """Why the process could not do its work now; empty where it could. By the clerk: whoever asks again and again while
    the store hangs takes no thread from those who read, and is not waited for at the end."""
    try:
        await clerk.call(installation.balance)
    except (StoreError, TransientError) as error:
        return str(error)
    return ""
