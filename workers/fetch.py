"""Polls the subscribed feeds, each when it is due. What Docker runs as `fetch`; the same as `ingest fetch`.

Subscriptions are in the store: `docker compose exec fetch ingest feeds add URL`. Any number of these share one schedule
(`--scale fetch=2`), and what one held when it was killed is taken over within 30 seconds.
"""

from __future__ import annotations

import sys

from ingest.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["fetch"]))
