"""TikTok's answers about videos, as values of the activity store."""

from __future__ import annotations

from stagedoor.platform.products.display import VideoPage

from ..activity.videos import VideoSnapshot
from ..integrations.profile import link_expiry


def of(page: VideoPage) -> list[VideoSnapshot]:
    """The videos of a page; one without an id is left out."""
    return [
        VideoSnapshot(
            id=video.id,
            posted=float(video.create_time or 0),
            text=video.video_description or video.title or "",
            share_url=video.share_url,
            cover_url=video.cover_image_url,
            cover_expires=link_expiry(video.cover_image_url),
            duration=video.duration,
            width=video.width,
            height=video.height,
            counts=(
                video.view_count,
                video.like_count,
                video.comment_count,
                video.share_count,
            ),
        )
        for video in page.videos
        if video.id is not None
    ]
