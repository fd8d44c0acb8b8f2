"""New versions with posts under way and others that wait for their time."""

from __future__ import annotations

import pytest

from tests.drills.deploys import Deploys, stranded
from tests.drills.installation import installation


@pytest.mark.drill
@pytest.mark.timeout(3600)
def test_three_versions_with_many_posts() -> None:
    with installation() as made:
        deploys = Deploys(made, creators=25)
        verdicts = deploys.play(in_flight=100, scheduled=1000)
        assert stranded(made) == []
    print(f"{deploys.count} deployments, {verdicts}")
    assert verdicts.wrong == []
    assert set(verdicts.states) == {"published", "inInbox"}
    assert verdicts.effects == 1100
