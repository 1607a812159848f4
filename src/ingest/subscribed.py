"""The subscriptions of a store, for the commands that change or show them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ingest import wiring
from ingest.normalise.urls import canonical
from ingest.settings import Settings
from ingest.sources.catalogue import Catalogue
from ingest.sources.clock import ServerClock
from ingest.wiring import Installation


@contextmanager
def catalogue_of(settings: Settings, installation: Installation | None = None) -> Iterator[Catalogue]:
    """Those of an open installation; else of one that is opened, and its partition made, for as long as this lasts."""
    if installation is None:
        with wiring.opened(settings) as opened, catalogue_of(settings, opened) as catalogue:
            yield catalogue
        return
    clock = ServerClock(installation.client)
    yield Catalogue(installation.inbox(), canonical, clock.now, settings.fetch.allow_private)


def now_of(installation: Installation) -> float:
    """Seconds since 1970, by the store's clock, which the schedule goes by."""
    return ServerClock(installation.client).now()
