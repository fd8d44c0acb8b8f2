"""Ends a grant: its tokens become invalid first, then the app is notified."""

from __future__ import annotations

from stagedoor.platform.products.webhooks import AUTHORIZATION_REMOVED, RemovalReason

from ...world import World
from .state import CreatorGrant


def end(world: World, grant: CreatorGrant, reason: RemovalReason) -> None:
    """End the grant and fail its posts in progress; the app is notified of both."""
    from ..posting import processing
    from ..webhooks.events import announce

    grant.ended = world.now()
    payload = {"reason": int(reason)}
    announce(world, grant.client_key, AUTHORIZATION_REMOVED, payload, grant.open_id)
    processing.access_ended(world, grant)
