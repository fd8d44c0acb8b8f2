"""The lock of a collection's folder, which one process uses at a time."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import CollectionError


def locked(folder: Path) -> int:
    """An open file that keeps other processes out. Raises `CollectionError`."""
    handle = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        import fcntl
    except ImportError:  # Windows: two collectors would meet in SQLite's own locks
        return handle
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise CollectionError(f"another process collects into {folder}: wait for it.") from None
    return handle
