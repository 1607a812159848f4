"""First on the path of every worker under chaos: RQ's own recovery is off.

What RQ does about jobs of dead workers is all in `run_maintenance_tasks` (registries, stranded jobs of a pop that was
cut short, schedulers). Nothing of the promise may rest on it. Only a worker process pays for the import.
"""

import sys

if "ingest.cli.worker" in sys.orig_argv:
    from rq.worker import BaseWorker

    def no_maintenance(self: BaseWorker) -> None:
        return None

    BaseWorker.run_maintenance_tasks = no_maintenance
