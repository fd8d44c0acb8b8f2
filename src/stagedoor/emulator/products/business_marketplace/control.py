"""Control route of requests for rights to videos: the creator's answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from stagedoor.platform.creators_vocabulary import SparkDays

from ...control.errors import unknown
from ...control_bodies import ControlBody, controlled, read
from ...world import World
from . import rights
from .state import SPARK_REQUESTS


class SparkAnswered(ControlBody):
    """The creator's answer; `days` are those that the creator chooses instead of the asked ones."""

    accepted: bool = True
    days: SparkDays | None = None


async def answer(world: World, request: Request) -> Any:
    names = request.path_params
    key = f"{names['account_id']}:{names['video_id']}"
    found = world[SPARK_REQUESTS].get(key)
    if found is None:
        raise unknown("request", key.replace(":", "/"))
    order = await read(request, SparkAnswered)
    rights.answer(world, found, order.accepted, order.days)
    return asdict(found)


ROUTES = [
    Route(
        "/_emulator/business/spark_requests/{account_id}/{video_id}",
        controlled(answer),
        methods=["PUT"],
    ),
]
