"""The drills of tests/drills in a short form, with a seed; `make drills` plays them in full.

The short form of the refresh drill is `test_many_processes_refresh_once`.
"""

from __future__ import annotations

import random

import pytest

from tests.drills import actions, faults, flows
from tests.drills.actions import Stage
from tests.drills.deploys import Deploys, stranded
from tests.drills.installation import installation
from tests.drills.kills import POINTS, Kills
from tests.support.postgres import Postgres

pytestmark = [pytest.mark.timeout(180), pytest.mark.long]

SEED = 20261120


def test_killed_anywhere_a_post_is_made_once_and_told_truly() -> None:
    chance = random.Random(SEED)
    with installation() as made:
        kills = Kills(made)
        for flow in flows.ALL:
            kills.play(flow, f"#{chance.randrange(1, POINTS)}")
    assert kills.verdicts.wrong == []
    assert len(kills.killed) == len(flows.ALL)


def test_killed_anywhere_a_launch_a_reply_and_a_synchronisation_end_well() -> None:
    chance = random.Random(SEED)
    with installation() as made:
        stage = Stage.of(made)
        for number, action in enumerate(actions.ALL):
            stage.play(action, number, f"#{chance.randrange(1, 20)}")
    assert stage.wrong == []
    assert len(stage.killed) == len(actions.ALL)


def test_killed_again_while_it_recovers(postgres_server: Postgres) -> None:
    chance = random.Random(SEED)
    with installation(postgres_server.url(postgres_server.copy())) as made:
        kills = Kills(made)
        for flow in (flows.VIDEO, flows.DRAFT, flows.PHOTOS):
            kills.play(flow, f"#{chance.randrange(20, POINTS)}", f"#{chance.randrange(1, 20)}")
    assert kills.verdicts.wrong == []
    assert len(kills.killed) > 3, f"no second death: {kills.missed}"


def test_a_fifth_of_the_calls_goes_wrong() -> None:
    with installation(webhooks=True) as made:
        day = faults.play(made, SEED, posts=8)
    assert day.verdicts.wrong == []
    assert day.faults >= 4


def test_new_versions_strand_nothing() -> None:
    with installation() as made:
        slow = {"posting.creator_info": 2.0, "posting.video_init": 2.0}
        deploys = Deploys(made, creators=10, slow=slow)
        verdicts = deploys.play(in_flight=10, scheduled=20)
        assert stranded(made) == []
    assert verdicts.wrong == []
    assert set(verdicts.states) == {"published", "inInbox"}
    assert verdicts.effects == 30


def test_a_service_that_stops_serves_photos_until_tiktok_has_them() -> None:
    with installation() as made:
        made.connect()
        made.local.fault("posting.content_init", "slow", seconds=3.0, times=2)
        publish_id = flows.PHOTOS.begin(made, "on the way", {})
        made.until(lambda: made.local.control("GET", "faults")["faults"][0]["met"] > 0)
        # the init is answered while the process ends, and TikTok fetches the photos then
        made.stop()
        made.start()
        assert made.until_over(publish_id)["state"] == "published"
