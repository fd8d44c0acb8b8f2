"""One stage for all attacks of a module."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from .attack_environment import Arena
from .attack_setup import arena
from .judge import Judge


@pytest.fixture(scope="module", name="arena")
def _arena(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    data = tmp_path_factory.mktemp("arena")
    shutil.copyfile(_sqlite_template, data / "stagedoor.db")
    with arena(data, f"sqlite:///{data / 'stagedoor.db'}") as made:
        yield made


@pytest.fixture
def judge(arena: Arena) -> Judge:
    return Judge(arena)
