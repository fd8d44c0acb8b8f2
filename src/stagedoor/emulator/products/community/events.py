"""Announces changes of comments to the business apps that the post's creator connected."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.products.webhooks import COMMENT_UPDATE, CommentAction, CommentType

from ...world import World
from ..oauth.state import GRANTS, GRANTS_OF_CREATOR
from ..webhooks.events import announce
from .state import Comment

_SCOPE = "comment.list"


def comment_changed(world: World, comment: Comment, action: CommentAction) -> None:
    """Tell each business app that may read the creator's comments."""
    video = world.videos[comment.video_id]
    for grant in world[GRANTS].by(GRANTS_OF_CREATOR, video.creator_id):
        if _SCOPE not in grant.scopes:
            continue
        announce(
            world,
            grant.client_key,
            COMMENT_UPDATE,
            _content(world, comment, action),
            grant.open_id,
            item_id=video.id,
        )


def _content(world: World, comment: Comment, action: CommentAction) -> dict[str, Any]:
    """Ids are bare numbers, as on TikTok."""
    kind = CommentType.COMMENT if comment.parent_id is None else CommentType.REPLY
    return {
        "comment_id": int(comment.id),
        "video_id": int(comment.video_id),
        "parent_comment_id": int(comment.parent_id or 0),
        "comment_type": kind.value,
        "comment_action": action.value,
        "timestamp": int(world.now() * 1000),
        "unique_identifier": world.ids.person_identifier(comment.author_id),
        "text": comment.text,
    }
