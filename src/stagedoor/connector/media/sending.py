"""Serving a stored file over HTTP: whole or by range, and never rendered as a page."""

from __future__ import annotations

import asyncio

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from . import ranges
from .errors import MediaGone
from .service import MediaService, Medium

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
)


async def sent(request: Request, media: MediaService, medium: Medium) -> Response:
    """The response with the file, or with the requested range. Raises `MediaGone`."""
    if not medium.complete:
        raise MediaGone("The file isn't here.")
    size = medium.received
    headers = {
        "content-type": await asyncio.to_thread(_type, media, medium),
        "accept-ranges": "bytes",
        "cache-control": "private, max-age=0, no-store",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
    }
    try:
        wanted = ranges.requested_slice(request.headers.get("range"), size)
    except ValueError:
        return Response(status_code=416, headers={"content-range": f"bytes */{size}"})
    part = wanted or ranges.Slice(0, size)
    headers["content-length"] = str(part.length)
    if wanted is not None:
        last = part.start + part.length - 1
        headers["content-range"] = f"bytes {part.start}-{last}/{size}"
    status = 200 if wanted is None else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    blocks = media.storage.stream(medium.parts, part.start, part.length)
    return StreamingResponse(blocks, status, headers)


def _type(media: MediaService, medium: Medium) -> str:
    """The media type by the file's first bytes: the uploader's declaration isn't trusted."""
    media.identity.check()
    with media.storage.open(medium.parts) as file:
        head = file.read(16) or b""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return "video/mp4" if head[4:8] == b"ftyp" else "application/octet-stream"
