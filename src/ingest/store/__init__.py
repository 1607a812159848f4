"""A store is a folder or a URL. A folder has a private Redis server of its own, that lives as long as somebody uses it.

    open_store("./var")                      the folder's server: started, or joined where it runs already
    open_store("redis://localhost:6379/0")   a server that somebody else looks after: checked, and refused where unfit

`guard` is the process that owns a folder's server; its docstring tells how users, guard and server find each other.
"""

from ingest.store.base import Store
from ingest.store.checks import Finding
from ingest.store.open import open_store

__all__ = ["Finding", "Store", "open_store"]
