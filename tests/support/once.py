"""Values that a run computes once: the first pytest worker that needs one computes it for all."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

_folder: Path | None = None
"""A folder that all workers of a run share, and that no other run uses."""


def share(folder: Path) -> None:
    """From now on, share what is computed with the other workers."""
    global _folder
    _folder = folder


def once(key: str, compute: Callable[[], bytes]) -> bytes:
    """The result of `compute`, which gives the same for the same key in every process."""
    if _folder is None:
        return compute()
    path = _folder / f"once-{sha256(key.encode()).hexdigest()}"
    with path.with_suffix(".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            part = path.with_suffix(".part")
            part.write_bytes(compute())
            part.rename(path)
    return path.read_bytes()
