"""Signed, expiring links to covers and avatars, and the images behind them.

TikTok's links carry `x-expires` and `x-signature`; these answer on the emulator's own port and
die on its clock.
"""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from hmac import compare_digest
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from stagedoor.platform.display import COVER_URL_SECONDS

from .world import Creator, Video, World

AVATAR_SECONDS = 172_800
"""Not published for Display (display.yaml, cdn_ttls); two days."""

_COVER = "/tos-emulator-p-0068/"
_AVATAR = "/tos-emulator-avt-0068/"
_VIDEO = "/tos-emulator-ve-0068/"
_EFFECT = "/tos-emulator-eff-0068/"
_TAIL = "~tplv-noop.image"
_COVER_SIZE = (270, 480)
_AVATAR_SIZES = {"100": 100, "168": 168, "200": 200, "1080": 720}


def cover_url(world: World, base_url: str, video: Video, now: float) -> str:
    """The cover's link, good for six hours."""
    return _signed(world, base_url, f"{_COVER}{video.id}{_TAIL}", int(now) + COVER_URL_SECONDS)


def media_url(world: World, base_url: str, video: Video, seconds: int = COVER_URL_SECONDS) -> str:
    """The link of the video itself, or of a post's first photo, good for `seconds`."""
    return _signed(world, base_url, f"{_VIDEO}{video.id}{_TAIL}", int(world.now()) + seconds)


def avatar_url(
    world: World, base_url: str, creator: Creator, size: int = 168, seconds: int = AVATAR_SECONDS
) -> str:
    """The avatar's link, good for `seconds`."""
    path = f"{_AVATAR}{creator.id}~{size}{_TAIL}"
    return _signed(world, base_url, path, int(world.now()) + seconds)


def _signed(world: World, base_url: str, path: str, expires: int) -> str:
    signature = quote(world.ids.signature(f"{path}?{expires}"), safe="")
    return f"{base_url}{path}?x-expires={expires}&x-signature={signature}"


async def cover(request: Request) -> Response:
    world: World = request.app.state.world
    if (refusal := _refusal(world, request)) is not None:
        return refusal
    video = world.all.videos.get(request.path_params["name"].removesuffix(_TAIL))
    if video is None or video.deleted:
        return PlainTextResponse("not found", 404)
    return _image(*_COVER_SIZE, _colour_of(video.id))


async def received(request: Request) -> Response:
    """The bytes that were received for a post; seeded videos have none and lead to the player."""
    world: World = request.app.state.world
    if (refusal := _refusal(world, request)) is not None:
        return refusal
    found = world.all.videos.get(request.path_params["name"].removesuffix(_TAIL))
    if found is None or found.deleted:
        return PlainTextResponse("not found", 404)
    if found.media:
        kind = "image/jpeg" if found.photos else "video/mp4"
        return FileResponse(found.media[0], media_type=kind)
    return RedirectResponse(f"/player/v1/{found.id}")


async def avatar(request: Request) -> Response:
    world: World = request.app.state.world
    if (refusal := _refusal(world, request)) is not None:
        return refusal
    creator_id, _, size = request.path_params["name"].removesuffix(_TAIL).partition("~")
    creator = world.person(creator_id)
    if creator is None or size not in _AVATAR_SIZES:
        return PlainTextResponse("not found", 404)
    side = _AVATAR_SIZES[size]
    return _image(side, side, creator.colour)


def effect_url(world: World, base_url: str, effect_id: str) -> str:
    """The picture of an effect, good as long as an avatar."""
    path = f"{_EFFECT}{effect_id}{_TAIL}"
    return _signed(world, base_url, path, int(world.now()) + AVATAR_SECONDS)


async def effect(request: Request) -> Response:
    if (refusal := _refusal(request.app.state.world, request)) is not None:
        return refusal
    return _image(100, 100, _colour_of(request.path_params["name"]))


ROUTES = [
    Route(_EFFECT + "{name}", effect),
    Route(_COVER + "{name}", cover),
    Route(_VIDEO + "{name}", received),
    Route(_AVATAR + "{name}", avatar),
]


def _refusal(world: World, request: Request) -> Response | None:
    """The answer to a link that is expired or wasn't made here; None: it is good."""
    expires = request.query_params.get("x-expires", "")
    given = request.query_params.get("x-signature", "")
    right = world.ids.signature(f"{request.url.path}?{expires}")
    if not compare_digest(given.encode(), right.encode()):
        return PlainTextResponse("bad signature", 403)
    if int(expires) <= world.now():
        return PlainTextResponse("expired", 403)
    return None


def _image(width: int, height: int, colour: str) -> Response:
    return Response(_png(width, height, colour), media_type="image/png")


def _colour_of(text: str) -> str:
    return f"#{zlib.crc32(text.encode()) & 0xFFFFFF:06x}"


@lru_cache(maxsize=128)
def _png(width: int, height: int, colour: str) -> bytes:
    """A PNG that fades from the colour to dark, so that one image can be told from another."""
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
