"""Videos as JSON, kept as bytes until the video, the reader's view of it or the second changes.

The cover's link lives six hours from the second of the call, so nothing is kept longer than that
second would say.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from weakref import WeakKeyDictionary

from stagedoor.platform.display import MAX_SHOWN_TITLE

from .. import cdn, links
from ..world import Creator, Video, World

_MAX_KEPT = 20_000

_Key = tuple[str, str, str, tuple[str, ...], str]
_Kept = dict[_Key, tuple[int, int, bytes]]
_kept: WeakKeyDictionary[World, _Kept] = WeakKeyDictionary()


def renderer(
    world: World, client_key: str, creator: Creator, fields: tuple[str, ...], base_url: str
) -> Callable[[Video], bytes]:
    """What turns a video of `creator` into JSON with `fields`, as `client_key` sees it."""
    kept = _kept.setdefault(world, {})
    if len(kept) > _MAX_KEPT:
        kept.clear()
    now = world.now()
    second = int(now)
    username = creator.username

    def render(video: Video) -> bytes:
        key = (video.id, client_key, username, fields, base_url)
        found = kept.get(key)
        if found is not None and found[0] == video.version and found[1] == second:
            return found[2]
        shown = {
            name: _FIELDS[name](video, creator, client_key, world, base_url, now)
            for name in dict.fromkeys(fields)
        }
        text = json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()
        kept[key] = (video.version, second, text)
        return text

    return render


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


def forget(world: World) -> None:
    """Drop everything kept: after a reset, old ids can name other videos."""
    _kept.pop(world, None)
