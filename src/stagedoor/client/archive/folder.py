"""The files of an unpacked archive."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import ArchiveUnreadable, ArchiveUnsafe
from .limits import ArchiveLimits


def files_below(folder: Path, limits: ArchiveLimits) -> list[str]:
    """Relative paths of the files below a folder; symbolic links are skipped."""
    found: list[str] = []
    size = 0

    def refuse(error: OSError) -> None:
        raise ArchiveUnreadable(f"can't read {error.filename}: {error.strerror}.", folder.name)

    for where, _, names in os.walk(folder, onerror=refuse):
        for name in names:
            path = Path(where) / name
            if path.is_symlink() or not path.is_file():
                continue
            found.append(path.relative_to(folder).as_posix())
            size += path.stat().st_size
            if len(found) > limits.max_files or size > limits.max_bytes:
                raise ArchiveUnsafe(
                    f"{folder.name} holds more than {limits.max_files:,} files or "
                    f"{limits.max_bytes:,} bytes. Give the folder of the archive alone; if it is, "
                    "raise max_files or max_bytes.",
                    folder.name,
                )
    return sorted(found)
