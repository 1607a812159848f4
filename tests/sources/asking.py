"""Requests of a test: one client each, in a loop of its own, allowed to reach the server it asks."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from ingest.errors import Refused
from ingest.settings import FetchSettings
from ingest.sources.dial import Resolve, system_resolve
from ingest.sources.http import Http, Response

_PLACE = re.compile(r"([\w.-]+|\[[0-9a-fA-F:.]+\]):\d+")


def get(
    url: str,
    headers: dict[str, str] | None = None,
    *,
    resolve: Resolve = system_resolve,
    private: str | None = None,
    **settings: float,
) -> Response:
    """Of a server in our own network: the one of the URL, unless `private` names another or none."""
    place = url.partition("://")[2].partition("/")[0] if private is None else private
    allowed = (place,) if _PLACE.fullmatch(place) else ()  # a name without a port is of nobody's own network
    limits = {"deadline_seconds": 5.0, "max_bytes": 1_000_000, **settings}
    found = FetchSettings(allow_private=allowed, **limits)  # type: ignore[arg-type]  # settings of several types

    async def ask() -> Response:
        async with Http(found, resolve=resolve) as http:
            return await http.get(url, headers)

    return asyncio.run(ask())


def refusal(url: str, **settings: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        get(url, **settings)
    assert refused.value.where == url
    return refused.value


def post(url: str, form: dict[str, str], *, resolve: Resolve = system_resolve) -> Response:
    found = FetchSettings(allow_private=(url.partition("://")[2].partition("/")[0],), deadline_seconds=5.0)

    async def ask() -> Response:
        async with Http(found, resolve=resolve) as http:
            return await http.post(url, form)

    return asyncio.run(ask())
