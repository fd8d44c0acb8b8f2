"""Answers kept for repeated requests are deleted after a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..database import Scope
from ..jobs import Handler, Turn
from . import store

if TYPE_CHECKING:
    from ..services import Services


def handlers(services: Services) -> Mapping[str, Handler]:
    def expire(org: str) -> Turn:
        with services.database.begin() as connection:
            more = store.expire_answers(Scope(connection, org), services.clock.now())
        return Turn.AGAIN if more else Turn.DONE

    return {store.EXPIRE: expire}
