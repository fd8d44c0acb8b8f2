"""The jobs of publishing, by kind; refs are organisation/post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..jobs import Handler, Many, Turn
from .follow import Following
from .moves import FOLLOW, PUBLISH
from .workflow import Publishing

if TYPE_CHECKING:
    from ..services import Services


AT_ONCE = 8
"""Posts that one job asks about. A post is begun by a job of its own: who stops a worker waits for
its steps, and must not wait for those of others."""


def handlers(services: Services) -> Mapping[str, Handler | Many]:
    publishing, following = Publishing(services), Following(services)

    def publish(ref: str) -> Turn:
        publishing.run(ref)
        return Turn.DONE

    def follow(ref: str) -> Turn:
        following.run(ref)
        return Turn.DONE

    return {PUBLISH: publish, FOLLOW: Many(follow, AT_ONCE)}
