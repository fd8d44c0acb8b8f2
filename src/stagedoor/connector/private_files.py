"""Files and folders that only their owner may read, even if they were created with other rights."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from .errors import SettingsError

_FILE, _FOLDER = 0o600, 0o700
_BESIDE = ("", "-wal", "-shm", "-journal")
"""Suffixes of the files that SQLite keeps beside a database; new ones get the database's mode."""


def only_for_owner() -> None:
    """Set the umask: files that this process creates are accessible to their owner only."""
    os.umask(0o077)


def private_folder(path: Path) -> None:
    """Create the folder, or remove other users' rights. Raises `SettingsError`.

    The home folder, the working directory and folders for everybody, such as /tmp, have other uses
    and stay as they are.
    """
    _make(path)
    shared = path.stat().st_mode & stat.S_ISVTX
    if not shared and path.resolve() not in (Path.cwd(), Path.home(), Path("/")):
        _restrict(path, _FOLDER)


def private_database(path: Path) -> None:
    """Create an SQLite database's file and restrict the access to its files, before it is opened.
    A folder that exists keeps its mode: others may use it, as they do /tmp. Raises
    `SettingsError`."""
    _make(path.parent)
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, _FILE))
    for end in _BESIDE:
        _restrict(path.with_name(path.name + end), _FILE)


def _make(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True, mode=_FOLDER)
    except OSError as error:
        raise SettingsError(
            f"{path} can't be made ({error.strerror}): check STAGEDOOR_DATA and "
            "STAGEDOOR_DATABASE_URL, and who may write there"
        ) from error


def _restrict(path: Path, mode: int) -> None:
    # another user's file can't be changed, and needn't be
    with suppress(OSError):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(mode)
