"""Whether it is our own way out that fails: where no server answers any more, no feed and no page is.

Otherwise a night without a network would count as a night of failures of each feed, and after it a feed that is polled
every half hour would be asked again hours later. A page's answer counts as well: that feeds are silent is then theirs.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from .hosts import host_of
from .port import Outcome


class Doubt(msgspec.Struct, frozen=True):
    """When so many fail that it is us."""

    hosts: int = 5  # in a row, all different: of feeds that work, one in fifty is silent on a bad day


DOUBT = Doubt()


class Outside:
    """Told of every poll of a fetcher, of pages as of feeds; says once that nobody answers, and once that somebody
    does."""

    def __init__(self, report: Callable[[Outcome], object], doubt: Doubt = DOUBT) -> None:
        self._report, self._doubt = report, doubt
        self._silent: set[str] = set()
        self._said = False

    @property
    def lost(self) -> bool:
        """Whether nobody answers any more."""
        return len(self._silent) >= self._doubt.hosts

    def answered(self) -> None:
        """A server said something, whatever it was."""
        self._silent.clear()
        if self._said:
            self._said = False
            self._report(Outcome(where="network", fate="resumed"))

    def silent(self, url: str) -> bool:
        """The server of this address did not answer; True where none does."""
        if len(self._silent) < self._doubt.hosts:
            self._silent.add(host_of(url))
        if self.lost and not self._said:
            self._said = True
            said = f"{len(self._silent)} servers in a row do not answer; is this machine connected?"
            said += " No feed and no page is blamed"
            self._report(Outcome(where="network", fate="waiting", detail=said))
        return self.lost
