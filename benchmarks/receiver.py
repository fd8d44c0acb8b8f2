"""The service's HTTP alone, as `stagedoor serve --no-worker`: `python -m benchmarks.receiver PORT`.

Settings come from the environment.
"""

from __future__ import annotations

import sys

from stagedoor.connector.serving import serve
from stagedoor.connector.settings import load

if __name__ == "__main__":
    serve(load(), "127.0.0.1", int(sys.argv[1]), with_worker=False)
