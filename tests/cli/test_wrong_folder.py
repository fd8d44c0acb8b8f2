"""Commands that only look make nothing where there is nothing to look at."""

from __future__ import annotations

import pytest

from .conftest import Shell


@pytest.mark.parametrize(
    "command",
    [
        ("audit", "verify", "--org", "acme"),
        ("audit", "search", "--org", "acme"),
        ("agents", "list", "--org", "acme"),
        ("approvals", "list", "--org", "acme"),
        ("vault", "keys"),
        ("vault", "rotate"),
        ("vault", "reset"),
        ("vault", "reset", "--yes"),
    ],
)
def test_a_folder_without_data_is_said_and_left_as_it_is(
    shell: Shell, command: tuple[str, ...]
) -> None:
    done = shell.run(*command)
    assert done.code == 1
    assert f"there is no Stagedoor data in {shell.folder / 'stagedoor-data'}" in done.err
    assert "--data" in done.err
    assert list(shell.folder.iterdir()) == []
    assert not shell.home.exists()
