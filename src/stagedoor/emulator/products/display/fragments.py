"""Renders videos as JSON bytes, cached by the video's version, the caller's view and the second.

The cover's link is valid for six hours from the second of the call, so a cached rendering is used
within the same second only.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from stagedoor.platform.products.display import MAX_SHOWN_TITLE

from ... import cdn, links
from ...world import Creator, Video, World
from .state import RENDERED

_MAX_VIEWS = 1_000
_MAX_KEPT = 2_000


class View(NamedTuple):
    """A caller's view: within a view, a video's rendering is the same until the video changes."""

    client_key: str
    username: str
    fields: tuple[str, ...]
    base_url: str


def render(
    world: World, view: View, creator: Creator, videos: list[Video], now: float
) -> list[bytes]:
    """The videos of `creator` as JSON objects."""
    if len(world[RENDERED]) > _MAX_VIEWS:
        world[RENDERED].clear()
    kept = world[RENDERED].setdefault(view, {})
    if len(kept) > _MAX_KEPT:
        kept.clear()
    second = int(now)
    texts = []
    for video in videos:
        found = kept.get(video.id)
        if found is None or found[0] != video.version or found[1] != second:
            found = (video.version, second, _text(world, view, creator, video, now))
            kept[video.id] = found
        texts.append(found[2])
    return texts


def _text(world: World, view: View, creator: Creator, video: Video, now: float) -> bytes:
    shown = {
        name: _FIELDS[name](video, creator, view.client_key, world, view.base_url, now)
        for name in dict.fromkeys(view.fields)
    }
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()


_Field = Callable[[Video, Creator, str, World, str, float], object]

_FIELDS: dict[str, _Field] = {
    "id": lambda v, c, k, w, b, n: v.id,
    "create_time": lambda v, c, k, w, b, n: int(v.created),
    "cover_image_url": lambda v, c, k, w, b, n: cdn.cover_url(w, b, v, n),
    "share_url": lambda v, c, k, w, b, n: links.share(c, v, k),
    "video_description": lambda v, c, k, w, b, n: v.title[:MAX_SHOWN_TITLE],
    "duration": lambda v, c, k, w, b, n: v.duration,
    "height": lambda v, c, k, w, b, n: v.height,
    "width": lambda v, c, k, w, b, n: v.width,
    "title": lambda v, c, k, w, b, n: v.title[:MAX_SHOWN_TITLE],
    "embed_html": lambda v, c, k, w, b, n: links.embed_html(c, v),
    "embed_link": lambda v, c, k, w, b, n: links.embed(v, k),
    "like_count": lambda v, c, k, w, b, n: v.likes,
    "comment_count": lambda v, c, k, w, b, n: v.comments,
    "share_count": lambda v, c, k, w, b, n: v.shares,
    "view_count": lambda v, c, k, w, b, n: v.views,
}
