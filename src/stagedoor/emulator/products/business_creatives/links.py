"""Serves the signed links to videos, their covers, and images."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from ... import cdn
from ...world import World
from ..pictures.handlers import colour_of, gradient, refusal_of
from . import sources
from .frames import write_frame
from .state import AD_IMAGES, AD_VIDEOS, AdVideo

_SEEDED_SIZE = (270, 480)


async def served(request: Request) -> Response:
    """The file of a link; a gradient for the picture of a seeded file, which has no bytes."""
    world: World = request.app.state.world
    if (refusal := refusal_of(world, request)) is not None:
        return refusal
    name = request.path_params["name"].removesuffix(cdn.TAIL)
    kind = request.path_params["kind"]
    if kind == "image":
        image = world[AD_IMAGES].get(name)
        if image is None:
            return PlainTextResponse("not found", 404)
        if not image.path:
            return gradient(*_SEEDED_SIZE, colour_of(image.id))
        return sent_file(image.path, f"image/{image.format}")
    video = world[AD_VIDEOS].get(name)
    if video is None or kind not in ("video", "cover"):
        return PlainTextResponse("not found", 404)
    if kind == "video":
        return sent_file(video.path, "video/mp4")
    return await _cover(world, video)


async def _cover(world: World, video: AdVideo) -> Response:
    if not video.path:
        return gradient(*_SEEDED_SIZE, colour_of(video.id))
    target = sources.place(world, f"ad-cover-of-{video.id}")
    if not target.exists():
        await asyncio.to_thread(write_frame, Path(video.path), 0.0, target)
    return sent_file(str(target), "image/jpeg")


def sent_file(path: str, media_type: str) -> Response:
    """The file, if its bytes are still there: a saved world keeps none."""
    if not path or not Path(path).is_file():
        return PlainTextResponse("not found", 404)
    return FileResponse(path, media_type=media_type)
