"""The comment list, with personal data in the texts masked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from stagedoor.platform.products.research import DEFAULT_COMMENTS, MAX_COMMENTS, CommentQuery

from ... import quotas
from ...calls import AdmittedCall, Refusal
from ...world.collection import IndexGroup
from ..community.state import COMMENTS, THREAD, Comment
from . import shown
from .scope import may_show

_KEPT = 2
"""The number of characters at each end of personal data that stay readable."""
_PERSONAL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+?\d(?:[ ()./-]{0,2}\d){6,18}")


def masked(text: str) -> str:
    """Mask mail addresses, phone and card numbers: all but their ends become `*`."""
    return _PERSONAL.sub(_stars, text)


def _stars(found: re.Match[str]) -> str:
    text = found[0]
    return text[:_KEPT] + "*" * (len(text) - 2 * _KEPT) + text[-_KEPT:]


def listed(call: AdmittedCall) -> dict[str, Any]:
    """The comments, the oldest first; only the first thousand can be read."""
    request: CommentQuery = call.request
    thread = _asked_for(call, request)
    reachable = min(len(thread), MAX_COMMENTS)
    start, size = request.cursor or 0, request.max_count or DEFAULT_COMMENTS
    page = thread[start : min(start + size, reachable)]
    quotas.receive(call, len(page))
    end = start + len(page)
    return {
        "comments": [
            shown.mixed(
                call, {name: FIELDS[name](call, one) for name in dict.fromkeys(request.fields)}
            )
            for one in page
        ],
        "cursor": end,
        "has_more": end < reachable,
    }


def _asked_for(call: AdmittedCall, request: CommentQuery) -> IndexGroup[Comment]:
    world = call.world
    parent = None if request.comment_id is None else world[COMMENTS].get(request.comment_id)
    video_id = request.video_id or (parent.video_id if parent else "")
    video = world.videos.get(video_id)
    if (
        video is None
        or not may_show(call, video)
        or (parent is not None and (parent.deleted or parent.hidden))
    ):
        name = "video_id" if request.comment_id is None else "comment_id"
        raise Refusal("invalid_params", f"{name}: is invalid")
    return replies(call, video.id, request.comment_id)


def replies(call: AdmittedCall, video_id: str, parent_id: str | None) -> IndexGroup[Comment]:
    """The replies to the comment, or to the video itself for None; the oldest first."""
    return call.world[COMMENTS].by(THREAD, (video_id, parent_id))


FIELDS: dict[str, Callable[[AdmittedCall, Comment], object]] = {
    "id": lambda call, one: int(one.id),
    "video_id": lambda call, one: int(one.video_id),
    "text": lambda call, one: masked(one.text),
    "like_count": lambda call, one: one.likes,
    "reply_count": lambda call, one: len(replies(call, one.video_id, one.id)),
    "parent_comment_id": lambda call, one: int(one.parent_id or one.video_id),
    "create_time": lambda call, one: int(one.created),
}
