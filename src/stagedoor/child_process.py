"""The environment and limits of a child process that works on foreign input; no secret is in them.

The kernel enforces the limits, so whatever the input does, it breaks only the child. This is no
security boundary: the child runs as the same user.
"""

from __future__ import annotations

import os

NEEDED = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "SYSTEMROOT")
"""Environment variables that a Python process may need to find its libraries."""
_OPEN_FILES = 16
_NICE = 5


def environment() -> dict[str, str]:
    """The child's environment: what Python needs to start, and nothing else."""
    kept = {name: os.environ[name] for name in NEEDED if name in os.environ}
    return kept | {"PYTHONUTF8": "1"}


def bound(memory: int, written: int = 0, files: int = _OPEN_FILES) -> None:
    """Limit this process's memory, bytes in each written file, and open files, and lower its
    priority below the serving processes."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the time limit holds there too
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    os.nice(_NICE)


def bound_time(seconds: float) -> None:
    """Have the kernel end this process when it takes `seconds` more of processor time."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
