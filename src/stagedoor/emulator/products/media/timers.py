"""Timers of uploads and downloads."""

from __future__ import annotations

from ...world import World
from ...world.clock import Handlers
from . import pull, uploads


def handlers(world: World) -> Handlers:
    return {**uploads.handlers(world), **pull.handlers(world)}


def resume(world: World) -> None:
    pull.resume(world)
    uploads.resume(world)
