"""Images that accounts uploaded for their comments."""

from __future__ import annotations

from stagedoor.platform.records import record

from ...world.collection import Entity, EntityCollection


@record
class CommentImage(Entity):
    """An image for comments of one TikTok account. `id` is TikTok's `image_uri`."""

    id: str
    creator_id: str
    path: str
    """Where the bytes are."""
    format: str
    width: int
    height: int


COMMENT_IMAGES = EntityCollection("comment_images", CommentImage)
