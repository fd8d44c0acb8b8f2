"""The operations of videos and images for ads, and the links to their files."""

from __future__ import annotations

from starlette.routing import Route

from ... import cdn
from ...calls import Handlers
from . import images, parted, videos
from .links import served

HANDLERS: Handlers = {
    **images.HANDLERS,
    **parted.HANDLERS,
    **videos.HANDLERS,
}

ROUTES = [Route(cdn.CREATIVE + "{kind}/{name:path}", served)]
