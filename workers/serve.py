"""Answers on a port: hubs that deliver, and monitoring. What Docker runs as `serve`; the same as `ingest serve`.

The store and every other setting come from the environment (INGEST_STORE, INGEST_SERVE__...). In a container it listens
on all addresses: what may reach it is the network's business.
"""

from __future__ import annotations

import sys

from ingest.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["serve", "--host", "0.0.0.0"]))
