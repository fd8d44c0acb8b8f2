"""What is done later: telling TikTok of an end, and reading names and avatars again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from ..errors import NotFound, Unavailable
from ..jobs import Handler, Turn
from .connecting import PROFILE
from .service import REVOKE

if TYPE_CHECKING:
    from ..services import Services

_PAUSE_SECONDS = 2.0


def handlers(services: Services) -> Mapping[str, Handler]:
    return {
        REVOKE: _patiently(services.integrations.revoke),
        PROFILE: _patiently(services.connecting.refresh_profile),
    }


def _patiently(act: Callable[[str], None]) -> Handler:
    """Goes on when the database is back; both actions may run twice."""

    def handle(grant_id: str) -> Turn:
        try:
            with suppress(NotFound):
                act(grant_id)
        except Unavailable:
            time.sleep(_PAUSE_SECONDS)
            return Turn.AGAIN
        return Turn.DONE

    return handle
