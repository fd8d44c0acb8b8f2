"""Serves the signed links of `cdn`: covers, avatars, effects, and received files."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from ... import cdn
from ...world import World

_COVER_SIZE = (270, 480)
_AVATAR_SIZES = {"100": 100, "168": 168, "200": 200, "1080": 720}


async def cover(request: Request) -> Response:
    world: World = request.app.state.world
    if (refusal := refusal_of(world, request)) is not None:
        return refusal
    video = world.videos.get(request.path_params["name"].removesuffix(cdn.TAIL))
    if video is None or video.deleted:
        return PlainTextResponse("not found", 404)
    return gradient(*_COVER_SIZE, colour_of(video.id))


async def received(request: Request) -> Response:
    """The received file of a post; seeded videos have no file and redirect to the player."""
    world: World = request.app.state.world
    if (refusal := refusal_of(world, request)) is not None:
        return refusal
    found = world.videos.get(request.path_params["name"].removesuffix(cdn.TAIL))
    if found is None or found.deleted:
        return PlainTextResponse("not found", 404)
    if found.media:
        kind = "image/jpeg" if found.photos else "video/mp4"
        return FileResponse(found.media[0], media_type=kind)
    return RedirectResponse(f"/player/v1/{found.id}")


async def avatar(request: Request) -> Response:
    world: World = request.app.state.world
    if (refusal := refusal_of(world, request)) is not None:
        return refusal
    creator_id, _, size = request.path_params["name"].removesuffix(cdn.TAIL).partition("~")
    creator = world.person(creator_id)
    if creator is None or size not in _AVATAR_SIZES:
        return PlainTextResponse("not found", 404)
    side = _AVATAR_SIZES[size]
    return gradient(side, side, creator.colour)


async def person(request: Request) -> Response:
    if (refusal := refusal_of(request.app.state.world, request)) is not None:
        return refusal
    side = _AVATAR_SIZES["168"]
    return gradient(side, side, colour_of(request.path_params["name"]))


async def effect(request: Request) -> Response:
    if (refusal := refusal_of(request.app.state.world, request)) is not None:
        return refusal
    return gradient(100, 100, colour_of(request.path_params["name"]))


ROUTES = [
    Route(cdn.EFFECT + "{name}", effect),
    Route(cdn.COVER + "{name}", cover),
    Route(cdn.VIDEO + "{name}", received),
    Route(cdn.AVATAR + "{name}", avatar),
    Route(cdn.PERSON + "{name}", person),
]


def refusal_of(world: World, request: Request) -> Response | None:
    """The answer to a link that expired or has a wrong signature; None if the link is valid."""
    expires = request.query_params.get("x-expires", "")
    given = request.query_params.get("x-signature", "")
    right = cdn.proof(world, request.url.path, expires)
    if not compare_digest(given.encode(), right.encode()):
        return PlainTextResponse("bad signature", 403)
    if int(expires) <= world.now():
        return PlainTextResponse("expired", 403)
    return None


def gradient(width: int, height: int, colour: str) -> Response:
    """The picture of something that has no picture file."""
    return Response(_png(width, height, colour), media_type="image/png")


def colour_of(text: str) -> str:
    """A colour that is always the same for this text."""
    return f"#{zlib.crc32(text.encode()) & 0xFFFFFF:06x}"


@lru_cache(maxsize=128)
def _png(width: int, height: int, colour: str) -> bytes:
    """A PNG with a gradient from the colour to dark, so that images can be distinguished."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    rows = bytearray()
    for row in range(height):
        share = 1 - 0.7 * row / height
        rows.append(0)
        rows += bytes((int(red * share), int(green * share), int(blue * share))) * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(bytes(rows), 6))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
