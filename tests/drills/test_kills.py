"""Killed before and after every request and every commit of a post, in each way to post."""

from __future__ import annotations

import random

import pytest

from tests.drills import flows
from tests.drills.flows import Flow
from tests.drills.installation import installation
from tests.drills.kills import POINTS, Kills
from tests.support.postgres import Postgres

SEED = 1
TWICE = 40

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3600)]


@pytest.fixture(params=["sqlite", "postgres"])
def engine_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    server: Postgres = request.getfixturevalue("postgres_server")
    return server.url(server.copy())


@pytest.mark.parametrize("flow", flows.ALL, ids=str)
def test_killed_at_every_point(flow: Flow, engine_url: str) -> None:
    with installation(engine_url) as made:
        kills = Kills(made)
        points = kills.play(flow)
        for point in points:
            kills.play(flow, point)
    print(f"{flow}: {len(points)} points, {kills}")
    assert kills.verdicts.wrong == []
    assert len(kills.killed) > 0.8 * len(points), f"not passed: {kills.missed}"


def test_killed_again_while_it_recovers(engine_url: str) -> None:
    chance = random.Random(SEED)
    with installation(engine_url) as made:
        kills = Kills(made)
        for _ in range(TWICE):
            first, second = f"#{chance.randrange(1, POINTS)}", f"#{chance.randrange(1, 30)}"
            kills.play(chance.choice(flows.ALL), first, second)
    print(kills)
    assert kills.verdicts.wrong == []
    assert len(kills.killed) > TWICE
