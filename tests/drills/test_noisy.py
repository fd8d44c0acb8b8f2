"""One organisation attacks in every way that is known; another one works on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.noisy import attacks, stage
from tests.support.noisy.neighbour import Neighbour, neighbour
from tests.support.noisy.stage import Stage

_SECONDS = 6.0


@pytest.fixture(scope="module")
def noisy_stage() -> Iterator[Stage]:
    with stage.running(stage.OPEN) as running:
        yield running


@pytest.fixture
def quiet(noisy_stage: Stage) -> Iterator[Neighbour]:
    with neighbour(noisy_stage) as working:
        yield working


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", attacks.ATTACKS)
def test_the_neighbour_works_on(quiet: Neighbour, noisy_stage: Stage, name: str) -> None:
    target = stage.target(noisy_stage)
    with noisy_stage.attack([name], target) as attack:
        quiet.work(_SECONDS)
    assert quiet.wrong == []
    assert quiet.posts
    assert quiet.switches
    assert sum(attack.answers[name].values()), "the attack didn't happen"
    print(name, attack.answers[name], len(quiet.seconds), max(quiet.seconds))
