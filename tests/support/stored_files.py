"""The files in a local media store, without those of the store itself."""

from __future__ import annotations

from pathlib import Path

from stagedoor.connector.media.identity import KEY


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != KEY]


def media_in(folder: Path) -> list[Path]:
    """One folder for each medium."""
    return [path for path in folder.iterdir() if path.name not in (KEY, "write-checks")]
