"""Values that research derives from a video."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from ...world import Video, World
from ..community.state import PLAYLISTS, PLAYLISTS_OF_VIDEO
from .state import hashtags_in

_MENTION = re.compile(r"@([\w.]*\w)")


def day(video: Video) -> date:
    """The UTC day of the post."""
    return datetime.fromtimestamp(video.created, UTC).date()


def hashtags(video: Video) -> list[str]:
    return hashtags_in(video.title)


def mentions(video: Video) -> list[str]:
    return list(dict.fromkeys(_MENTION.findall(video.title)))


def music_id(world: World, video: Video) -> str:
    """The id of the video's sound; a sound without a name is the video's own."""
    return world.ids.number_of(f"music:{video.music or video.id}")


def effect_id(world: World, name: str) -> str:
    return world.ids.number_of(f"effect:{name}")


def playlist_id(world: World, video: Video) -> str:
    """The id of the playlist that contains the video; empty for none."""
    found = world[PLAYLISTS].by(PLAYLISTS_OF_VIDEO, video.id)
    return found[0].id if found else ""
