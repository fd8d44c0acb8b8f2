"""What the clock calls when a moment comes. A module is imported with the first timer of its kind.

A module of `HOMES` has `handlers`, from the kind of a timer to what it does, and `resume`, which
plans what an earlier run left under way.
"""

from __future__ import annotations

from .homes import module
from .world import World
from .world.clock import Handlers

HOMES = {
    "export": "portability.collecting",
    "media": "media.pull",
    "publish": "posting.processing",
    "pull": "media.pull",
    "upload": "media.uploads",
    "webhook": "webhooks.courier",
}
"""By the first word of a timer's kind."""


def handlers(world: World, kind: str) -> Handlers:
    """The handlers of this kind of timer, and those of its kin."""
    found: Handlers = module(HOMES[kind.partition(".")[0]]).handlers(world)
    return found


def resume(world: World) -> None:
    """Go on with what was under way when the world was saved."""
    for name in dict.fromkeys(HOMES.values()):
        module(name).resume(world)
