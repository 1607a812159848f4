"""What a site's robots.txt asks of us (RFC 9309), asked once a day. It concerns pages; a feed is an invitation."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from protego import Protego

from ingest.errors import Refused

from .http import Http
from .polling import refusal, stated_wait

_MAX_BYTES = 500_000  # RFC 9309 asks for at least 500 KiB
_MAX_DELAY = 30.0
"""Seconds of Crawl-delay obeyed; sites that ask for more ask for minutes, and a pass would take days."""
_KEPT = 86_400.0  # RFC 9309: not longer than a day
_KEPT_FAILURE = 600.0
_MAX_SITES = 2_000


class _Known(NamedTuple):
    """What a site said: good until then; no rules where it could not say: `unheard` why it did not answer at all,
    `unsaid` why its answer says nothing."""

    until: float = 0.0
    rules: Protego | None = None
    unheard: str = ""
    unsaid: str = ""


class Robots:
    """For one client. `now` in seconds since 1970; `pause` tells everybody that the host of an address wants no request
    for so many seconds."""

    def __init__(
        self, http: Http, user_agent: str, now: Callable[[], float], pause: Callable[[str, float], Awaitable[None]]
    ) -> None:
        self._http, self._agent, self._now, self._pause = http, user_agent.split("/")[0], now, pause
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}

    async def allows(self, url: str) -> bool:
        """Whether the page may be fetched. A site that cannot answer the question is left alone."""
        rules = await self._of(url)
        return rules is not None and bool(rules.can_fetch(url, self._agent))

    async def delay(self, url: str) -> float:
        """Seconds asked for between two requests, 0 where nothing is asked."""
        rules = await self._of(url)
        stated = rules.crawl_delay(self._agent) if rules is not None else None
        return min(float(stated or 0), _MAX_DELAY)

    async def sitemaps(self, url: str) -> list[str]:
        """Those that the site tells robots of."""
        rules = await self._of(url)
        return list(rules.sitemaps) if rules is not None else []

    def known_delay(self, url: str) -> float:
        """The same as far as the site was asked already; asks nothing."""
        rules = self._known.get(_site_of(url), _Known()).rules
        stated = rules.crawl_delay(self._agent) if rules is not None else None
        return min(float(stated or 0), _MAX_DELAY)

    def silent(self, url: str) -> bool:
        """Whether the site was asked, and did not answer at all."""
        return self.unheard(url) != ""

    def unheard(self, url: str) -> str:
        """Why it did not, in words: its page would fail for the same reason. Empty where it did, or was not asked."""
        return self._known.get(_site_of(url), _Known()).unheard

    def unsaid(self, url: str) -> str:
        """Why its answer allows nothing and forbids nothing, in words: no page is asked for until it can be read. Empty
        where it says what it asks."""
        return self._known.get(_site_of(url), _Known()).unsaid

    async def _of(self, url: str) -> Protego | None:
        site = _site_of(url)
        async with self._asking.setdefault(site, asyncio.Lock()):
            known = self._known.get(site, _Known())
            if known.until <= self._now():
                known = await self._ask(site)
                self._known[site] = known
                self._known.move_to_end(site)
        while len(self._known) > _MAX_SITES:
            self._known.popitem(last=False)
        if len(self._asking) > _MAX_SITES:
            self._asking = {site: lock for site, lock in self._asking.items() if lock.locked()}
        return known.rules

    async def _ask(self, site: str) -> _Known:
        try:
            answer = await self._http.get(f"{site}/robots.txt")
        except Refused as refused:
            if refused.reason == "blocked-address":
                raise  # the page would be refused for the same reason, which is the better one to name
            return _Known(self._now() + _KEPT_FAILURE, unheard=refused.detail or "no answer")
        if answer.status >= 500 or answer.status == 429:
            now = self._now()
            # Only where it names a time: some answer robots.txt so for good, and their feeds as ever.
            if wait := stated_wait(answer, now):
                await self._pause(answer.url, wait)
            said = f"robots.txt answers with {refusal(answer, now).error}"
            return _Known(now + max(wait, _KEPT_FAILURE), unsaid=said)
        text = answer.body[:_MAX_BYTES].decode("utf-8-sig", "replace") if answer.status == 200 else ""
        return _Known(self._now() + _KEPT, Protego.parse(text))


def _site_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
