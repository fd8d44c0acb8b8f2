"""Timers of scripts: the end of the queue, and of a timed review."""

from __future__ import annotations

from ...world import World
from ...world.clock import Handlers
from . import runs
from .state import SCRIPTS, ScriptStatus


def handlers(world: World) -> Handlers:
    async def begin(script_id: str) -> None:
        runs.begin(world, script_id)

    async def review(script_id: str) -> None:
        runs.review_by_time(world, script_id)

    return {runs.BEGIN: begin, runs.REVIEW: review}


def resume(world: World) -> None:
    """Run again the scripts that an earlier run of the emulator left running or waiting."""
    planned = {timer.ref for timer in world.clock.pending() if timer.kind == runs.BEGIN}
    for script in world[SCRIPTS].values():
        if script.status is ScriptStatus.RUNNING:
            script.status, script.started = ScriptStatus.SUBMITTED, None
        if script.status is ScriptStatus.SUBMITTED and script.id not in planned:
            world.clock.at(world.now(), runs.BEGIN, script.id)
