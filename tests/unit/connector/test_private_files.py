"""The files of a database are private; a folder that others use keeps its mode."""

from __future__ import annotations

from pathlib import Path

import pytest

from stagedoor.connector.private_files import private_database, private_folder


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


@pytest.mark.parametrize("shared", [0o1777, 0o755])
def test_a_databases_folder_that_exists_keeps_its_mode(tmp_path: Path, shared: int) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(shared)
    database = folder / "stagedoor.db"
    database.touch(mode=0o644)
    private_database(database)
    assert (mode(folder), mode(database)) == (shared, 0o600)


def test_a_folder_that_is_made_for_a_database_is_private(tmp_path: Path) -> None:
    database = tmp_path / "new" / "stagedoor.db"
    private_database(database)
    assert (mode(database.parent), mode(database)) == (0o700, 0o600)


def test_the_services_own_folder_becomes_private(tmp_path: Path) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    folder.chmod(0o755)
    private_folder(folder)
    assert mode(folder) == 0o700
    folder.chmod(0o1777)
    private_folder(folder)
    assert mode(folder) == 0o1777
