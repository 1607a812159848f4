import os
import sys

# Behind the standard library, so that no module of ours can hide one of its own.
sys.path[:] = [*sys.path[1:], os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]

from guard.process import main  # type: ignore[import-not-found]  # noqa: E402 (needs the line above)

main(*sys.argv[1:])
