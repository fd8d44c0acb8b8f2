"""What people do with each other's posts. Times are Unix seconds on the world's clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Comment:
    """`parent_id` is the comment that it answers; None: it stands under the video itself."""

    id: str
    video_id: str
    author_id: str
    text: str
    created: float
    parent_id: str | None = None
    likes: int = 0
    deleted: bool = False


@dataclass(slots=True)
class Like:
    person_id: str
    video_id: str
    at: float


@dataclass(slots=True)
class Follow:
    """`follower_id` follows `followed_id`."""

    follower_id: str
    followed_id: str
    at: float
