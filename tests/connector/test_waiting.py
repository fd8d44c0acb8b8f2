"""A process that dies while a post waits for its place in TikTok's rate limit has begun nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.drills import flows
from tests.drills.installation import Installation, installation
from tests.drills.kills import Kills

pytestmark = [pytest.mark.timeout(180), pytest.mark.long]

FLOWS = (flows.SMALL_VIDEO, flows.DRAFT, flows.PULLED, flows.PHOTOS)


def sent(points: list[str], number: int = 0) -> int:
    """Where the request of a post's init of this number comes, counted from 0."""
    found = [
        at
        for at, point in enumerate(points)
        if point.startswith("before POST /v2/post/publish/") and "/init/#" in point
    ]
    return found[number]


def place(points: list[str], number: int = 0) -> str:
    """The point at which the place of that init was taken, and nothing was sent for it."""
    before = points[: sent(points, number)]
    return [one for one in before if one.startswith("after commit limit_windows")][-1]


def newest(made: Installation) -> dict[str, Any]:
    return dict(made.api("GET", "/api/posts", limit=1)["posts"][0])


def inits(post: dict[str, Any]) -> list[str]:
    return [step["outcome"] for step in post["history"] if step["step"] == "init"]


def until_killed(kills: Kills, flow: flows.Flow) -> None:
    """Play posts until one is killed there: a run that waits less often doesn't pass the point."""
    before = len(kills.killed)
    for _ in range(5):
        kills.play(flow, place(kills.play(flow)))
        if len(kills.killed) > before:
            return
    raise AssertionError(f"no post passed the point: {kills.missed}")


def test_killed_while_it_waits_a_post_is_made_as_if_it_had_not_begun() -> None:
    with installation() as made:
        kills = Kills(made)
        for flow in FLOWS:
            until_killed(kills, flow)
            post = newest(made)
            assert post["state"] == ("published" if flow.direct else "inInbox"), (flow, post)
            assert inits(post) == ["ok"], (flow, post["history"])
        assert len(kills.killed) == len(FLOWS)
        # once the request may be on its way, TikTok may have heard it
        points = kills.play(flows.PULLED)
        kills.play(flows.PULLED, points[sent(points)])
        assert newest(made)["state"] == "unknown"
        assert inits(newest(made)) == ["lost"]
    assert kills.verdicts.wrong == []


def test_an_init_that_was_refused_is_not_under_way_while_it_waits_again() -> None:
    over = {"status": 401, "code": "access_token_invalid", "times": 1}
    with installation() as made:
        kills = Kills(made)
        made.local.fault("posting.content_init", "status", **over)
        points = kills.play(flows.PHOTOS)
        assert inits(newest(made)) == ["waiting", "ok"]
        made.local.fault("posting.content_init", "status", **over)
        kills.play(flows.PHOTOS, place(points, 1))
        post = newest(made)
        assert (post["state"], inits(post)) == ("published", ["waiting", "ok"])
    assert len(kills.killed) == 1
    assert kills.verdicts.wrong == []
