"""Shares that TikTok's app received."""

from __future__ import annotations

from dataclasses import dataclass

from stagedoor.platform.vocabulary import MediaType, Outcome

from ...world.collection import Collection, Entity, Index


@dataclass(slots=True)
class Share(Entity):
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


SHARES = Collection("shares", Share)
SHARES_OF_CREATOR = Index[Share](on=("creator_id",))
