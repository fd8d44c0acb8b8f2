"""Control route of videos for ads: end the processing of one, in the mode `manual`."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from ...control.errors import unknown
from ...control_bodies import controlled
from ...world import World
from .state import AD_VIDEOS


async def process(world: World, request: Request) -> Any:
    """End the processing of a video now."""
    video_id = request.path_params["video_id"]
    found = world[AD_VIDEOS].get(video_id)
    if found is None:
        raise unknown("video", video_id)
    found.ready_at = min(world.now(), found.ready_at or world.now())
    return {"video_id": video_id, "ready_at": found.ready_at}


ROUTES = [
    Route(
        "/_emulator/business/creatives/videos/{video_id}/process",
        controlled(process),
        methods=["POST"],
    ),
]
