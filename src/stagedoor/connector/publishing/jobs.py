"""The jobs of publishing, by kind; refs are organisation/post."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Handler, Many, Turn
from .follow import Following
from .moves import FOLLOW, PUBLISH
from .workflow import Publishing

NEEDS_MEDIA = frozenset({PUBLISH})
AT_ONCE = 8
"""Posts whose status one job polls. A post is published by a job of its own: a worker that stops
waits for its steps, and must not wait for those of others."""


def handlers(publishing: Publishing, following: Following) -> Mapping[str, Handler | Many]:
    def publish(ref: str) -> Turn:
        publishing.run(ref)
        return Turn.DONE

    def follow(ref: str) -> Turn:
        following.run(ref)
        return Turn.DONE

    return {PUBLISH: publish, FOLLOW: Many(follow, AT_ONCE)}
