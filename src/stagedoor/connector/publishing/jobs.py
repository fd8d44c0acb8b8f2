"""The jobs of publishing, by kind; refs are organisation/post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..jobs import Brief, Handler, Turn
from .follow import Following
from .moves import FOLLOW, PUBLISH
from .workflow import Publishing

if TYPE_CHECKING:
    from ..services import Services


FOLLOWED = 4
"""Posts that one job asks about."""


def handlers(services: Services) -> Mapping[str, Handler | Brief]:
    publishing, following = Publishing(services), Following(services)

    def publish(ref: str) -> Turn:
        publishing.run(ref)
        return Turn.DONE

    def follow(ref: str) -> Turn:
        following.run(ref)
        return Turn.DONE

    return {PUBLISH: publish, FOLLOW: Brief(follow, FOLLOWED)}
