"""pytest workers without the seconds that each of them needs to import all tests.

pytest-xdist starts a worker by the command that its specification names as Python. Here that is
this module, run with the address of a server (`worker_server.py`): it has the server fork, and
stands for the forked process, with its streams and its exit code.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_SERVER = Path(__file__).with_name("worker_server.py")


def fork(specifications: Iterable[Any]) -> None:
    """Have these workers forked from a process that imports all tests once."""
    from tests.support import prepared

    command = [sys.executable, "-E", "-S", __file__, prepared.start(_SERVER)]
    for specification in specifications:
        if specification.popen and not specification.python:
            specification.python = shlex.join(command)


if __name__ == "__main__":
    import prepared  # type: ignore[import-not-found]

    prepared.share(sys.argv[1])
    worker = prepared.Prepared([sys.executable, "-c", sys.argv[-1]])
    # the worker's end must close its streams
    os.close(0)
    os.close(1)
    code = worker.wait()
    sys.exit(code if code >= 0 else 128 - code)
