"""The server's clock: fetchers on several hosts share one schedule, and their own clocks may differ."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import redis

from ingest.scripts import patiently


class ServerClock:
    """Seconds since 1970, as the server has them. Between adjustments it goes by this host's monotonic clock, so it
    never jumps with the host's time of day."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._ahead = 0.0
        self.adjust()

    def adjust(self) -> None:
        """Ask the server. Raises TransientError."""
        with patiently():
            told: Any = self._client.time()
        self._ahead = told[0] + told[1] / 1_000_000 - time.monotonic()

    def now(self) -> float:
        return time.monotonic() + self._ahead

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
