"""What research knows of a video besides its counts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from ..world import Video, World

_TAG = re.compile(r"#(\w+)")
_MENTION = re.compile(r"@([\w.]*\w)")


def day(video: Video) -> date:
    """The UTC day of the post."""
    return datetime.fromtimestamp(video.created, UTC).date()


def hashtags(video: Video) -> list[str]:
    return list(dict.fromkeys(_TAG.findall(video.title)))


def mentions(video: Video) -> list[str]:
    return list(dict.fromkeys(_MENTION.findall(video.title)))


def music_id(world: World, video: Video) -> str:
    """A sound without a name is the video's own."""
    return world.ids.number_of(f"music:{video.music or video.id}")


def effect_id(world: World, name: str) -> str:
    return world.ids.number_of(f"effect:{name}")


def playlist_id(world: World, video: Video) -> str:
    """The playlist that holds the video; empty for none."""
    for playlist in world.all.playlists.values():
        if video.id in playlist.video_ids:
            return playlist.id
    return ""
