"""Timers of audiences: a matching ends."""

from __future__ import annotations

from ...world import World
from ...world.clock import Handlers
from . import matching
from .state import AUDIENCES


def handlers(world: World) -> Handlers:
    async def end(audience_id: str) -> None:
        if (audience := world[AUDIENCES].get(audience_id)) is not None:
            matching.end(world, audience)

    return {matching.MATCH: end}


def resume(world: World) -> None:
    """Nothing to do: the timers are saved."""
