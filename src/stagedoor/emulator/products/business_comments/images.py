"""Images of comments: uploads, downloads from a URL property, links."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from stagedoor.platform.media import PhotoLimits
from stagedoor.platform.products.business_comments import (
    COMMENT_IMAGE,
    REPLY_IMAGE,
    CommentImageUpload,
    NewAccountComment,
    NewAccountReply,
)

from ... import cdn
from ...calls import AdmittedCall, Refusal
from ..business_accounts.publishing import check_url
from ..business_creatives import sources
from ..business_creatives.links import sent_file
from ..business_creatives.sources import UploadSource
from ..media.probe import ProbedPhoto, probe_photo
from .state import COMMENT_IMAGES, CommentImage


async def upload(call: AdmittedCall) -> dict[str, str | int]:
    """Keep an image for comments of the account."""
    request: CommentImageUpload = call.request
    try:
        with sources.received(call, request.image_file, None, COMMENT_IMAGE.max_bytes) as source:
            kept = await _kept(call, source, COMMENT_IMAGE, "image_file")
    except Refusal as refused:
        raise _as_parameter(refused, "image_file") from None
    return {"image_uri": kept.id, "width": kept.width, "height": kept.height}


async def attached(call: AdmittedCall) -> str:
    """The id of the image that a new comment shows; empty: it shows none."""
    request: NewAccountComment | NewAccountReply = call.request
    if isinstance(request, NewAccountReply) and request.reply_image_url:
        return (await _downloaded(call, request.reply_image_url)).id
    if not request.image_uri:
        return ""
    found = call.world[COMMENT_IMAGES].get(request.image_uri)
    if found is None or found.creator_id != call.party[2].id:
        raise Refusal("40002", f"image_uri: There is no image {request.image_uri}.")
    return found.id


async def _downloaded(call: AdmittedCall, url: str) -> CommentImage:
    name = "reply_image_url"
    check_url(call, name, url)
    try:
        most = REPLY_IMAGE.max_bytes
        async with sources.downloaded(call, url, most, sources.IMAGE) as source:
            return await _kept(call, source, REPLY_IMAGE, name)
    except Refusal as refused:
        raise _as_parameter(refused, name) from None


def _as_parameter(refused: Refusal, name: str) -> Refusal:
    """The refusal of a file under the code that TikTok documents for comments."""
    if refused.code == "40002":
        return refused
    return Refusal("40002", f"{name}: {refused.message}")


async def _kept(
    call: AdmittedCall, source: UploadSource, limits: PhotoLimits, name: str
) -> CommentImage:
    facts = await asyncio.to_thread(_probed, source.path, limits, name)
    image_uri = call.world.ids.hexadecimal(32)
    found = CommentImage(
        id=image_uri,
        creator_id=call.party[2].id,
        path=sources.keep(call.world, source, f"comment-image-{image_uri}"),
        format=facts.format,
        width=facts.width,
        height=facts.height,
    )
    return call.world[COMMENT_IMAGES].add(found)


def _probed(path: Path, limits: PhotoLimits, name: str) -> ProbedPhoto:
    """Probe the file; refuse a file that isn't an image for comments. Blocks."""
    facts, fault = probe_photo(path, limits)
    if facts is None or fault is not None:
        said = "it can't be read" if fault is None else fault.detail
        raise Refusal("40002", f"{name}: Not a valid image: {said}.")
    return facts


async def served(request: Request) -> Response:
    """The image of a comment's link."""
    name = request.path_params["name"].removesuffix(cdn.TAIL)
    found = request.app.state.world[COMMENT_IMAGES].get(name)
    if found is None:
        return PlainTextResponse("not found", 404)
    return sent_file(found.path, f"image/{found.format}")
