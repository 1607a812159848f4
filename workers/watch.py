"""Watches a folder and offers what appears in it. What Docker runs as `watch`; the same as `ingest watch`.

The store and every other setting come from the environment (INGEST_STORE, INGEST_SOURCES__...); the folder is the
argument, /inbox where none is given. What was read stays where it is.
"""

from __future__ import annotations

import sys

from ingest.cli.main import main

if __name__ == "__main__":
    folder = sys.argv[1] if len(sys.argv) > 1 else "/inbox"
    sys.exit(main(["watch", folder, "--after", "keep"]))
