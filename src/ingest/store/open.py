"""Folder or URL?"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from ingest.errors import StoreError
from ingest.store.base import Store
from ingest.store.embedded import FolderStore
from ingest.store.remote import SCHEMES, UrlStore


def open_store(
    spec: str | Path,
    *,
    server: str | Path = "bundled",
    fsync: Literal["everysec", "always"] = "everysec",
    private_network: bool = False,
    make: bool = True,
) -> Store:
    """Open a folder or a Redis URL; close it with `close()` or `with`.

    server             for a folder: `bundled`, `path` or the server program's path. Whoever comes first decides
    fsync              for a folder: when its server forces the file to disk. Whoever comes first decides
    private_network    a URL on another machine may have neither password nor TLS
    make               False, for who only reads: a folder that is no store is NoStore, and stays as it is

    Raises StoreError that says what to change: the folder cannot be used, no server can be had, the URL cannot be
    reached, its server is unfit.
    """
    text = str(spec)
    if not text.strip():
        raise StoreError("the store has no name: give a folder or a Redis URL")
    scheme, colon, _ = text.partition(":")
    if isinstance(spec, str) and colon and (scheme.lower() in SCHEMES or "://" in text):
        return UrlStore(text, private_network=private_network)
    return FolderStore(Path(spec), server=server, fsync=fsync, make=make)
