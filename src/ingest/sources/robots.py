"""What a site's robots.txt asks of us (RFC 9309), once a pass and site. It concerns pages; a feed is an invitation."""

from __future__ import annotations

from urllib.parse import urlsplit

from protego import Protego

from ingest.errors import Refused

from .http import Http

_MAX_BYTES = 500_000  # RFC 9309 asks for at least 500 KiB
_MAX_DELAY = 30.0
"""Seconds of Crawl-delay obeyed; sites that ask for more ask for minutes, and a pass would take days."""


class Robots:
    """For one pass and one client."""

    def __init__(self, http: Http, user_agent: str) -> None:
        self._http, self._agent = http, user_agent.split("/")[0]
        self._rules: dict[str, Protego | None] = {}

    def allows(self, url: str) -> bool:
        """Whether the page may be fetched. A site that cannot answer the question is left alone."""
        rules = self._of(url)
        return rules is not None and bool(rules.can_fetch(url, self._agent))

    def delay(self, url: str) -> float:
        """Seconds asked for between two requests, 0 where nothing is asked."""
        rules = self._of(url)
        stated = rules.crawl_delay(self._agent) if rules is not None else None
        return min(float(stated or 0), _MAX_DELAY)

    def _of(self, url: str) -> Protego | None:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = self._ask(site)
        return self._rules[site]

    def _ask(self, site: str) -> Protego | None:
        try:
            answer = self._http.get(f"{site}/robots.txt")
        except Refused as refused:
            if refused.reason == "blocked-address":
                raise  # the page would be refused for the same reason, which is the better one to name
            return None
        if answer.status >= 500 or answer.status == 429:
            return None
        text = answer.body[:_MAX_BYTES].decode("utf-8", "replace") if answer.status == 200 else ""
        return Protego.parse(text)
