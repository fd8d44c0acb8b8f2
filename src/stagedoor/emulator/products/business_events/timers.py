"""Timers of subscriptions: an ad account has changed."""

from __future__ import annotations

from ...world import World
from ...world.clock import Handlers
from . import deliveries


def handlers(world: World) -> Handlers:
    async def changed(reference: str) -> None:
        deliveries.account_changed(world, reference)

    return {deliveries.ACCOUNT: changed}


def resume(world: World) -> None:
    """Nothing to do: the timers are saved."""
