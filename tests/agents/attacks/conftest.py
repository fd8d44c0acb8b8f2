"""One environment for all attacks of a module."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from .attack_environment import AttackEnvironment
from .attack_setup import attack_environment
from .judge import Judge


@pytest.fixture(scope="module", name="environment")
def _environment(
    _sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AttackEnvironment]:
    data = tmp_path_factory.mktemp("environment")
    shutil.copyfile(_sqlite_template, data / "stagedoor.db")
    with attack_environment(data, f"sqlite:///{data / 'stagedoor.db'}") as environment:
        yield environment


@pytest.fixture
def judge(environment: AttackEnvironment) -> Judge:
    return Judge(environment)
