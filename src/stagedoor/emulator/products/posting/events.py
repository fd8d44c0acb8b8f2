"""Webhook events of posts (`webhooks.yaml` events), under their new and old names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stagedoor.platform.operation import Event
from stagedoor.platform.products import webhooks as platform
from stagedoor.platform.products.posting import PublishType

from ...world import Video, World
from ..oauth.state import GRANTS, LIVING_GRANTS
from ..webhooks.events import announce
from .state import PUBLISHES, Publish

POSTED: list[Callable[[World, Publish], None]] = []
"""Called when the post of a `Publish` is on the profile, and when its visibility changes: for
campaigns with creators."""

_OF_FAILURE = (platform.PUBLISH_FAILED, platform.UPLOAD_FAILED_OLD)


def failed(world: World, publish: Publish) -> None:
    _tell(world, publish, platform.PUBLISH_FAILED, reason=publish.fail_reason)
    _tell_old(world, publish, platform.UPLOAD_FAILED_OLD)


def delivered(world: World, publish: Publish) -> None:
    """Announce that the draft is in the creator's inbox."""
    _tell(world, publish, platform.INBOX_DELIVERED)


def completed(world: World, publish: Publish) -> None:
    _tell(world, publish, platform.PUBLISH_COMPLETE)
    _tell_old(world, publish, platform.PUBLISH_COMPLETED_OLD)
    _hear(world, publish)


def publication_changed(world: World, video: Video) -> None:
    """Announce that the post became public, or is no longer public, to the app that made it."""
    publish = world[PUBLISHES].get(video.publish_id or "")
    if publish is None:
        return
    event = platform.PUBLICLY_AVAILABLE
    if not world.is_public(video):
        business = world.apps[publish.client_key].business
        usual = world.settings.no_longer_public_as == "publicaly" and not business
        event = platform.NO_LONGER_PUBLIC if usual else platform.NO_LONGER_PUBLIC_OTHER
    _tell(world, publish, event, post_id=video.id)
    _hear(world, publish)


def _hear(world: World, publish: Publish) -> None:
    for listener in POSTED:
        listener(world, publish)


def _tell(world: World, publish: Publish, event: Event, **facts: Any) -> None:
    kind = PublishType.DIRECT_PUBLISH if publish.flow.direct else PublishType.INBOX_SHARE
    _send(world, publish, event, publish_id=publish.id, publish_type=kind, **facts)


def _tell_old(world: World, publish: Publish, event: Event) -> None:
    """Send the event under its old name, for video posts only (`webhooks.yaml` legacy_twins)."""
    if world.settings.legacy_events and not publish.flow.photo:
        _send(world, publish, event, share_id=publish.share_id)


def _send(world: World, publish: Publish, event: Event, **facts: Any) -> None:
    grant = world[GRANTS][publish.grant_id]
    # An app that the creator removed still gets the failure of its last post, but no later event.
    if event not in _OF_FAILURE and not _connected(world, publish):
        return
    payload = event.payload(**facts).model_dump(mode="json")
    announce(world, publish.client_key, event, payload, grant.open_id, publish_id=publish.id)


def _connected(world: World, publish: Publish) -> bool:
    """Whether the app has a grant of the creator: the post's own, or one of a later consent."""
    if world[GRANTS][publish.grant_id].ended is None:
        return True
    return bool(world[GRANTS].by(LIVING_GRANTS, (publish.client_key, publish.creator_id)))
