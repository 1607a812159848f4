"""The routes of `ingest serve`.

    GET  /websub/<id>     a hub's challenge           POST /websub/<id>    what a hub delivers
    GET  /health/live     the process answers         GET  /health/ready   the store does as well
    GET  /metrics         Prometheus

Whoever can reach the port may ask: nothing here tells of articles, and the ids of /websub cannot be guessed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal, Protocol

import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ingest.errors import IngestError

log = structlog.get_logger()

Delivered = Literal["taken", "unknown", "later"]
"""What became of a delivery: it is in the inbox (or was not worth it), nobody asked for it, or it is to come again."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
    "Cache-Control": "no-store",
}


class Hubs(Protocol):
    """Who answers hubs: `sources.push_line.PushLine`."""

    async def challenged(self, identity: str, query: Mapping[str, str]) -> str | None:
        """The challenge to send back, empty for a hub that refuses; None where nobody asked for that subscription."""

    async def delivered(self, identity: str, headers: Mapping[str, str], body: bytes) -> Delivered: ...


class _TooLarge(Exception):
    pass


def application(
    hubs: Hubs,
    ready: Callable[[], Awaitable[str]],
    measured: Callable[[], Awaitable[bytes]],
    *,
    max_bytes: int,
    seconds: float,
) -> Starlette:
    """`ready` says what is wrong, or nothing; `measured` what `/metrics` shows. A delivery may have so many bytes, and
    take so many seconds to arrive."""

    async def challenge(request: Request) -> Response:
        try:
            answer = await hubs.challenged(request.path_params["identity"], request.query_params)
        except IngestError as error:
            return _later(error)
        return _said(answer, 200) if answer is not None else _said("no such subscription", 404)

    async def deliver(request: Request) -> Response:
        try:
            async with asyncio.timeout(seconds):
                body = await _body(request, max_bytes)
        except TimeoutError:
            return _said("too slow", 408)
        except _TooLarge:
            return _said("too large", 413)
        except ClientDisconnect:
            return _said("cut off", 400)
        try:
            became = await hubs.delivered(request.path_params["identity"], request.headers, body)
        except IngestError as error:
            return _later(error)
        # 410 ends it at the hub; after 202 it is ours, and after 503 the hub tries again.
        return {"taken": _said("", 202), "unknown": _said("no such subscription", 410), "later": _said("", 503)}[became]

    async def live(request: Request) -> Response:
        return _said("live", 200)

    async def is_ready(request: Request) -> Response:
        wrong = await ready()
        return _said(wrong or "ready", 503 if wrong else 200)

    async def metrics(request: Request) -> Response:
        try:
            found = await measured()
        except IngestError as error:
            return _later(error)
        return Response(found, headers=_HEADERS, media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[
            Route("/websub/{identity}", challenge, methods=["GET"]),
            Route("/websub/{identity}", deliver, methods=["POST"]),
            Route("/health/live", live),
            Route("/health/ready", is_ready),
            Route("/metrics", metrics),
        ]
    )


def _later(error: IngestError) -> Response:
    """Our trouble, and not of who asks: it is to come again, and is not told why."""
    log.warning("serve.trouble", error=str(error))
    return _said("", 503)


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise _TooLarge
    return bytes(body)


def _said(text: str, status: int) -> Response:
    return PlainTextResponse(text, status, headers=_HEADERS)
