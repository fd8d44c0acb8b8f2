"""JSON schemas of videos and their metrics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..publishing.states import Visibility
from ..shapes import ResponseModel, moment
from .series import Point
from .videos import StoredVideo


def _column(points: Sequence[Point], index: int) -> list[int | None]:
    return [point.counts[index] for point in points]


class Metrics(ResponseModel):
    """A video's counters over time, one list for each counter: entry n of each was read at entry n
    of `at`."""

    at: list[datetime]
    """When the counters were read, in UTC, the oldest first."""
    views: list[int | None]
    """Views; null where TikTok didn't report them."""
    likes: list[int | None]
    """Likes; null where TikTok didn't report them."""
    comments: list[int | None]
    """Comments; null where TikTok didn't report them."""
    shares: list[int | None]
    """Shares; null where TikTok didn't report them."""

    @classmethod
    def of(cls, points: Sequence[Point]) -> Metrics:
        # the values are ours: validating each of some thousand points takes as long as reading them
        return cls.model_construct(
            at=[moment(point.at) for point in points],
            views=_column(points, 0),
            likes=_column(points, 1),
            comments=_column(points, 2),
            shares=_column(points, 3),
        )


class ActivityShown(ResponseModel):
    """A video of a connected account."""

    video_id: str
    """TikTok's id of the video."""
    integration_id: str
    """The account that posted it."""
    publish_id: str | None
    """The post of this service that became the video; null for a video posted elsewhere."""
    posted_at: datetime
    """When the video was posted, in UTC."""
    text: str
    """The caption, as far as TikTok gives it: 150 characters."""
    visibility: Visibility
    """`public`, or why nobody else sees it: `private`, `removed` (deleted, made private or taken
    down: TikTok doesn't always say which), `inReview`, `unknown`."""
    visibility_at: datetime
    """Since when the visibility is known to be this, in UTC."""
    share_url: str | None
    """The video's page at TikTok."""
    cover_url: str | None
    """The cover picture; the link is renewed before it expires."""
    duration: int | None
    """Seconds."""
    width: int | None
    """Pixels."""
    height: int | None
    """Pixels."""
    views: int | None
    """Views at `measuredAt`."""
    likes: int | None
    """Likes at `measuredAt`."""
    comments: int | None
    """Comments at `measuredAt`."""
    shares: int | None
    """Shares at `measuredAt`."""
    measured_at: datetime | None
    """When the counters were last read, in UTC; null before the first time."""
    metrics: Metrics
    """The counters over time, within the asked span."""

    @classmethod
    def of(cls, video: StoredVideo) -> ActivityShown:
        return cls.model_construct(
            video_id=video.id,
            integration_id=video.integration,
            publish_id=video.post,
            posted_at=moment(video.posted),
            text=video.text,
            visibility=Visibility(video.visibility),
            visibility_at=moment(video.visibility_at),
            share_url=video.share_url,
            cover_url=video.cover_url,
            duration=video.duration,
            width=video.width,
            height=video.height,
            views=video.views,
            likes=video.likes,
            comments=video.comments,
            shares=video.shares,
            measured_at=moment(video.measured),
            metrics=Metrics.of(video.points),
        )


class ActivitiesShown(ResponseModel):
    """A page of videos, the newest first."""

    activity: list[ActivityShown]
    """The videos of the page."""
    next_cursor: str | None
    """The `cursor` of the next page; null on the last one."""


class AccountMetrics(ResponseModel):
    """An account's counters over time, one list for each counter: entry n of each was read at entry
    n of `at`."""

    at: list[datetime]
    """When the counters were read, in UTC, the oldest first."""
    followers: list[int | None]
    """Followers; null where the scope `user.info.stats` is missing."""
    following: list[int | None]
    """Accounts that it follows; null where the scope is missing."""
    likes: list[int | None]
    """Likes of all its videos; null where the scope is missing."""
    videos: list[int | None]
    """Public videos; null where the scope is missing."""

    @classmethod
    def of(cls, points: Sequence[Point]) -> AccountMetrics:
        return cls(
            at=[moment(point.at) for point in points],
            followers=_column(points, 0),
            following=_column(points, 1),
            likes=_column(points, 2),
            videos=_column(points, 3),
        )


class AccountShown(ResponseModel):
    """The profile of a connected account, as it was last read."""

    integration_id: str
    """The account."""
    bio: str | None
    """The profile's text; null where the scope `user.info.profile` is missing."""
    profile_url: str | None
    """The profile at TikTok; null where the scope is missing."""
    verified: bool | None
    """Whether TikTok verified the account; null where the scope is missing."""
    measured_at: datetime | None
    """When the profile was last read, in UTC; null before the first time."""
    metrics: AccountMetrics
    """The account's counters over time, within the asked span."""
