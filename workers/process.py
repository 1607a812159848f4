"""Decides what the inbox holds. What Docker runs as `process`; the same as `ingest process`.

The store and every other setting come from the environment (INGEST_STORE, INGEST_INBOX__...). One worker process to a
container: `docker compose up --scale process=3` is how there are more.
"""

from __future__ import annotations

import sys

from ingest.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["process", "--workers", "1"]))
