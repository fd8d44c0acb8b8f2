"""Killed before and after every request and commit of a launch, a reply, a synchronisation."""

from __future__ import annotations

import pytest

from tests.drills import actions
from tests.drills.actions import Action, Stage
from tests.drills.installation import installation
from tests.support.postgres import Postgres

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3600)]


@pytest.fixture(params=["sqlite", "postgres"])
def engine_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    server: Postgres = request.getfixturevalue("postgres_server")
    return server.url(server.copy())


@pytest.mark.parametrize("action", actions.ALL, ids=str)
def test_killed_at_every_point(action: Action, engine_url: str) -> None:
    with installation(engine_url) as made:
        stage = Stage.of(made)
        points = stage.play(action, 0)
        for number, point in enumerate(points, 1):
            stage.play(action, number, point)
    print(f"{action}: {len(points)} points, {len(stage.killed)} killed")
    assert stage.wrong == []
    assert len(stage.killed) > 0.7 * len(points)
