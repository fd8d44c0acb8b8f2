"""The drills of tests/drills in a short form, with a seed; `make drills` plays them in full."""

from __future__ import annotations

import random

from tests.drills import flows
from tests.drills.house import house
from tests.drills.kills import Kills
from tests.support.postgres import Postgres

SEED = 20261120
POINTS = 70
"""A post of the shortest flow passes so many."""


def test_killed_anywhere_a_post_is_made_once_and_told_truly() -> None:
    chance = random.Random(SEED)
    with house() as made:
        kills = Kills(made)
        for flow in flows.ALL:
            kills.play(flow, f"#{chance.randrange(1, POINTS)}")
    assert kills.verdicts.wrong == []
    assert len(kills.killed) == len(flows.ALL)


def test_killed_anywhere_on_postgres(postgres_server: Postgres) -> None:
    chance = random.Random(SEED + 1)
    with house(postgres_server.url(postgres_server.copy())) as made:
        kills = Kills(made)
        for flow in (flows.DRAFT, flows.PHOTOS):
            kills.play(flow, f"#{chance.randrange(1, POINTS)}")
    assert kills.verdicts.wrong == []
    assert len(kills.killed) == 2
