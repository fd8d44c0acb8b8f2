"""Timers of linked videos: a review ends, and the rights of ad accounts end."""

from __future__ import annotations

from stagedoor.platform.creators_vocabulary import VideoLinkStatus

from ...world import World
from ...world.clock import Handlers
from . import granting, links
from .state import VIDEO_LINKS


def handlers(world: World) -> Handlers:
    async def end(reference: str) -> None:
        link = world[VIDEO_LINKS].get(reference)
        if link is not None and link.status is VideoLinkStatus.IN_REVIEW:
            links.decide(world, link)

    async def rights_end(reference: str) -> None:
        link = world[VIDEO_LINKS].get(reference)
        if link is not None:
            granting.withdraw(world, link)

    return {links.REVIEW: end, granting.RIGHTS: rights_end}


def resume(world: World) -> None:
    """Nothing to do: the timers are saved."""
