"""Media that outlived their posts are deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..jobs import Handler, Turn
from .service import KIND

if TYPE_CHECKING:
    from ..services import Services


def handlers(services: Services) -> Mapping[str, Handler]:
    def expire(ref: str) -> Turn:
        org, _, media_id = ref.rpartition("/")
        services.media.expire(org, media_id)
        return Turn.DONE

    return {KIND: expire}
