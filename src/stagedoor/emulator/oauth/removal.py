"""The end of a grant, whoever ends it: dead tokens first, then the word to the app."""

from __future__ import annotations

from stagedoor.platform.products.webhooks import AUTHORIZATION_REMOVED, RemovalReason

from ..world import Grant, World


def end(world: World, grant: Grant, reason: RemovalReason) -> None:
    """Posts that are under way for the grant fail; the app hears of both."""
    from ..posting import processing
    from ..webhooks.service import announce

    grant.ended = world.now()
    payload = {"reason": int(reason)}
    announce(world, grant.client_key, AUTHORIZATION_REMOVED, payload, grant.open_id)
    processing.access_ended(world, grant)
