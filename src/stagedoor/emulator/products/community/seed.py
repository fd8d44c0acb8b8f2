"""The seed of the community: the activity of the creators, then the audience."""

from __future__ import annotations

from ...world import World
from . import seed_activity, seed_audience


def seed(world: World) -> None:
    seed_activity.seed(world)
    seed_audience.seed(world)
