"""Values: a video of an account as it was seen, and as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .series import Point

REMOVED = "removed"
PUBLIC = "public"
PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Band:
    """How often videos younger than `age` are read, and how far apart the kept points of their
    metrics are; both in seconds."""

    age: float
    every: int


_HOUR, _DAY = 3_600, 86_400
READINGS = (
    Band(6 * _HOUR, _HOUR // 4),
    Band(2 * _DAY, _HOUR),
    Band(7 * _DAY, 3 * _HOUR),
    Band(30 * _DAY, 6 * _HOUR),
    Band(float("inf"), _DAY),
)
"""By the age of a video, the youngest first. A link to a cover that expires earlier brings the
reading forward, but no more points."""
COVER_EARLY = 1_800.0
"""Seconds before its link expires at which a cover is read again."""
COVER_SOONEST = 900.0
REMOVED_EVERY = 7 * _DAY
REMOVED_FOR = 60 * _DAY
"""A removed video is read every week for this long, since it may become public again."""


def band_of(age: float) -> Band:
    """The reading band of a video of this age."""
    return next(band for band in READINGS if age < band.age)


@dataclass(frozen=True, slots=True)
class VideoSnapshot:
    """A public video as TikTok's answer has it; times in Unix seconds."""

    id: str
    posted: float
    text: str
    share_url: str | None
    cover_url: str | None
    cover_expires: float | None
    duration: int | None
    width: int | None
    height: int | None
    counts: tuple[int | None, int | None, int | None, int | None]

    def next_reading(self, now: float) -> float:
        """When to read the video again: by its age, and before its cover's link expires."""
        at = now + band_of(now - self.posted).every
        if self.cover_expires is None:
            return at
        return min(at, max(now + COVER_SOONEST, self.cover_expires - COVER_EARLY))


@dataclass(frozen=True, slots=True)
class StoredVideo:
    """A video of the activity store, with the points of its metrics that were asked for."""

    id: str
    integration: str
    posted: float
    text: str
    share_url: str | None
    cover_url: str | None
    duration: int | None
    width: int | None
    height: int | None
    visibility: str
    visibility_at: float
    post: str | None
    views: int | None
    likes: int | None
    comments: int | None
    shares: int | None
    measured: float | None
    points: tuple[Point, ...] = ()

    @classmethod
    def of(cls, row: Any, points: tuple[Point, ...] = ()) -> StoredVideo:
        names = [name for name in cls.__dataclass_fields__ if name != "points"]
        return cls(**{name: getattr(row, name) for name in names}, points=points)


@dataclass(frozen=True, slots=True)
class Changed:
    """A video whose visibility changed, or that is new (`before` None)."""

    id: str
    before: str | None
    after: str
    post: str | None
    share_url: str | None
