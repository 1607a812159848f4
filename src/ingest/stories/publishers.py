"""Outlets of one publisher, which are one voice: five papers of a group with a story are not five that confirm it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit


class Publishers:
    """Publishers as the settings name them: each with its outlets, by name or by domain, which stands for all hosts
    under it."""

    def __init__(self, outlets_of: Mapping[str, Iterable[str]]) -> None:
        self._of = {_folded(outlet): name for name, outlets in outlets_of.items() for outlet in outlets}

    def of(self, outlet: str, url: str | None) -> str | None:
        """The publisher of an outlet, by its id, else by the address of its article; None where none is named."""
        if not self._of:
            return None
        return self._of.get(outlet) or self._of_host(outlet) or self._of_host(_host(url))

    def _of_host(self, host: str) -> str | None:
        while "." in host:
            if host in self._of:
                return self._of[host]
            host = host.partition(".")[2]
        return None


def count(outlets: Iterable[str], publishers: Mapping[str, str]) -> int:
    """Different publishers of these outlets: one of which nothing is known is a publisher of its own."""
    return len({publishers.get(outlet, outlet) for outlet in outlets})


def _folded(outlet: str) -> str:
    return " ".join(outlet.split()).casefold()


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url).hostname or "") if url else ""
    except ValueError:  # `http://[::1`
        return ""
