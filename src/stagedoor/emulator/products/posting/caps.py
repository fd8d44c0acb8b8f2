"""Limits on the posts of a creator and of an app in 24 hours (`posting.yaml` caps)."""

from __future__ import annotations

from collections.abc import Iterator

from stagedoor.platform.products.posting import (
    CAP_SECONDS,
    PENDING_SHARES,
    UNAUDITED_USERS,
    PublishStatus,
)

from ...world import App, Creator, World
from ...world.collection import IndexGroup
from .state import PUBLISHES, PUBLISHES_OF_APP, PUBLISHES_OF_CREATOR, Publish

_PENDING = (
    PublishStatus.PROCESSING_UPLOAD,
    PublishStatus.PROCESSING_DOWNLOAD,
    PublishStatus.SEND_TO_USER_INBOX,
)


def posts_used_up(world: World, app: App, creator: Creator) -> bool:
    """Whether the creator's direct posts of the last 24 hours, over all apps, reach the cap."""
    if not app.capped:
        return False
    made = sum(
        p.flow.direct and p.status is not PublishStatus.FAILED
        for p in _recent(world, world[PUBLISHES].by(PUBLISHES_OF_CREATOR, creator.id))
    )
    return made >= creator.daily_posts


def shares_pending(world: World, app: App, creator: Creator) -> bool:
    """Whether the creator's unfinished drafts reach TikTok's cap."""
    if not app.capped:
        return False
    pending = sum(
        not p.flow.direct and p.discarded is None and p.status in _PENDING
        for p in _recent(world, world[PUBLISHES].by(PUBLISHES_OF_CREATOR, creator.id))
    )
    return pending >= PENDING_SHARES


def creators_used_up(world: World, app: App, creator: Creator) -> bool:
    """Whether the app's posts for other creators reach its cap on active creators."""
    cap = app.user_cap
    if cap is None and not app.audited:
        cap = UNAUDITED_USERS
    if not app.capped or cap is None:
        return False
    own = world[PUBLISHES].by(PUBLISHES_OF_APP, app.client_key)
    active = {p.creator_id for p in _recent(world, own) if p.flow.direct}
    return creator.id not in active and len(active) >= cap


def _recent(world: World, posts: IndexGroup[Publish]) -> Iterator[Publish]:
    """The posts of the last 24 hours, newest first."""
    since = world.now() - CAP_SECONDS
    for publish in reversed(posts):
        if publish.created <= since:
            return
        yield publish
