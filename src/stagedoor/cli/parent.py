"""Child processes of `up` and `demo` end when their parent is gone, even if it was killed.

The parent holds the write end of the child's standard input and never writes to it. The kernel
closes it when the parent ends, whatever the reason; the child then terminates itself, as
gracefully as on SIGTERM.
"""

from __future__ import annotations

import os
import signal
import threading

_VARIABLE = "STAGEDOOR_ENDS_WITH_STDIN"

ENVIRONMENT = {_VARIABLE: "1"}
"""Environment variables for a child, whose standard input is a pipe."""


def watch() -> None:
    """In a child: send SIGTERM to this process at the end of its standard input.

    Does nothing in a process that wasn't started with `ENVIRONMENT`. The child's own children
    don't inherit it.
    """
    if os.environ.pop(_VARIABLE, None) is not None:
        threading.Thread(target=_terminate_at_end, name="parent", daemon=True).start()


def _terminate_at_end() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
