"""Killed before and after every request and commit of a launch, a reply, a synchronisation."""

from __future__ import annotations

import pytest

from tests.drills import actions
from tests.drills.actions import Action, Stage
from tests.drills.installation import installation
from tests.support.postgres import Postgres

MOST = 120
"""Points at which an action is killed: every third of a launch."""

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
        tried = stage.kill_at(action, MOST)
    print(f"{action}: {tried} points, {len(stage.killed)} killed")
    assert stage.wrong == []
    # how often jobs look meanwhile differs: the last points of one run aren't passed by another
    assert len(stage.killed) > 0.5 * tried
