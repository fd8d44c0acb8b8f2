"""Shares that TikTok's app received."""

from __future__ import annotations

from stagedoor.platform.records import record
from stagedoor.platform.vocabulary import MediaType, Outcome

from ...world.collection import Entity, EntityCollection, Index


@record
class ShareAttempt(Entity):
    """A share from an app to TikTok's app, and the person's choice."""

    id: str
    client_key: str
    creator_id: str
    created: float
    media_type: MediaType
    media: list[str]
    green_screen: bool
    outcome: Outcome
    seconds: int = 0
    width: int = 1080
    height: int = 1920
    video_id: str | None = None


SHARES = EntityCollection("shares", ShareAttempt)
SHARES_OF_CREATOR = Index[ShareAttempt](on=("creator_id",))
