"""The network's edge: notes what is dialled; a public address leads to a server of the test."""

from __future__ import annotations

from typing import Any

import httpcore
from httpcore import AnyIOBackend

PUBLIC = "93.184.216.34"


class Wire(httpcore.AsyncNetworkBackend):
    """`front` is the port, on loopback, of the server at the public address."""

    dialled: list[str]
    front: int

    def __init__(self) -> None:
        self._system = AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, timeout: float | None = None, *more: Any) -> Any:
        self.dialled.append(host)
        if host == PUBLIC:
            host, port = "127.0.0.1", self.front
        return await self._system.connect_tcp(host, port, timeout, *more)
